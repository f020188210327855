import type { BlockDeclaration, NumberLiteral, StringLiteral } from "../../../grammar/src";
import {
  assignLayers, confidenceText, explainFigure, fedMetrics, figureOf, figuresOf, figureText, metricsOfKind, usersOf, type FigureOptions, type MetricFigure, type TracedExplanation,
} from "../analysis";
import {
  bindDeclaration, blockTitle, declarationSchemas, documentationUrl, evaluate, exportedNames, fileScope, letValue, resolveSymbol, settledValue,
  type BoundBlock, type BoundDeclaration, type FileScope, type LetSymbol, type Position, type PropertyValue, type Reference,
  type ResolvedImport, type Workspace,
} from "../core";
import { Cancelled, rules, type Cancellation } from "../rules";
import { formatGrouped } from "../units";
import { describeAny, describeLayers, describeSpecType, figureLines, headerText, placeText, plainProperty } from "./describe";
import { defaultText, defaultsOf } from "./defaults";
import { efficiencyDefault, efficiencyDefaults } from "./efficiency";
import { fullFigure, keyMetricsOf } from "./key-figures";
import { blockAround, boundAround, locate, referenceOf, type Located } from "./locate";
import { code, documentation, paragraphs } from "./markdown";
import type { MarkdownHover } from "./plain";
import { functionDocumentation, wordDocumentation } from "./words";

export interface HoverOptions extends FigureOptions {
  /** The address that opens the explanation of a figure, in an editor that has one. */
  readonly explanationOf?: ((declaration: BoundDeclaration, metric: string) => string) | undefined;
}

/** What the reader should know of the text at a position; `undefined` where there is nothing to say. */
export function hover(
  workspace: Workspace, uri: string, position: Position, options: HoverOptions = {}, cancellation?: Cancellation,
): MarkdownHover | undefined {
  const scope = fileScope(workspace, uri);
  if (!scope) return undefined;
  const { lines } = scope.source;
  const located = locate(scope, lines.offset(position));
  if (!located) return undefined;
  if (cancellation?.isCancellationRequested) throw new Cancelled();
  const contents = describe({ workspace, scope, options }, located);
  return contents === undefined || contents === "" ? undefined : { contents, range: lines.range(located.span) };
}

interface Asked {
  readonly workspace: Workspace;
  readonly scope: FileScope;
  readonly options: HoverOptions;
}

function describe(asked: Asked, located: Located): string | undefined {
  const { workspace, scope } = asked;
  switch (located.kind) {
    case "import-path": return describeFile(workspace, located.imported, located.path);
    case "import-name": {
      const symbol = resolveSymbol(workspace, scope, (located.node.alias ?? located.node.name).text);
      if (!symbol) return undefined;
      return symbol.kind === "let" ? describeLet(workspace, symbol) : describeDeclaration(asked, symbol.node, symbol.uri);
    }
    case "declaration": return describeDeclaration(asked, located.node, scope.uri);
    case "let": return located.node.name && describeLet(workspace, { kind: "let", name: located.node.name, node: located.node, uri: scope.uri });
    case "declaration-name": {
      const symbol = resolveSymbol(workspace, scope, located.name.text);
      return symbol?.kind === "declaration" ? describeDeclaration(asked, symbol.node, symbol.uri) : undefined;
    }
    case "block": return describeBlock(asked, located);
    case "key": return describeKey(asked, located);
    case "statement": return statements[located.member.kind];
    case "number": return paragraphs(describeNumber(asked, located.literal), describeAroundValue(asked, located));
    case "name": {
      const reference = referenceOf(workspace, scope, located);
      const text = reference && describeReference(asked, reference);
      return paragraphs(text, reference?.kind === "word" ? describeAroundValue(asked, located) : undefined);
    }
    case "function": {
      const text = functionDocumentation[located.call.callee.text];
      return text === undefined ? undefined : `${code(`${located.call.callee.text}(…)`)}: ${text}`;
    }
    case "value": return describeAroundValue(asked, located);
  }
}

const statements = {
  require: "`require METRIC <= VALUE`: an error where the figure does not meet it.",
  measured: "`measured METRIC = VALUE from \"source\"`: a published or own measurement that the figure is compared with.",
  where: "`where A <= B`: designs that do not meet it are left out of the sweep.",
  objective: "`maximize METRIC` or `minimize METRIC`: what the sweep looks for. Two or more give a Pareto front.",
} as const;

// ── imports and declarations ────────────────────────────────────────────────────────────────────────────────────────

function describeFile(workspace: Workspace, imported: ResolvedImport, path: StringLiteral): string | undefined {
  const target = imported.uri === undefined ? undefined : fileScope(workspace, imported.uri);
  if (!target) return undefined;
  const names = exportedNames(target);
  const shown = names.slice(0, 40).map(code).join(", ");
  return paragraphs(`**${code(path.value)}**`, `${names.length > 40 ? `${names.length} declarations, among them ` : "Declares "}${shown === "" ? "nothing" : shown}.`);
}

