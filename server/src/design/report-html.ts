import { countDiagnostics, placeText, severityWords, whatIfLines } from "./diagnostic-text";
import { figureText, publishedText } from "./figure-text";
import { printable } from "./printable";
import { groupMetrics, missingNames, type GroupedMetric, type Report, type ReportedDeclaration } from "./report";

/** One page without scripts or outside resources; each figure opens to its formula and source. */
export function reportHtml(report: Report): string {
  const { design, declarations, diagnostics } = report;
  const computed = declarations.filter((declaration) => declaration.metrics.length > 0);
  const title = `dsco report: ${design.files.map((file) => file.path).join(", ")}`;
  const found = diagnostics.filter((diagnostic) => diagnostic.severity !== "hint").map((diagnostic) =>
    `<li class="${diagnostic.severity}"><code>${escapeHtml(placeText(design, diagnostic.uri, diagnostic.span.start))}</code> ` +
    `${severityWords[diagnostic.severity]} ${diagnostic.code}: ${withCode(diagnostic.message)}</li>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${styleSheet}</style>
</head>
<body>
<main>
${whatIfLines(design).map((line) => `<p><code>${escapeHtml(line)}</code></p>\n`).join("")}${computed.length === 0 ? "<p>There are no figures to report: neither a model, hardware nor a plan is declared.</p>" : computed.map((declaration) => section(report, declaration)).join("\n")}
<section>
<h2>Diagnostics</h2>
${found.length === 0 ? "" : `<ul>\n${found.join("\n")}\n</ul>\n`}<p>${countDiagnostics(diagnostics)}</p>
</section>
</main>
</body>
</html>
`;
}

const styleSheet = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; width: 100%; }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid color-mix(in srgb, currentColor 18%, transparent); vertical-align: top; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.main td { font-weight: 600; }
.main details { font-weight: 400; }
.main summary { font-weight: 600; }
.part td:first-child { padding-left: 1.5rem; }
details p { margin: .3rem 0; }
code { font-family: ui-monospace, monospace; font-size: .9em; }
.error { color: light-dark(#b00020, #ff8a80); }
.warning { color: light-dark(#8a5a00, #ffcc66); }
`;

function section({ design }: Report, declaration: ReportedDeclaration): string {
  const { keyword, name, file, span, summary, published, conditions } = declaration;
  const { main, others, missing, hasIdeals } = groupMetrics(declaration);
  const isWhatIf = design.whatIf !== undefined;
  const columns = ["Figure", "Value", ...(isWhatIf ? ["Change"] : []), ...(hasIdeals ? ["Ideal"] : []), "Exact", "Metric"];
  const parts = [
    `<h2>${escapeHtml(`${keyword} ${name}`)}</h2>`,
    `<p><code>${escapeHtml(placeText(design, file.uri, span.start))}</code></p>`,
    summary === undefined ? "" : `<p>${withCode(summary)}</p>`,
    table(columns, columns.slice(1, -1).map((_, index) => index + 1), [
      ...main.map((metric) => row(metric, metric.isPart ? "part" : "main", isWhatIf, hasIdeals)), ...others.map((metric) => row(metric, "", isWhatIf, hasIdeals)),
    ]),
    published.length === 0 ? "" : table(["Against published figures", "Here", "Published", "Difference", "Source"], [1, 2, 3], published.map(publishedText).map((entry) =>
      `<tr>${cell(entry.title)}${number(entry.computed)}${number(entry.published)}${number(entry.difference)}${cell(entry.source)}</tr>`)),
    missing.length === 0 ? "" : table(["Not computed because", "Metrics"], [], missing.map((figures) => `<tr><td>${withCode(figures.reason)}</td><td><code>${missingNames(figures)}</code></td></tr>`)),
    conditions.length === 0 ? "" : `<p>${conditions.map(escapeHtml).join("<br>\n")}</p>`,
  ];
  return `<section>\n${parts.filter((part) => part !== "").join("\n")}\n</section>`;
}

const cell = (text: string): string => `<td>${escapeHtml(text)}</td>`;
const number = (text: string): string => `<td class="number">${escapeHtml(text)}</td>`;

function row(metric: GroupedMetric, kind: string, isWhatIf: boolean, hasIdeals: boolean): string {
  const { short, exact, ideal, change } = figureText(metric);
  const details = `<details><summary>${escapeHtml(metric.title)}</summary><p>${withCode(metric.documentation)}</p>` +
    `<p><code>${escapeHtml(metric.formula)}</code></p><p>${escapeHtml(metric.source)}</p></details>`;
  return `<tr${kind === "" ? "" : ` class="${kind}"`}><td>${details}</td>${number(short)}${isWhatIf ? number(change) : ""}${hasIdeals ? number(ideal) : ""}${number(exact)}<td><code>${escapeHtml(metric.id)}</code></td></tr>`;
}

function table(header: readonly string[], right: readonly number[], rows: readonly string[]): string {
  const cells = header.map((text, column) => `<th${right.includes(column) ? ' class="number"' : ""}>${escapeHtml(text)}</th>`).join("");
  return `<table>\n<thead><tr>${cells}</tr></thead>\n<tbody>\n${rows.join("\n")}\n</tbody>\n</table>`;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

const escapeHtml = (text: string): string => printable(text).replace(/[&<>"']/g, (character) => entities[character] ?? character);

/** Escaped, with the code spans of a message as code. */
const withCode = (text: string): string => escapeHtml(text).replace(/`([^`]+)`/g, "<code>$1</code>");
