/** The page's style: no font and no picture from elsewhere, light or dark as the reader has it, and fit for paper. */
export const STYLE = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1b2733; --quiet: #51606e; --line: #cfd8e0; --accent: #0b6bb5; --on-accent: #fff; --middle: #8dbce2; --faint: #dbe8f3; --box: #f4f7fa }
@media (prefers-color-scheme: dark) { :root { --paper: #12181f; --ink: #e6edf3; --quiet: #a3b1bf; --line: #34414e; --accent: #5db2f5; --on-accent: #06121d; --middle: #2f6d9f; --faint: #22384b; --box: #1a232c } }
* { box-sizing: border-box }
body { margin: 0; padding: 1.5rem 1rem 4rem; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main, header { max-width: 46rem; margin: 0 auto }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem }
h2 { font-size: 1.15rem; line-height: 1.3; margin: 0 0 .25rem }
p { margin: .25rem 0 .75rem } .quiet, figcaption { color: var(--quiet); font-size: .9rem }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(7.6rem, 1fr)); gap: .75rem; margin: 1.25rem 0 }
dl div { background: var(--box); border-radius: .5rem; padding: .6rem .9rem }
dt { color: var(--quiet); font-size: .85rem } dd { margin: 0; font-size: 1.5rem; font-weight: 600 }
section { border-top: 1px solid var(--line); padding: 1.25rem 0 .75rem }
figure { margin: .5rem 0 } svg { display: block; max-width: 100%; height: auto; overflow: visible; font-family: system-ui, sans-serif; color: var(--ink) }
svg text { white-space: pre } .narrow { display: none }
@media (max-width: 760px) { .wide { display: none } .narrow { display: block } }
details { margin: .25rem 0; font-size: .9rem } summary { cursor: pointer; color: var(--quiet) }
.scroll { overflow-x: auto } table { border-collapse: collapse; font-size: .85rem; margin: .5rem 0 }
th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid var(--line); vertical-align: top; white-space: nowrap } td.n, th.n { text-align: right }
pre { overflow-x: auto; background: var(--box); padding: .6rem .8rem; border-radius: .4rem; font-size: .8rem }
@media print { :root { --paper: #fff; --ink: #000; --quiet: #333; --line: #bbb; --accent: #0b5a9a; --on-accent: #fff; --middle: #9cc3e2; --faint: #e0ebf5; --box: #fff } body { padding: 0 } section { break-inside: avoid } details:not([open]) { display: none } .narrow { display: none } .wide { display: block } }
`;
