/** What an edit changes: two states of one design beside each other. */
import { compareFacts, compareFigures, figuresOf, inReadingOrder, keyMetricsOf, metricIds, type ComparedFact, type ComparedFigure, type FigureOptions } from "../analysis";
import type { BoundDeclaration, Diagnostic } from "../core";
import { checkDesign, measurementCode, type Design } from "../design";
import { findNamed, ownDeclarations } from "./names";
import type { AgentContext } from "./tool";

export interface ChangedDeclaration {
  readonly after: BoundDeclaration;
  /** The figures that are others now: those that a reader of such a declaration looks for first, in the order of reading. */
  readonly usual: readonly ComparedFigure[];
  readonly others: readonly ComparedFigure[];
}

/** A fact that is another one now: `PP16EP64.zero`, `1`, `0`; `undefined`: there is none. */
export interface ChangedFact {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export interface DesignDifference {
  readonly facts: readonly ChangedFact[];
  /** The declarations of both with figures that changed. */
  readonly changed: readonly ChangedDeclaration[];
  /** Those without a figure that changed; declarations that have no figures at all are left out. */
  readonly unchanged: readonly string[];
  /** Names that only one of them declares. */
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** Facts and figures of two states of a design. `only`: names, also imported ones; else all that the file declares. */
export async function compareDesigns(
  before: Design, after: Design, only: readonly string[] | undefined, options: FigureOptions, { pause }: AgentContext,
): Promise<DesignDifference> {
  const [old, now] = [byName(before, only), byName(after, only)];
  const pairs = [...now].flatMap(([name, right]) => {
    const left = old.get(name);
    return left?.keyword === right.keyword ? [{ name, left, right }] : [];
  });
  const changed: ChangedDeclaration[] = [];
  const unchanged: string[] = [];
  for (const { name, left, right } of pairs) {
    if (metricIds(right.keyword).length === 0) continue;
    await pause();
    const figures = compareFigures(figuresOf(before.workspace, left, options), figuresOf(after.workspace, right, options)).filter(({ isEqual }) => !isEqual);
    const { main, others } = inReadingOrder(keyMetricsOf(after.workspace, right), figures, () => false);
    if (figures.length === 0) unchanged.push(name);
    else changed.push({ after: right, usual: main, others });
  }
  await pause();
  return {
    facts: changedFacts(before, after, pairs), changed, unchanged,
    removed: [...old.keys()].filter((name) => !now.has(name)),
    added: [...now.keys()].filter((name) => !old.has(name)),
  };
}

function byName(design: Design, only: readonly string[] | undefined): ReadonlyMap<string, BoundDeclaration> {
  const wanted = only ? only.flatMap((name) => findNamed(design, name) ?? []) : ownDeclarations(design);
  return new Map(wanted.map((declaration) => [declaration.name, declaration]));
}

interface Pair {
  readonly left: BoundDeclaration;
  readonly right: BoundDeclaration;
}

/** Each fact where it is written, once; that of an imported declaration under the first declaration that names it. */
function changedFacts(before: Design, after: Design, pairs: readonly Pair[]): readonly ChangedFact[] {
  const workspaces = { left: before.workspace, right: after.workspace };
  const all = pairs.flatMap(({ left, right }) => compareFacts(workspaces, left, right).facts.filter(({ isEqual }) => !isEqual).map((fact) => ({ name: right.name, fact })));
  const ownFirst = [...all.filter(({ fact }) => fact.owner.length === 0), ...all.filter(({ fact }) => fact.owner.length > 0)];
  const seen = new Set<string>();
  return ownFirst.flatMap(({ name, fact }) => {
    if (fact.owner.length > 0 && seen.has(contentOf(fact))) return [];
    seen.add(contentOf(fact));
    return [{ path: [name, ...fact.owner, fact.path].join("."), before: fact.left?.text, after: fact.right?.text }];
  });
}

const contentOf = ({ path, left, right }: ComparedFact): string => JSON.stringify([path, left?.text, right?.text]);

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