function describeDeclaration(asked: Asked, node: BlockDeclaration, uri: string): string | undefined {
  const { workspace, options, scope } = asked;
  const target = fileScope(workspace, uri);
  const bound = target && bindDeclaration(workspace, node, target);
  const schema = declarationSchemas[node.keyword];
  const origin = target && uri !== scope.uri ? code(placeText(target.source, node.keywordSpan.start)) : undefined;
  return paragraphs(
    `**${code(headerText(node))}**`,
    node.doc === undefined ? schema.block.documentation : documentation(node.doc),
    bound && (schema.computed ? keyFigures(workspace, bound, options) : ownProperties(workspace, bound.block)),
    bound && confidenceOfTimes(workspace, bound, options),
    origin,
  );
}

/** The figures that are read first; those that a design of its kind cannot have are left out. */
function keyFigures(workspace: Workspace, bound: BoundDeclaration, options: HoverOptions): string {
  const figures = figuresOf(workspace, bound, options);
  const shown = keyMetricsOf(workspace, bound).flatMap((id) => figures.filter((metric) => metric.id === id && !isInapplicable(metric)));
  return list(linesOf(workspace, bound, shown, options));
}

/** How far the first of a plan's or a service's times can be trusted: they rest on the same defaults. */
function confidenceOfTimes(workspace: Workspace, bound: BoundDeclaration, options: HoverOptions): string | undefined {
  const time = keyMetricsOf(workspace, bound).find((id) => figureOf(workspace, bound, id, options).kind === "value");
  const explanation = time === undefined ? undefined : explainFigure(workspace, bound, time, options);
  return explanation && confidenceOf(workspace, bound, explanation);
}

const isInapplicable = ({ figure }: MetricFigure): boolean => figure.kind === "unavailable" && figure.inapplicable === true;

const linesOf = (workspace: Workspace, bound: BoundDeclaration, metrics: readonly MetricFigure[], options: HoverOptions): readonly string[] =>
  figureLines(metrics, linkOf(options, bound), (metric) => fullFigure(workspace, bound, metric));

const linkOf = ({ explanationOf }: HoverOptions, declaration: BoundDeclaration) => explanationOf && ((metric: string) => explanationOf(declaration, metric));

const mostLines = 12;

function ownProperties(workspace: Workspace, block: BoundBlock): string {
  const lines = [
    ...[...block.properties.keys()].map((key) => `${code(key)}: ${valueText(settledValue(workspace, block, key)) ?? "no value"}`),
    ...block.blocks.map((inner) => `${code(blockHeader(inner))}: ${[...inner.properties.keys()].map((key) => `${key} ${plainProperty(settledValue(workspace, inner, key))}`).join(", ")}`),
  ];
  const rest = lines.length - mostLines;
  return list(rest > 0 ? [...lines.slice(0, mostLines), `and ${rest} more`] : lines);
}

const blockHeader = ({ keyword, variant }: BoundBlock): string => (variant === undefined ? keyword : `${keyword} ${variant}`);

const list = (lines: readonly string[]): string => lines.map((line) => `* ${line}`).join("\n");

function describeLet(workspace: Workspace, symbol: LetSymbol): string {
  const found = letValue(workspace, symbol);
  const value = typeof found === "symbol" ? undefined : found.value;
  return paragraphs(
    `**${code(`let ${symbol.name.text}`)}** = ${value === undefined ? "no value" : describeAny(value)}`,
    symbol.node.doc === undefined ? undefined : documentation(symbol.node.doc),
  );
}

// ── blocks and properties ───────────────────────────────────────────────────────────────────────────────────────────

function describeBlock({ workspace, scope, options }: Asked, located: Extract<Located, { kind: "block" }>): string | undefined {
  const bound = boundAround(workspace, scope, located.within);
  const block = bound && blockAround(bound, located.within);
  const schema = block?.schema;
  if (!bound || !block || !schema) return undefined;
  const layers = bound.keyword === "model" ? assignLayers(workspace, bound)?.layers.get(block) : undefined;
  const usual = defaultsOf(workspace, block);
  const metrics = metricsOfKind(workspace, bound, block, options);
  return paragraphs(
    `**${code(blockTitle(schema))}**`,
    schema.documentation,
    layers && `On ${describeLayers(layers)}.`,
    usual.length === 0 ? undefined : `By default: ${usual.map(({ text }) => code(text)).join(", ")}.`,
    isEfficiency(bound, block) ? efficiencyDefaults(workspace, bound) : undefined,
    metrics.length === 0 ? undefined : paragraphs("Its kind enters into:", list(linesOf(workspace, bound, metrics, options))),
  );
}

