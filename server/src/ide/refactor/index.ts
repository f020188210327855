import { figuresOf } from "../../analysis";
import { asMessage, bindDeclaration, fileScope, type Range, type Workspace } from "../../core";
import { Cancelled, harmless, type Cancellation } from "../../rules";
import type { RangeEdit } from "../plain";
import { askedAt, type Asked, type Candidate, type RefactoringKind } from "./asked";
import { inlineBase } from "./bases";
import { extractConstant, inlineConstant } from "./constants";
import { copyLibraryDeclaration } from "./copy";
import { segmentExperts } from "./experts";
import { nextBest } from "./next-best";
import { sweepOver } from "./sweep";
import { convertUnit } from "./units";

export type { RefactoringKind } from "./asked";

/** A change of the design that nobody's diagnostic asks for, tried in memory. */
export interface Refactoring {
  readonly title: string;
  readonly kind: RefactoringKind;
  /** To the file that was asked about. */
  readonly edits: readonly RangeEdit[];
}

/** Each with those that stand in for it. */
type Maker = (asked: Asked) => readonly (readonly Candidate[])[];

const alone = (make: (asked: Asked) => readonly Candidate[]): Maker => (asked) => make(asked).map((candidate) => [candidate]);

const makers: Readonly<Record<RefactoringKind, readonly Maker[]>> = {
  "refactor.extract": [alone(extractConstant), alone(sweepOver)],
  "refactor.inline": [alone(inlineConstant), alone(inlineBase), alone(copyLibraryDeclaration)],
  "refactor.rewrite": [nextBest, alone(segmentExperts), alone(convertUnit)],
};

/**
 * What can be done at a place, of the wanted kinds. Offered is what brings no new error or warning, and where it says so leaves every
 * figure as it is.
 */
export function refactorings(workspace: Workspace, uri: string, range: Range, isWanted: (kind: RefactoringKind) => boolean, cancellation?: Cancellation): readonly Refactoring[] {
  const asked = askedAt(workspace, uri, range);
  if (!asked) return [];
  const { lines } = asked.scope.source;
  const kinds = (Object.keys(makers) as readonly RefactoringKind[]).filter(isWanted);
  return kinds.flatMap((kind) => makers[kind].flatMap((make) => make(asked))).flatMap((candidates): readonly Refactoring[] => {
    if (cancellation?.isCancellationRequested) throw new Cancelled();
    const works = candidates.find((candidate) => proves(workspace, uri, candidate));
    if (!works) return [];
    return [{ title: asMessage(works.title), kind: works.kind, edits: works.edits.map((edit) => ({ range: lines.range(edit), newText: edit.newText })) }];
  });
}

function proves(workspace: Workspace, uri: string, { edits, keepsFigures }: Candidate): boolean {
  const after = harmless(workspace, uri, edits);
  if (!after) return false;
  if (!keepsFigures) return true;
  const now = figuresByName(after, uri);
  return [...figuresByName(workspace, uri)].every(([name, figures]) => now.get(name) === figures);
}

/** The figures of every declaration of a file, as one text each. */
function figuresByName(workspace: Workspace, uri: string): ReadonlyMap<string, string> {
  const scope = fileScope(workspace, uri);
  const figures = new Map<string, string>();
  for (const node of scope?.declarations ?? []) {
    const bound = scope && node.kind === "declaration" && node.name ? bindDeclaration(workspace, node, scope) : undefined;
    if (bound) figures.set(`${bound.keyword} ${bound.name}`, JSON.stringify(figuresOf(workspace, bound).map(({ id, figure }) => [id, figure])));
  }
  return figures;
}
