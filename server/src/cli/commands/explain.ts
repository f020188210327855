import { explainFigure, figuresOf } from "../../analysis";
import { bindDeclaration, didYouMean, fileScope, nearest, resolveSymbol, withArticle, type BoundDeclaration } from "../../core";
import { WrongUse, type Command } from "../command";
import { checkDesign, hasErrors, openDesign, type Design } from "../design";
import { countDiagnostics } from "../diagnostics/text";
import { explanationText, metricList } from "../explain-text";
import { figureHelp, figureOptions, figureOptionSpecs, layoutColumns, setHelp, setOption, whatIfs } from "../options";
import { styleFor } from "../terminal-text";

export const explain: Command = {
  name: "explain",
  usage: "explain FILE NAME.METRIC [--sequence-length N] [--context N] [--set NAME.path=VALUE]…",
  summary: "show where a figure comes from",
  details: `Formula, breakdown with the numbers filled in, every input with the line it was written at
or the source of its default, what is counted, and the paper the formula comes from:

  dsco explain examples/deepseek-v3.dsco DeepSeekV3.kv_bytes_per_token

NAME is a declaration of FILE or one that it imports.

${figureHelp}
${setHelp}`,
  options: { ...figureOptionSpecs, ...setOption },
  run: async (given, host) => {
    const options = figureOptions(given);
    const [file, asked, ...more] = given.positionals;
    if (file === undefined || asked === undefined || more.length > 0) throw new WrongUse("name one file and one figure: dsco explain FILE NAME.METRIC");
    const design = await openDesign([file], whatIfs(given), host);
    const point = asked.lastIndexOf(".");
    const name = point < 0 ? asked : asked.slice(0, point);
    const metric = point < 0 ? "" : asked.slice(point + 1);
    const declaration = findDeclaration(design, name);
    const figures = figuresOf(design.workspace, declaration);
    if (figures.length === 0) throw new WrongUse(`\`${name}\` is ${withArticle(declaration.keyword)}: this version computes the figures of models and hardware`);
    const explanation = explainFigure(design.workspace, declaration, metric, options);
    if (!explanation) {
      const ids = figures.map((figure) => figure.id);
      const problem = metric === "" ? `name a figure of \`${name}\`` : `${withArticle(declaration.keyword)} has no metric \`${metric}\`${didYouMean(nearest(metric, ids))}`;
      throw new WrongUse(problem, "  Its figures are:", ...metricList(figures).map((line) => `    ${line}`));
    }
    const at = { sequenceLengthGiven: options.sequenceLength !== undefined, contextLengthGiven: options.contextLength !== undefined };
    host.print(explanationText(design, declaration, explanation, at, styleFor(host.color), layoutColumns(host)));
    const diagnostics = checkDesign(design);
    if (!hasErrors(diagnostics)) return 0;
    host.printError(`dsco: the design has ${countDiagnostics(diagnostics)}: \`dsco check\` shows them.\n`);
    return 1;
  },
};

function findDeclaration({ workspace, files }: Design, name: string): BoundDeclaration {
  const scope = files[0] && fileScope(workspace, files[0].uri);
  const symbol = scope && resolveSymbol(workspace, scope, name);
  if (!scope || !symbol) throw new WrongUse(`there is no declaration \`${name}\` in ${files[0]?.path ?? ""}${didYouMean(nearest(name, scope?.symbols.keys() ?? []))}`);
  if (symbol.kind === "let") throw new WrongUse(`\`${name}\` is a constant: it has no figures`);
  const home = fileScope(workspace, symbol.uri);
  const declaration = home && bindDeclaration(workspace, symbol.node, home);
  if (!declaration) throw new WrongUse(`\`${name}\` extends itself: it has no figures`);
  return declaration;
}
