import { differenceText, figuresOf, idealText, inReadingOrder, keyMetricsOf, readingOf, shortFigure, shortText, usersOf, type FigureOptions, type MetricFigure } from "../analysis";
import { bindDeclaration, declarationNamed, declarationSchemas, fileScope, headerSpan, settledValue, type BoundDeclaration, type FileScope, type Position, type Workspace } from "../core";
import { reportOf, type MissingPicture, type Picture } from "../drawing";
import { assertionsOf, formOf, requirementsOf, textOf } from "../rules";
import { errorsBehind } from "./code-lens";
import { firstSentence } from "./first-sentence";

/** Which declaration a panel is about, by name or by a line of the file (zero-based), and the room for its pictures in CSS pixels. */
export interface PanelQuestion {
  readonly declaration?: string | undefined;
  readonly line?: number | undefined;
  readonly width?: number | undefined;
}

export type Panel =
  | PanelOf
  /** What is read of it first is not computed while its text is in error. `reason`: a clause; `rest`: what can be said all the same. */
  | { readonly kind: "broken"; readonly declaration: string; readonly reason: string; readonly rest?: PanelOf }
  /** There is no such declaration, or none that has figures. */
  | { readonly kind: "none" };

/** Where a reader goes. */
interface Place {
  readonly uri: string;
  readonly place: Position;
}

export interface PanelOf {
  readonly kind: "report";
  readonly declaration: BoundDeclaration;
  /** The first sentence of its documentation; empty where there is none. */
  readonly summary: string;
  readonly headline: string;
  /** Whether its memory fits; `undefined` where that is no question or not known. */
  readonly fits: boolean | undefined;
  /** Of its name. */
  readonly place: Position;
  /** The declarations that it binds. */
  readonly parts: readonly PanelPart[];
  /** Those that are read first, in that order, each with its parts behind it. */
  readonly figures: readonly PanelFigure[];
  readonly checks: readonly PanelCheck[];
  readonly pictures: readonly Picture[];
  readonly missing: readonly MissingPicture[];
}

export interface PanelPart extends Place {
  /** `hardware` */
  readonly key: string;
  readonly declaration: string;
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

/** A `require` or `measured` beside what is computed. */
export interface PanelCheck extends Place {
  /** As it is written, without its keyword and source. */
  readonly text: string;
  /** `61.20 GB`; of a measurement with how far off: `19.93 s, +1.5 %`. */
  readonly computed: string;
  /** `undefined`: a measurement. */
  readonly holds: boolean | undefined;
  /** Of a measurement; empty for others. */
  readonly source: string;
}

/** What a panel beside the editor shows. */
export function panel(workspace: Workspace, uri: string, question: PanelQuestion, options: FigureOptions = {}): Panel {
  const scope = fileScope(workspace, uri);
  if (!scope) return { kind: "none" };
  const declaration = question.declaration === undefined ? atLine(workspace, scope, question.line ?? 0) : declarationNamed(workspace, scope, question.declaration);
  if (declaration === undefined || readingOf(workspace, declaration) === undefined) return lost(scope, question);
  const figures = mainFigures(workspace, declaration, options);
  const [first] = keyMetricsOf(workspace, declaration);
  const [error] = figures.some(({ metric }) => metric === first) ? [] : errorsBehind(workspace, declaration);
  const shown = panelOf(workspace, declaration, figures, question);
  return error ? { kind: "broken", declaration: declaration.name, reason: error.message, rest: shown } : shown;
}

function panelOf(workspace: Workspace, declaration: BoundDeclaration, figures: readonly PanelFigure[], question: PanelQuestion): PanelOf {
  const report = reportOf(workspace, declaration, question.width === undefined ? {} : { width: question.width });
  return {
    kind: "report", declaration, summary: firstSentence(declaration.node.doc) ?? "", headline: report?.headline ?? "", fits: report?.fits,
    place: nameOf(declaration).place, parts: partsOf(workspace, declaration), figures, checks: checksOf(workspace, declaration),
    pictures: report?.pictures ?? [], missing: report?.unavailable ?? [],
  };
}

/** A name that is gone because the text around it cannot be read comes back. */
function lost({ source }: FileScope, { declaration }: PanelQuestion): Panel {
  const [error] = source.parsed.errors;
  return declaration !== undefined && error ? { kind: "broken", declaration, reason: error.message } : { kind: "none" };
}

/** The declaration of a line; of a part that has no figures of its own the first plan that rests on it. */
function atLine(workspace: Workspace, scope: FileScope, line: number): BoundDeclaration | undefined {
  const { lines } = scope.source;
  const node = scope.declarations.find(({ start, end }) => lines.position(start).line <= line && line <= lines.position(end).line);
  const declaration = node?.kind === "declaration" ? bindDeclaration(workspace, node, scope) : undefined;
  if (!declaration || declaration.name === "") return undefined;
  return readingOf(workspace, declaration) === undefined ? usersOf(workspace, scope, declaration)[0] : declaration;
}

const nameOf = ({ node, file }: BoundDeclaration): Place => ({ uri: file.uri, place: file.source.lines.position((node.name ?? headerSpan(node)).start) });

/** Only what a plan or a service binds: that a cluster has a GPU is one of its facts. */
function partsOf(workspace: Workspace, { keyword, block }: BoundDeclaration): readonly PanelPart[] {
  if (keyword !== "plan" && keyword !== "service") return [];
  return [...declarationSchemas[keyword].block.properties.values()].filter(({ type }) => type.kind === "reference").flatMap(({ key }) => {
    const { value, plain } = settledValue(workspace, block, key);
    return plain !== undefined && value?.kind === "declaration" ? [{ key, declaration: value.declaration.name, ...nameOf(value.declaration) }] : [];
  });
}

function mainFigures(workspace: Workspace, declaration: BoundDeclaration, options: FigureOptions): readonly PanelFigure[] {
  const hasValue = ({ figure }: MetricFigure) => figure.kind !== "unavailable";
  const { main } = inReadingOrder(keyMetricsOf(workspace, declaration), figuresOf(workspace, declaration, options).filter(hasValue), ({ figure }) => figure.kind === "value" && figure.value === 0);
  return main.map((metric) => ({
    metric: metric.id, title: metric.title, value: shortFigure(workspace, declaration, metric) ?? "", ideal: idealText(metric.figure, metric), isPart: metric.isPart,
  }));
}

function checksOf(workspace: Workspace, declaration: BoundDeclaration): readonly PanelCheck[] {
  const subject = { workspace, declaration };
  const placeOf = ({ file, node }: BoundDeclaration["assertions"][number]): Place => ({ uri: file.uri, place: file.source.lines.position(node.start) });
  const required = requirementsOf(subject).map(({ assertion, ...read }): PanelCheck => ({ ...placeOf(assertion), ...read, source: "" }));
  const measured = assertionsOf(subject, "measured").map((compared): PanelCheck => {
    const { assertion, left, right } = compared;
    const { metric, value, from } = assertion.node;
    const off = differenceText(left, right);
    return {
      ...placeOf(assertion), text: `${textOf(assertion, metric)} = ${textOf(assertion, value)}`, computed: `${shortText(left, formOf(subject, compared))}${off === "" ? "" : `, ${off}`}`,
      holds: undefined, source: from?.value ?? "",
    };
  });
  return [...required, ...measured];
}
