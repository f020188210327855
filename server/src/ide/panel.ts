import { figuresOf, idealText, inReadingOrder, keyMetricsOf, readingOf, shortFigure, usersOf, type FigureOptions, type MetricFigure } from "../analysis";
import { bindDeclaration, fileScope, resolveSymbol, type BoundDeclaration, type FileScope, type Position, type Workspace } from "../core";
import { errorsBehind } from "./code-lens";
import { firstSentence } from "./first-sentence";

/** Which declaration a panel is about: by name, or by a line of the file (zero-based). */
export interface PanelQuestion {
  readonly declaration?: string | undefined;
  readonly line?: number | undefined;
}

export type Panel =
  | PanelOf
  /** It has no figures while the text is in error. `reason`: a clause. */
  | { readonly kind: "broken"; readonly declaration: string; readonly reason: string }
  /** There is no such declaration, or none that has figures. */
  | { readonly kind: "none" };

export interface PanelOf {
  readonly kind: "report";
  readonly declaration: BoundDeclaration;
  /** The first sentence of its documentation; empty where there is none. */
  readonly summary: string;
  /** Of its name. */
  readonly place: Position;
  /** Those that are read first, in that order, each with its parts behind it. */
  readonly figures: readonly PanelFigure[];
}

export interface PanelFigure {
  readonly metric: string;
  readonly title: string;
  /** `51.20 GB of 84.94 GB` */
  readonly value: string;
  /** The physical bound of a time; empty for others. */
  readonly ideal: string;
  readonly isPart: boolean;
}

/** What a panel beside the editor shows. */
export function panel(workspace: Workspace, uri: string, question: PanelQuestion, options: FigureOptions = {}): Panel {
  const scope = fileScope(workspace, uri);
  if (!scope) return { kind: "none" };
  const declaration = question.declaration === undefined ? atLine(workspace, scope, question.line ?? 0) : named(workspace, scope, question.declaration);
  if (declaration === undefined || readingOf(workspace, declaration) === undefined) return lost(scope, question);
  const figures = mainFigures(workspace, declaration, options);
  const [error] = figures.length === 0 ? errorsBehind(workspace, declaration) : [];
  if (error) return { kind: "broken", declaration: declaration.name, reason: error.message };
  const { node, file } = declaration;
  return {
    kind: "report", declaration, summary: firstSentence(node.doc) ?? "", place: file.source.lines.position((node.name ?? node.keywordSpan).start), figures,
  };
}

/** A name that is gone because the text around it cannot be read comes back. */
function lost({ source }: FileScope, { declaration }: PanelQuestion): Panel {
  const [error] = source.parsed.errors;
  return declaration !== undefined && error ? { kind: "broken", declaration, reason: error.message } : { kind: "none" };
}

function named(workspace: Workspace, scope: FileScope, name: string): BoundDeclaration | undefined {
  const symbol = resolveSymbol(workspace, scope, name);
  const file = symbol?.kind === "declaration" ? fileScope(workspace, symbol.uri) : undefined;
  return symbol?.kind === "declaration" && file ? bindDeclaration(workspace, symbol.node, file) : undefined;
}

/** The declaration of a line; of a part that has no figures of its own the first plan that rests on it. */
function atLine(workspace: Workspace, scope: FileScope, line: number): BoundDeclaration | undefined {
  const { lines } = scope.source;
  const node = scope.declarations.find(({ start, end }) => lines.position(start).line <= line && line <= lines.position(end).line);
  const declaration = node?.kind === "declaration" ? bindDeclaration(workspace, node, scope) : undefined;
  if (!declaration || declaration.name === "") return undefined;
  return readingOf(workspace, declaration) === undefined ? usersOf(workspace, scope, declaration)[0] : declaration;
}

function mainFigures(workspace: Workspace, declaration: BoundDeclaration, options: FigureOptions): readonly PanelFigure[] {
  const hasValue = ({ figure }: MetricFigure) => figure.kind !== "unavailable";
  const { main } = inReadingOrder(keyMetricsOf(workspace, declaration), figuresOf(workspace, declaration, options).filter(hasValue), ({ figure }) => figure.kind === "value" && figure.value === 0);
  return main.map((metric) => ({
    metric: metric.id, title: metric.title, value: shortFigure(workspace, declaration, metric) ?? "", ideal: idealText(metric.figure, metric), isPart: metric.isPart,
  }));
}
