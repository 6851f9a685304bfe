/** Logical properties alone, so that it works from right to left; colours are the page's own, unless it says otherwise. */
export const STYLE = `:host{display:block;overflow-wrap:anywhere;color:var(--waymark-color,inherit)}
:host([hidden]){display:none}
progress{display:block;inline-size:100%;block-size:var(--waymark-bar-size,.75rem);accent-color:var(--waymark-accent,#1a73c0)}
ul{list-style:none;padding:0}
ul,p{margin:0}
li{padding-block:var(--waymark-gap,.4rem);padding-inline-start:1.6em}
li>*{display:inline-block;margin-inline-end:.6em}
a{color:inherit}
[part=title]{font-weight:600}
li [part=title]{font-weight:inherit}
[part=mark]{inline-size:1.6em;margin-inline:-1.6em 0}
[part~=badge]{border:1px solid;border-radius:1em;padding:.1em .7em}`;
