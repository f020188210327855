import { explainFigure, figuresOf, standardNames } from "../../analysis";
import { didYouMean, withArticle } from "../../core";
import { checkDesign, countDiagnostics, findFigure, hasErrors, placeText, printable, whatIfLines, type Asked, type Design } from "../../design";
import type { CommandHost } from "../../hosts/command-host";
import { plainProperty } from "../../ide/describe";
import { WrongUse, type Command, type ExitCode } from "../command";
import { openDesign } from "../design";
import { explanationText, metricList } from "../explain-text";
import { figureHelp, figureOptions, figureOptionSpecs, layoutColumns, setHelp, setOption, whatIfs } from "../options";
import { folded, indent, styleFor } from "../terminal-text";

export const explain: Command = {
  name: "explain",
  usage: "explain FILE NAME.METRIC [--sequence-length N] [--context N] [--set NAME.path=VALUE]…",
  summary: "show where a figure comes from",
  details: `Formula, breakdown with the numbers filled in, every input with the line it was written at
or the source of its default, what is counted, and the paper the formula comes from:

  dsco explain examples/deepseek-v3.dsco DeepSeekV3.kv_bytes_per_token

NAME is a declaration of FILE or one that it imports; where one declaration alone has the
figure, METRIC is enough.

${figureHelp}
${setHelp}`,
  options: { ...figureOptionSpecs, ...setOption },
  run: async (given, host) => {
    const options = figureOptions(given);
    const [file, asked, ...more] = given.positionals;
    if (file === undefined || asked === undefined || more.length > 0) {
      throw new WrongUse(`name one file and one figure: ${host.program} explain ${file !== undefined && asked === undefined ? wholeQuestion(file) : "FILE NAME.METRIC"}`);
    }
    const design = await openDesign([file], whatIfs(given), host);
    const { declaration, metric } = figureOf(design, asked);
    const style = styleFor(host.color);
    const explanation = explainFigure(design.workspace, declaration, metric, options);
    host.print(whatIfLines(design).map((line) => `${style.strong(line)}\n\n`).join(""));
    if (explanation) host.print(explanationText(design, declaration, explanation, options, style, layoutColumns(host)));
    return endWith(design, host);
  },
};

/** What a lone word asks, whole: a figure of the standard library with the part that it stands in, `std:models/deepseek DeepSeekV3.total_params`. */
function wholeQuestion(word: string): string {
  const [, part, figure = ""] = /^(?:(std:[^:]+):)?([^:]*)$/.exec(word) ?? [];
  const [name = "", ...metric] = figure.split(".");
  const [entry] = standardNames.find(name);
  if (part === undefined && entry === undefined) return "FILE NAME.METRIC";
  return `${part ?? entry?.uri ?? ""} ${name}.${metric.length === 0 ? "METRIC" : metric.join(".")}`;
}

function endWith(design: Design, host: CommandHost): ExitCode {
  const diagnostics = checkDesign(design);
  if (!hasErrors(diagnostics)) return 0;
  host.printError(`dsco: the design has ${countDiagnostics(diagnostics)}: \`${host.program} check\` shows them.\n`);
  return 1;
}

/** The figure that was asked for. Throws `WrongUse` at anything else, with what would be one. */
function figureOf(design: Design, asked: string): Extract<Asked, { kind: "figure" }> {
  const found = findFigure(design, asked);
  switch (found.kind) {
    case "figure": return found;
    case "declaration": {
      const figures = figuresOf(design.workspace, found.declaration);
      throw new WrongUse(`name a figure of \`${found.declaration.name}\``, "  Its figures are:", ...indent(metricList(figures), "    "));
    }
    case "unknown-metric": {
      const { declaration, metric, ids, suggestion } = found;
      throw new WrongUse(`${withArticle(declaration.keyword)} has no metric \`${metric}\`${didYouMean(suggestion)}`, ...folded("Its figures are:", ids));
    }
    case "property": {
      const { value, feeds } = found;
      const { property } = value;
      const place = property ? ` (${placeText(design, property.file.uri, property.node.start)})` : value.value ? " (its default)" : "";
      throw new WrongUse(`\`${asked}\` is a property, not a figure: ${printable(plainProperty(value))}${place}`, ...(feeds.length === 0 ? [] : folded("It feeds:", feeds)));
    }
  }
}
