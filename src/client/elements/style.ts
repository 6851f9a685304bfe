/** Logical properties alone, so that it works from right to left; colours are the page's own, unless it says otherwise. */
export const STYLE = `:host{display:block;color:var(--waymark-color,inherit)}
:host([hidden]){display:none}
progress{display:block;inline-size:100%;block-size:var(--waymark-bar-size,.75rem);accent-color:var(--waymark-accent,#1a73c0)}
ul{list-style:none;padding:0}
ul,p{margin:0}
li{display:flex;flex-wrap:wrap;gap:.25rem .6rem;padding-block:var(--waymark-gap,.4rem)}
a{color:inherit}
[part=title]{font-weight:600}
li [part=title]{font-weight:inherit}
[part=mark]{inline-size:1.2em}
[part~=badge]{border:1px solid;border-radius:1em;padding:.1em .7em}`;
