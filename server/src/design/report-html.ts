import { pageColours, pictureStyles, reportOf, type Picture, type Report as Drawn } from "../drawing";
import { countDiagnostics, placeText, severityWords, whatIfLines } from "./diagnostic-text";
import { figureText, publishedText, requirementColumns, requirementText } from "./figure-text";
import { printable } from "./printable";
import { pageStyles } from "./report-html-styles";
import { groupMetrics, missingNames, type GroupedMetric, type Report, type ReportedDeclaration } from "./report";

/** One page without scripts or outside resources: what each declaration comes to, its pictures, its figures, each of which opens to its formula and source. */
export function reportHtml(report: Report): string {
  const { design, declarations, diagnostics } = report;
  const computed = declarations.filter((declaration) => declaration.metrics.length > 0);
  const files = design.files.map((file) => file.path).join(", ");
  const drawn = computed.map(({ bound }, index) => reportOf(design.workspace, bound, { scope: `d${index}`, titles: true }));
  const found = diagnostics.filter((diagnostic) => diagnostic.severity !== "hint").map((diagnostic) =>
    `<li class="${diagnostic.severity}"><code>${escapeHtml(placeText(design, diagnostic.uri, diagnostic.span.start))}</code> ` +
    `${severityWords[diagnostic.severity]} ${diagnostic.code}: ${withCode(diagnostic.message)}</li>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(`dsco report: ${files}`)}</title>
<style>${pageColours}${pictureStyles}${pageStyles}</style>
</head>
<body>
<main>
<h1>${escapeHtml(files)}</h1>
${contents(computed, drawn)}${whatIfLines(design).map((line) => `<p><code>${escapeHtml(line)}</code></p>\n`).join("")}${computed.length === 0 ? "<p>There are no figures to report: neither a model, hardware nor a plan is declared.</p>" : computed.map((declaration, index) => section(report, declaration, drawn[index], anchorOf(index))).join("\n")}
<section>
<h2>Diagnostics</h2>
${found.length === 0 ? "" : `<ul>\n${found.join("\n")}\n</ul>\n`}<p>${countDiagnostics(diagnostics)}</p>
</section>
</main>
</body>
</html>
`;
}

const anchorOf = (index: number): string => `d${index}`;

/** Of several declarations what each comes to, with the way to it. */
function contents(declarations: readonly ReportedDeclaration[], drawn: readonly (Drawn | undefined)[]): string {
  if (declarations.length < 2) return "";
  const rows = declarations.map(({ keyword, name, requirements }, index) => {
    const failing = requirements.filter(({ holds }) => !holds).map(({ text }) => `<code>${escapeHtml(text)}</code>`);
    const failed = failing.length === 0 ? "" : `; <span class="error">${failing.join(" and ")} ${failing.length === 1 ? "fails" : "fail"}</span>`;
    return `<li><a href="#${anchorOf(index)}">${escapeHtml(`${keyword} ${name}`)}</a> <span class="headline">${escapeHtml(drawn[index]?.headline ?? "")}${failed}</span></li>`;
  });
  return `<nav aria-label="Declarations">\n<ul>\n${rows.join("\n")}\n</ul>\n</nav>\n`;
}

/** A picture with what it says in words before it and as a table behind it. */
function figure({ title, summary, svg, table: { columns, rows } }: Picture): string {
  const cells = rows.map((row) => `<tr>${row.map((text, column) => (column > 0 && /^[<+-]?\d/.test(text) ? number(text) : cell(text))).join("")}</tr>`);
  const right = columns.flatMap((_, column) => (column > 0 && rows.some((row) => /^[<+-]?\d/.test(row[column] ?? "")) ? [column] : []));
  return `<figure>
<figcaption><h3>${escapeHtml(title)}</h3>
<p>${withCode(summary)}</p></figcaption>
<div class="drawing" role="region" aria-label="${escapeHtml(title)}" tabindex="0">${svg}</div>
<details><summary>As a table</summary>${table(columns, right, cells)}</details>
</figure>`;
}

/** The headline. */
const headline = ({ headline: text, fits }: Drawn): string => `<p class="headline${fits === false ? " error" : ""}">${withCode(text)}</p>`;

function pictures({ pictures: drawn, unavailable }: Drawn): readonly string[] {
  return [
    ...drawn.map(figure),
    unavailable.length === 0 ? "" : table(["Not drawn", "because"], [], unavailable.map(({ title, reason }) => `<tr>${cell(title)}<td>${withCode(reason)}</td></tr>`)),
  ];
}

function section({ design }: Report, declaration: ReportedDeclaration, drawn: Drawn | undefined, anchor: string): string {
  const { keyword, name, file, span, summary, published, requirements, conditions } = declaration;
  const { main, others, missing, hasIdeals } = groupMetrics(declaration);
  const isWhatIf = design.whatIf !== undefined;
  const columns = ["Figure", "Value", ...(isWhatIf ? ["Change"] : []), ...(hasIdeals ? ["Ideal"] : []), "Exact", "Metric"];
  const parts = [
    `<h2 id="${anchor}">${escapeHtml(`${keyword} ${name}`)}</h2>`,
    `<p><code>${escapeHtml(placeText(design, file.uri, span.start))}</code></p>`,
    summary === undefined ? "" : `<p>${withCode(summary)}</p>`,
    drawn ? headline(drawn) : "",
    requirements.length === 0 ? "" : table(requirementColumns, [1], requirements.map((requirement) => {
      const [text, here, holds] = requirementText(requirement);
      return `<tr${requirement.holds ? "" : ' class="error"'}><td><code>${escapeHtml(text)}</code></td>${number(here)}${cell(holds)}</tr>`;
    })),
    ...(drawn ? pictures(drawn) : []),
    drawn && drawn.pictures.length > 0 ? "<h3>Figures</h3>" : "",
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
/** A name that may break behind its `_`. */
const identifier = (name: string): string => `<code>${escapeHtml(name).replace(/_/g, "_<wbr>")}</code>`;
const number = (text: string): string => `<td class="number">${escapeHtml(text)}</td>`;

function row(metric: GroupedMetric, kind: string, isWhatIf: boolean, hasIdeals: boolean): string {
  const { short, exact, ideal, change } = figureText(metric);
  const details = `<details><summary>${escapeHtml(metric.title)}</summary><p>${withCode(metric.documentation)}</p>` +
    `<p><code>${escapeHtml(metric.formula)}</code></p><p>${escapeHtml(metric.source)}</p></details>`;
  return `<tr${kind === "" ? "" : ` class="${kind}"`}><td>${details}</td>${metric.figure.kind === "text" ? `<td class="words">${escapeHtml(short)}</td>` : number(short)}${isWhatIf ? number(change) : ""}${hasIdeals ? number(ideal) : ""}${number(exact)}<td>${identifier(metric.id)}</td></tr>`;
}

function table(header: readonly string[], right: readonly number[], rows: readonly string[]): string {
  const cells = header.map((text, column) => `<th${right.includes(column) ? ' class="number"' : ""}>${escapeHtml(text)}</th>`).join("");
  return `<div class="wide"><table>\n<thead><tr>${cells}</tr></thead>\n<tbody>\n${rows.join("\n")}\n</tbody>\n</table></div>`;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

const escapeHtml = (text: string): string => printable(text).replace(/[&<>"']/g, (character) => entities[character] ?? character);

/** Escaped, with the code spans of a message as code. */
const withCode = (text: string): string => escapeHtml(text).replace(/`([^`]+)`/g, "<code>$1</code>");
