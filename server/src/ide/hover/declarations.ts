import type { BlockDeclaration, StringLiteral } from "../../../../grammar/src";
import { confidenceText, explainFigure, figureOf, figuresOf, keyMetricsOf, type TracedExplanation } from "../../analysis";
import {
  bindDeclaration, declarationSchemas, exportedNames, fileScope, letValue, settledValue, type BoundBlock, type BoundDeclaration, type LetSymbol, type ResolvedImport, type Workspace,
} from "../../core";
import { describeAny, headerText, placeText, plainProperty } from "../describe";
import { code, documentation, paragraphs } from "../markdown";
import { sweepText } from "./sweeps";
import { isInapplicable, linesOf, list, valueText, type Asked, type HoverOptions } from "./asked";

/** What a file declares. */
export function describeFile(workspace: Workspace, imported: ResolvedImport, path: StringLiteral): string | undefined {
  const target = imported.uri === undefined ? undefined : fileScope(workspace, imported.uri);
  if (!target) return undefined;
  const names = exportedNames(target);
  const shown = names.slice(0, 40).map(code).join(", ");
  return paragraphs(`**${code(path.value)}**`, `${names.length > 40 ? `${names.length} declarations, among them ` : "Declares "}${shown === "" ? "nothing" : shown}.`);
}

export function describeDeclaration(asked: Asked, node: BlockDeclaration, uri: string): string | undefined {
  const { workspace, options, scope } = asked;
  const target = fileScope(workspace, uri);
  const bound = target && bindDeclaration(workspace, node, target);
  const schema = declarationSchemas[node.keyword];
  const origin = target && uri !== scope.uri ? code(placeText(target.source, node.keywordSpan.start)) : undefined;
  const whole = bound ? declarationText(workspace, bound, options) : node.doc === undefined ? schema.block.documentation : documentation(node.doc);
  return paragraphs(`**${code(headerText(node))}**`, whole, origin);
}

/** What is said of a declaration wherever it is shown: its doc comment, the figures that are read first or what is written in it. Markdown. */
export function declarationText(workspace: Workspace, bound: BoundDeclaration, options: HoverOptions = {}): string {
  const { node, block } = bound;
  const schema = declarationSchemas[bound.keyword];
  return paragraphs(
    node.doc === undefined ? schema.block.documentation : documentation(node.doc),
    bound.keyword === "sweep" ? sweepText(workspace, bound) : schema.computed ? keyFigures(workspace, bound, options) : ownProperties(workspace, block),
    confidenceOfTimes(workspace, bound, options),
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

/** A constant with its value. */
export function describeLet(workspace: Workspace, symbol: LetSymbol): string {
  const found = letValue(workspace, symbol);
  const value = typeof found === "symbol" ? undefined : found.value;
  return paragraphs(
    `**${code(`let ${symbol.name.text}`)}** = ${value === undefined ? "no value" : describeAny(value)}`,
    symbol.node.doc === undefined ? undefined : documentation(symbol.node.doc),
  );
}

/** How far a figure can be trusted; `undefined` for one that is counted. */
export const confidenceOf = (workspace: Workspace, declaration: BoundDeclaration, explanation: Pick<TracedExplanation, "inputs">): string | undefined => {
  const text = confidenceText(workspace, declaration, explanation);
  return text === undefined ? undefined : `Confidence: ${text}.`;
};
