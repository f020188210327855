/** What an edit changes: two states of one design beside each other. */
import { figuresOf, metricIds, type FigureOptions, type MetricFigure } from "../analysis";
import type { BoundDeclaration, Diagnostic } from "../core";
import type { Figure } from "../cost/metric";
import { checkDesign, measurementCode, type Design } from "../design";
import { keyMetricsOf, partsOfFigure } from "../ide/key-figures";
import { findNamed, ownDeclarations } from "./names";
import type { AgentContext } from "./tool";

/** A figure that is another one now. */
export interface ChangedFigure {
  readonly metric: MetricFigure;
  readonly before: Figure;
  /** One of those that a reader of such a declaration looks for first, or a part of one. */
  readonly isUsual: boolean;
}

export interface ChangedDeclaration {
  readonly before: BoundDeclaration;
  readonly after: BoundDeclaration;
  /** In the registry's order. */
  readonly figures: readonly ChangedFigure[];
}

export interface DesignDifference {
  /** The declarations of both with figures that changed. */
  readonly changed: readonly ChangedDeclaration[];
  /** Those without a figure that changed; declarations that have no figures at all are left out. */
  readonly unchanged: readonly string[];
  /** Names that only one of them declares. */
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** The figures of two states of a design. `only`: names, also imported ones; else all that the file declares. */
export async function compareDesigns(
  before: Design, after: Design, only: readonly string[] | undefined, options: FigureOptions, { pause }: AgentContext,
): Promise<DesignDifference> {
  const [old, now] = [byName(before, only), byName(after, only)];
  const changed: ChangedDeclaration[] = [];
  const unchanged: string[] = [];
  for (const [name, declaration] of now) {
    const other = old.get(name);
    if (other?.keyword !== declaration.keyword || metricIds(declaration.keyword).length === 0) continue;
    await pause();
    const figures = changedFigures(before, other, after, declaration, options);
    if (figures.length === 0) unchanged.push(name);
    else changed.push({ before: other, after: declaration, figures });
  }
  return {
    changed, unchanged,
    removed: [...old.keys()].filter((name) => !now.has(name)),
    added: [...now.keys()].filter((name) => !old.has(name)),
  };
}

function byName(design: Design, only: readonly string[] | undefined): ReadonlyMap<string, BoundDeclaration> {
  const wanted = only ? only.flatMap((name) => findNamed(design, name) ?? []) : ownDeclarations(design);
  return new Map(wanted.map((declaration) => [declaration.name, declaration]));
}

function changedFigures(before: Design, old: BoundDeclaration, after: Design, now: BoundDeclaration, options: FigureOptions): readonly ChangedFigure[] {
  const was = new Map(figuresOf(before.workspace, old, options).map(({ id, figure }) => [id, figure]));
  const metrics = figuresOf(after.workspace, now, options);
  const usual = new Set(keyMetricsOf(after.workspace, now).flatMap((id) => [id, ...partsOfFigure(id, metrics).map((part) => part.id)]));
  return metrics.flatMap((metric) => {
    const figure = was.get(metric.id);
    return figure && !isSame(figure, metric.figure) ? [{ metric, before: figure, isUsual: usual.has(metric.id) }] : [];
  });
}

function isSame(left: Figure, right: Figure): boolean {
  if (left.kind === "value" && right.kind === "value") return left.value === right.value && left.ideal === right.ideal;
  return left.kind === "text" && right.kind === "text" ? left.value === right.value : left.kind === right.kind;
}

/** The findings of two states of a design. */
export interface FindingDifference {
  readonly gone: readonly Diagnostic[];
  readonly added: readonly Diagnostic[];
  /** One of the same code in the same file, with another message. */
  readonly changed: readonly { readonly before: Diagnostic; readonly after: Diagnostic }[];
  readonly kept: readonly Diagnostic[];
  readonly after: readonly Diagnostic[];
}

export function compareFindings(before: Design, after: Design, { cancellation }: AgentContext): FindingDifference {
  const old = checkDesign(before, cancellation).filter(isOfDesign);
  // What the edits brought about needs no mark here: it stands in lists of its own.
  const now = checkDesign({ ...after, whatIf: undefined }, cancellation).filter(isOfDesign);
  const waiting = new Map<string, Diagnostic[]>();
  for (const diagnostic of old) waiting.set(identity(diagnostic), [...(waiting.get(identity(diagnostic)) ?? []), diagnostic]);
  const kept = now.filter((diagnostic) => waiting.get(identity(diagnostic))?.shift());
  const isKept = new Set(kept);
  const gone = [...waiting.values()].flat();
  const changed: { before: Diagnostic; after: Diagnostic }[] = [];
  const added: Diagnostic[] = [];
  for (const diagnostic of now.filter((candidate) => !isKept.has(candidate))) {
    const index = gone.findIndex(({ code, uri }) => code === diagnostic.code && uri === diagnostic.uri);
    const [earlier] = index < 0 ? [] : gone.splice(index, 1);
    if (earlier) changed.push({ before: earlier, after: diagnostic });
    else added.push(diagnostic);
  }
  return { gone, added, changed, kept, after: now };
}

/** A measurement is of the design as it is written: how far another one is from it is no news. */
const isOfDesign = ({ code }: Diagnostic): boolean => code !== measurementCode;

const identity = ({ uri, code, message }: Diagnostic): string => `${uri} ${code} ${message}`;