function describeKey(asked: Asked, located: Extract<Located, { kind: "key" }>): string | undefined {
  const { workspace, scope } = asked;
  const bound = boundAround(workspace, scope, located.within);
  const block = bound && blockAround(bound, located.within);
  const key = located.property.path.length === 1 ? located.property.path[0]?.text : undefined;
  return bound && block && key !== undefined ? describeProperty(asked, bound, block, key) : undefined;
}

/** For a place inside a value: the property that the value belongs to. */
function describeAroundValue(asked: Asked, { within }: Located): string | undefined {
  const { workspace, scope } = asked;
  const { member } = within;
  if (member?.kind !== "property" || member.path.length !== 1) return undefined;
  const bound = boundAround(workspace, scope, within);
  const block = bound && blockAround(bound, within);
  const key = member.path[0]?.text;
  return bound && block && key !== undefined ? describeProperty(asked, bound, block, key) : undefined;
}

function describeProperty({ workspace, scope, options }: Asked, bound: BoundDeclaration, block: BoundBlock, key: string): string | undefined {
  const found = settledValue(workspace, block, key);
  const { spec } = found;
  if (!spec && !found.property) return undefined;
  return paragraphs(
    `**${code(key)}**${spec ? `: ${describeSpecType(spec)}` : ""}`,
    spec?.documentation,
    spec?.alsoKnownAs === undefined ? undefined : `Hugging Face: ${spec.alsoKnownAs.split(", ").map(code).join(", ")}`,
    `Value: ${valueText(found) ?? "none"}, ${originText(found, bound)}.`,
    isEfficiency(bound, block) ? efficiencyDefault(workspace, bound, key) : undefined,
    spec && describeUses(workspace, scope, bound, { block, key }, options),
  );
}

/** What a property does: in the figures of its own declaration, and in those of the plans and services of the file that rest on it. */
function describeUses(workspace: Workspace, scope: FileScope, bound: BoundDeclaration, property: Key, options: HoverOptions): string {
  const { computed } = declarationSchemas[bound.keyword];
  const users = usersOf(workspace, scope, bound);
  const feeds = (each: BoundDeclaration): boolean => fedMetrics(workspace, each, property.block, property.key, options).length > 0;
  // the group limit of a model is in none of the model's figures, but in those of its plans
  const own = computed && (feeds(bound) || !users.some(feeds)) ? describeUse(workspace, bound, property, options) : undefined;
  return paragraphs(
    own,
    users.length > 0 || computed ? usersText(workspace, users, property, options) : "No plan of this file uses it.",
    own === undefined && users.length === 0 ? checksText(bound, property.key) : undefined,
  );
}

const isEfficiency = ({ keyword }: BoundDeclaration, block: BoundBlock): boolean => keyword === "plan" && block.keyword === "efficiency";

interface Key {
  readonly block: BoundBlock;
  readonly key: string;
}

/** Plans and services that a hover names one by one. */
const mostUsers = 3;

function usersText(workspace: Workspace, users: readonly BoundDeclaration[], property: Key, options: HoverOptions): string {
  const rest = users.length - mostUsers;
  return paragraphs(
    ...users.slice(0, mostUsers).map((user) => describeUse(workspace, user, property, options, ` of ${code(`${user.keyword} ${user.name}`)}`)),
    rest > 0 ? `${rest} more ${rest === 1 ? "plan or service rests" : "plans and services rest"} on it.` : undefined,
  );
}

/** The figures that a property enters; for one that enters none, what is checked of it. `where`: whose figures, if not those of its own declaration. */
function describeUse(workspace: Workspace, bound: BoundDeclaration, { block, key }: Key, options: HoverOptions, where = ""): string {
  const metrics = fedMetrics(workspace, bound, block, key, options);
  if (metrics.length > 0) return paragraphs(where === "" ? "Enters into:" : `Enters into the figures${where}:`, list(mostTelling(workspace, bound, metrics, options)));
  if (where !== "") return `Enters no figure${where} that is computed here.`;
  const figures = figuresOf(workspace, bound, options).filter((metric) => !isInapplicable(metric));
  const missing = figures.filter(({ figure }) => figure.kind === "unavailable");
  return paragraphs(
    missing.length === 0 ? "Enters no figure of this version." : "Enters no figure that is computed here.",
    2 * missing.length > figures.length ? list(figureLines(missing)) : undefined,
    checksText(bound, key),
  );
}

function checksText(bound: BoundDeclaration, key: string): string | undefined {
  const checks = checksOf(bound, key);
  return checks.length === 0 ? undefined : paragraphs("Checked:", list(checks));
}

/** Figures of a plan that a hover of one property lists. */
const mostFed = 8;

