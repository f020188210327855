import { WrongUse, type Command } from "../command";
import { buildComparison } from "../compare/document";
import { compareJson } from "../compare/json";
import { compareDocumentMarkdown } from "../compare/markdown";
import { readOperand, sideOf } from "../compare/operands";
import { compareText } from "../compare/text";
import { hasErrors, openDesign } from "../design";
import { figureHelp, figureOptions, figureOptionSpecs, formatOption, layoutColumns, setHelp, setOption, whatIfs } from "../options";
import { printable, styleFor } from "../terminal-text";

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
    const [left, right] = [readOperand(first, host), readOperand(second, host)];
    const design = await openDesign([left.path, right.path], whatIfs(given), host);
    const document = buildComparison(design, sideOf(design, left, host), sideOf(design, right, host), given.options.get("metric") ?? [], options);
    const render = {
      text: () => compareText(document, styleFor(host.color), layoutColumns(host)),
      markdown: () => compareDocumentMarkdown(document),
      json: () => compareJson(document),
    };
    host.print(render[format]());
    for (const problem of document.problems) host.printError(`dsco compare: ${printable(problem)}.\n`);
    return hasErrors(document.diagnostics) ? 1 : 0;
  },
};
