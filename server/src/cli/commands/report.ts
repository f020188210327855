import { buildReport, hasErrors, reportHtml, reportMarkdown } from "../../design";
import { WrongUse, type Command } from "../command";
import { openDesign } from "../design";
import { contextOptionText, figureHelp, figureOptions, figureOptionSpecs, formatOption, layoutColumns, setHelp, setOption, whatIfs } from "../options";
import { reportJson } from "../report/json";
import { reportText } from "../report/text";
import { styleFor } from "../terminal-text";

export const report: Command = {
  name: "report",
  usage: "report FILE… [--format text|json|markdown|html] [--sequence-length N] [--context N] [--set NAME.path=VALUE]…",
  summary: "show every figure of a design",
  details: `Parameters, KV cache, FLOPs and so on of every declaration in FILE, with what is not
computed and why. \`-\` reads standard input. Figures are given also where the design has
errors; the exit code is 1 then.

  --format text           tables for a terminal (default)
  --format json           for other programs: every metric with value, unit, formula, source
  --format markdown       tables for a pull request
  --format html           one page with pictures, without scripts
${figureHelp}
${setHelp}`,
  options: { format: { type: "string" }, ...figureOptionSpecs, ...setOption },
  run: async (given, host) => {
    const format = formatOption(given, ["text", "json", "markdown", "html"]);
    const options = figureOptions(given);
    if (given.positionals.length === 0) throw new WrongUse(`name a file: ${host.program} report FILE`);
    const design = await openDesign(given.positionals, whatIfs(given), host);
    const result = buildReport(design, options, contextOptionText);
    const render = {
      text: () => reportText(result, styleFor(host.color), layoutColumns(host), host.program),
      json: () => reportJson(result),
      markdown: () => reportMarkdown(result),
      html: () => reportHtml(result),
    };
    host.print(render[format]());
    return hasErrors(result.diagnostics) ? 1 : 0;
  },
};
