/** The styles of a report's page, beside those of its pictures: light or dark as the reader has it, readable in colours that the system forces, and on paper. */
export const pageStyles = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 0; background: var(--dsco-surface); color: var(--dsco-text); }
main { max-width: 60rem; margin: 2rem auto 4rem; padding: 0 1.25rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1.35rem; line-height: 1.25; margin: 3rem 0 .25rem; padding-top: 1rem; border-top: 2px solid var(--dsco-line); overflow-wrap: anywhere; }
h3 { font-size: 1.05rem; margin: 0; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li { padding: .2rem 0; }
a { color: inherit; text-underline-offset: .15em; }
a:focus-visible, summary:focus-visible, .drawing:focus-visible { outline: 2px solid var(--dsco-limit); outline-offset: 2px; }
.headline { color: var(--dsco-muted); }
p.headline { font-size: 1.15rem; font-weight: 600; color: var(--dsco-text); margin: .75rem 0; }
p.headline.error { color: var(--dsco-over); }
figure { margin: 2rem 0; break-inside: avoid; }
figcaption p { margin: .25rem 0 .75rem; max-width: 46rem; color: var(--dsco-muted); }
.drawing { overflow-x: auto; padding: 2px; }
.drawing .picture { width: 100%; min-width: 42rem; height: auto; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: 1rem 0; width: 100%; }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--dsco-line); vertical-align: top; }
figure table { font-size: .9em; margin: .5rem 0; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.words { text-align: right; }
.main td { font-weight: 600; }
.main details { font-weight: 400; }
.main summary { font-weight: 600; }
.part td:first-child { padding-left: 1.5rem; }
summary { cursor: pointer; }
details p { margin: .3rem 0; }
code { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere; }
td code { overflow-wrap: normal; }
.error { color: light-dark(#b00020, #ff8a80); }
.warning { color: light-dark(#8a5a00, #ffcc66); }
@media print {
  main { max-width: none; margin: 0; padding: 0; }
  .picture { print-color-adjust: exact; }
  .drawing .picture { min-width: 0; }
  nav, figure details { display: none; }
}
`;
