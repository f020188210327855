import { metricIds } from "../../analysis";
import { didYouMean, nearest, withArticle } from "../../core";
import { buildComparison, hasErrors, printable, readOperand, sideOf, type CompareDocument } from "../../design";
import { WrongUse, type Command } from "../command";
import { compareJson } from "../compare/json";
import { comparePages } from "../compare/markdown";
import { compareText } from "../compare/text";
import { openDesign } from "../design";
import { figureHelp, figureOptions, figureOptionSpecs, formatOption, layoutColumns, setHelp, setOption, whatIfs } from "../options";
import { folded, styleFor } from "../terminal-text";

export const compare: Command = {
  name: "compare",
  usage: "compare A B [--metric ID]… [--format text|markdown|json] [--sequence-length N] [--context N] [--set NAME.path=VALUE]…",
  summary: "set two designs side by side",
  details: `What differs between A and B in facts and in figures: two models, clusters, plans, services,
or the parts of them. Of a plan also what differs in its model, cluster, layout and workload.
A and B are each one of

  a.dsco                  the declarations of a file. Those of two files are paired by name
                          and kind; where each has one model, cluster, plan or service,
                          those whatever their names
  a.dsco:NAME             one declaration of a file, or one that it imports
  std:models/deepseek:DeepSeekV3
                          one of the standard library; DeepSeekV3 is enough where the library
                          has one of that name (./DeepSeekV3 is a file)

Facts are the keys of both after \`extends\` and imports; a default says so. Equal ones are
counted. Figures that can be computed are given also where a design has errors; the exit code
is 1 then.

  --metric ID             only this figure, also where it is the same; may be repeated
  --format text           tables for a terminal (default)
  --format markdown       tables for a pull request
  --format json           for other programs, values in base units
${figureHelp}
${setHelp}`,
  options: { metric: { type: "string", multiple: true }, format: { type: "string" }, ...figureOptionSpecs, ...setOption },
  run: async (given, host) => {
    const format = formatOption(given, ["text", "markdown", "json"]);
    const options = figureOptions(given);
    const [first, second, ...more] = given.positionals;
    if (first === undefined || second === undefined || more.length > 0) throw new WrongUse(`name two designs: \`${host.program} compare A B\``);
    const metrics = given.options.get("metric") ?? [];
    const operand = (text: string) => readOperand(text, (path) => host.read(path).kind === "text");
    const [left, right] = [operand(first), operand(second)];
    const design = await openDesign([left.path, right.path], whatIfs(given), host);
    const document = buildComparison(design, sideOf(design, left, host.uriOf), sideOf(design, right, host.uriOf), options);
    requireMetrics(document, metrics);
    const render = {
      text: () => compareText(document, metrics, styleFor(host.color), layoutColumns(host)),
      markdown: () => comparePages(document, metrics),
      json: () => compareJson(document, metrics),
    };
    host.print(render[format]());
    for (const problem of document.problems) host.printError(`dsco compare: ${printable(problem)}.\n`);
    return hasErrors(document.diagnostics) ? 1 : 0;
  },
};

/** Throws `WrongUse` where no compared declaration has a metric that was asked for. */
function requireMetrics({ comparisons }: CompareDocument, metrics: readonly string[]): void {
  const kinds = [...new Set(comparisons.map(({ left }) => left.keyword))];
  const known = [...new Set(kinds.flatMap(metricIds))];
  const unknown = kinds.length === 0 ? undefined : metrics.find((id) => !known.includes(id));
  if (unknown === undefined) return;
  const who = kinds.map((keyword) => withArticle(keyword).replace(/`/g, "")).join(" or ");
  if (known.length === 0) throw new WrongUse(`${who} has no figures: leave --metric out`);
  throw new WrongUse(`${who} has no metric \`${unknown}\`${didYouMean(nearest(unknown, known))}`, ...folded("Its figures are:", known));
}