/** Every figure of a model or of hardware; of a plan, whose layout enters nearly all of its figures, those that are read first. */
function mostTelling(workspace: Workspace, bound: BoundDeclaration, metrics: readonly MetricFigure[], options: HoverOptions): readonly string[] {
  if (bound.keyword !== "plan") return linesOf(workspace, bound, metrics, options);
  const first = keyMetricsOf(workspace, bound).flatMap((id) => metrics.filter((metric) => metric.id === id));
  const shown = [...first, ...metrics.filter((metric) => !first.includes(metric))].slice(0, mostFed);
  const rest = metrics.length - shown.length;
  return [...linesOf(workspace, bound, shown, options), ...(rest > 0 ? [`and ${rest} ${rest === 1 ? "other figure" : "others"}`] : [])];
}

/** The rules whose explanation names a key. */
const checksOf = ({ keyword }: BoundDeclaration, key: string): readonly string[] =>
  rules.filter(({ on }) => on.includes(keyword)).flatMap(({ entries }) => entries).filter(({ explanation }) => explanation.includes(code(key)))
    .map((entry) => `[${entry.code}](${documentationUrl(entry.code)}): ${entry.title}`);

const valueText = ({ value, spec }: PropertyValue): string | undefined => value && describeAny(value, spec);

function originText({ origin, property, spec }: PropertyValue, bound: BoundDeclaration): string {
  switch (origin) {
    case "written": return "written here";
    case "inherited": {
      const place = property ? ` (${code(placeText(property.file.source, property.node.start))})` : "";
      return `inherited from ${code(bound.node.base?.text ?? bound.name)}${place}`;
    }
    case "default": return `by default ${defaultText(spec)}`;
    case "absent": return "not written";
  }
}


// ── names and numbers ───────────────────────────────────────────────────────────────────────────────────────────────

function describeReference(asked: Asked, reference: Reference): string | undefined {
  const { workspace } = asked;
  switch (reference.kind) {
    case "property": {
      const { block, key } = reference;
      const found = settledValue(workspace, block, key);
      const { property, spec } = found;
      const place = property ? `Written in ${code(placeText(property.file.source, property.node.start))}` : `By default ${defaultText(spec)}`;
      return paragraphs(`**${code(key)}** = ${valueText(found) ?? "no value"}`, spec?.documentation, `${place}.`);
    }
    case "block": return reference.block.schema && paragraphs(`**${code(blockTitle(reference.block.schema))}**`, reference.block.schema.documentation);
    case "declaration": return describeDeclaration(asked, reference.symbol.node, reference.symbol.uri);
    case "let": return describeLet(workspace, reference.symbol);
    case "metric": return describeMetric(asked, reference.declaration, reference.id);
    case "word": {
      const meaning = wordDocumentation(reference.word);
      return meaning === undefined ? undefined : `${code(reference.word)}: ${meaning}`;
    }
  }
}

function describeMetric({ workspace, options }: Asked, declaration: BoundDeclaration, id: string): string {
  const explanation = explainFigure(workspace, declaration, id, options);
  const owner = code(`${declaration.keyword} ${declaration.name}`);
  if (!explanation) {
    const figure = figureOf(workspace, declaration, id, options);
    return paragraphs(`**${code(id)}** of ${owner}`, figure.kind === "unavailable" ? `not computed: ${figure.reason}` : undefined);
  }
  const { title, figure, documentation: text, formula, convention, source } = explanation;
  return paragraphs(
    `**${code(id)}** of ${owner}: ${title}`,
    figureText(figure, explanation),
    confidenceOf(workspace, declaration, explanation),
    text,
    `Formula: ${code(formula)}`,
    convention === "" ? undefined : `Convention: ${convention}`,
    `Source: ${source}`,
  );
}

const confidenceOf = (workspace: Workspace, declaration: BoundDeclaration, explanation: Pick<TracedExplanation, "inputs">): string | undefined => {
  const text = confidenceText(workspace, declaration, explanation);
  return text === undefined ? undefined : `Confidence: ${text}.`;
};

/** A number with its exact value, where its spelling hides it: `128Ki` = 131,072; `400 Gbps` = 50 GB/s. */
function describeNumber({ workspace, scope }: Asked, literal: NumberLiteral): string | undefined {
  const { suffix, unit } = literal;
  if (suffix === undefined && unit === undefined && !literal.digits.includes("e") && !literal.digits.includes("E")) return undefined;
  const value = evaluate(literal, { workspace, file: scope, block: undefined, key: undefined, metricsOf: undefined, problems: [] });
  if (value?.kind !== "quantity") return undefined;
  const written = `${literal.digits}${suffix ?? ""}${unit === undefined ? "" : ` ${unit}`}`;
  return `${code(written)} = ${unit === undefined ? formatGrouped(value.value) : describeAny(value)}`;
}
