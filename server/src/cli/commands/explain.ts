import { explainFigure, fedMetrics, figuresOf, metricIds, usersOf } from "../../analysis";
import { bindDeclaration, didYouMean, fileScope, nearest, resolveSymbol, settledValue, withArticle, type BoundDeclaration } from "../../core";
import type { CommandHost } from "../../hosts/command-host";
import { plainProperty } from "../../ide/describe";
import { WrongUse, type Command, type ExitCode } from "../command";
import { checkDesign, hasErrors, openDesign, type Design } from "../design";
import { countDiagnostics, placeText, whatIfLines } from "../diagnostics/text";
import { explanationText, metricList } from "../explain-text";
import { figureHelp, figureOptions, figureOptionSpecs, layoutColumns, setHelp, setOption, whatIfs } from "../options";
import { findTarget } from "../property-path";
import { indent, printable, styleFor, wrap } from "../terminal-text";

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
    if (file === undefined || asked === undefined || more.length > 0) throw new WrongUse(`name one file and one figure: ${host.program} explain FILE NAME.METRIC`);
    const design = await openDesign([file], whatIfs(given), host);
    const { declaration, metric } = findFigure(design, asked);
    const style = styleFor(host.color);
    const explanation = explainFigure(design.workspace, declaration, metric, options);
    const at = { sequenceLengthGiven: options.sequenceLength !== undefined, contextLengthGiven: options.contextLength !== undefined };
    host.print(whatIfLines(design).map((line) => `${style.strong(line)}\n\n`).join(""));
    if (explanation) host.print(explanationText(design, declaration, explanation, at, style, layoutColumns(host)));
    return endWith(design, host);
  },
};

function endWith(design: Design, host: CommandHost): ExitCode {
  const diagnostics = checkDesign(design);
  if (!hasErrors(diagnostics)) return 0;
  host.printError(`dsco: the design has ${countDiagnostics(diagnostics)}: \`${host.program} check\` shows them.\n`);
  return 1;
}

interface AskedFigure {
  readonly declaration: BoundDeclaration;
  readonly metric: string;
}

/** `NAME.METRIC`, or a metric alone where one declaration of the file has it. Throws `WrongUse` at anything else. */
function findFigure(design: Design, asked: string): AskedFigure {
  const point = asked.lastIndexOf(".");
  if (point < 0) return onlyFigure(design, asked);
  const [name, metric] = [asked.slice(0, point), asked.slice(point + 1)];
  if (name.includes(".")) return refuseProperty(design, asked);
  const declaration = findDeclaration(design, name);
  const ids = metricIds(declaration.keyword);
  if (ids.includes(metric)) return { declaration, metric };
  if (declaration.block.schema?.properties.has(metric)) return refuseProperty(design, asked);
  if (ids.length === 0) throw new WrongUse(withoutFigures(declaration));
  throw new WrongUse(`${withArticle(declaration.keyword)} has no metric \`${metric}\`${didYouMean(nearest(metric, ids))}`, ...idLines(ids));
}

const idLines = (ids: readonly string[]): readonly string[] => ["  Its figures are:", ...indent(wrap(ids.join(" "), 96), "    ")];

/** A word without a point: a metric of the one declaration that has it. */
function onlyFigure(design: Design, word: string): AskedFigure {
  const { workspace, files: [file] } = design;
  const scope = file && fileScope(workspace, file.uri);
  if (scope?.symbols.has(word)) return refuseName(design, word);
  const declarations = (scope?.declarations ?? []).flatMap((node) => (node.kind === "declaration" && node.name && scope ? bindDeclaration(workspace, node, scope) ?? [] : []));
  const [declaration, another] = declarations.filter(({ keyword }) => metricIds(keyword).includes(word));
  if (declaration && another) throw new WrongUse(`several declarations have the figure \`${word}\`: write \`${declaration.name}.${word}\` or \`${another.name}.${word}\``);
  if (declaration) return { declaration, metric: word };
  const known = [...(scope?.symbols.keys() ?? []), ...declarations.flatMap(({ keyword }) => metricIds(keyword))];
  throw new WrongUse(`there is no declaration and no figure \`${word}\` in ${file?.path ?? ""}${didYouMean(nearest(word, known))}`);
}

/** A declaration without a metric: its metrics. */
function refuseName(design: Design, name: string): never {
  const declaration = findDeclaration(design, name);
  const ids = metricIds(declaration.keyword);
  if (ids.length === 0) throw new WrongUse(withoutFigures(declaration));
  const figures = figuresOf(design.workspace, declaration);
  throw new WrongUse(`name a figure of \`${name}\``, "  Its figures are:", ...indent(metricList(figures), "    "));
}

const withoutFigures = ({ name, keyword }: BoundDeclaration): string => `\`${name}\` is ${withArticle(keyword)}: it has no figures`;

/** A property is written, not computed: its value, where it stands, and the figures it feeds. */
function refuseProperty(design: Design, asked: string): never {
  const { workspace } = design;
  const target = findTarget(workspace, design.files.map((file) => file.uri), asked, (problem) => {
    throw new WrongUse(`\`${asked}\`: ${problem}`);
  });
  if (target.kind !== "key") throw new WrongUse(`\`${asked}\` is a property, not a figure, and it is not written`);
  const { declaration, block, key } = target;
  const found = settledValue(workspace, block, key);
  const place = found.property ? ` (${placeText(design, found.property.file.uri, found.property.node.start)})` : found.value ? " (its default)" : "";
  const users = [declaration, ...design.files.flatMap(({ uri }) => {
    const scope = fileScope(workspace, uri);
    return scope ? usersOf(workspace, scope, declaration) : [];
  })];
  const fed = users.flatMap((user) => fedMetrics(workspace, user, block, key).map((metric) => `${user.name}.${metric.id}`));
  throw new WrongUse(
    `\`${asked}\` is a property, not a figure: ${printable(plainProperty(found))}${place}`,
    ...(fed.length === 0 ? [] : ["  It feeds:", ...indent(wrap(fed.join(" "), 96), "    ")]),
  );
}

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
