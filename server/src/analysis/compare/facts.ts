import { blockTitle, settledValue, type BoundBlock, type BoundDeclaration, type Workspace } from "../../core";
import { assignLayers } from "../layers";
import { pairBlocks, type BlockPair, type LayersOf } from "./blocks";
import type { ComparedFact, FactValue, Workspaces } from "./comparison";
import { factOf, isSameFact, kindFact, layersFact, withEveryDigit } from "./values";

export interface FactComparison {
  readonly facts: readonly ComparedFact[];
  readonly equal: number;
}

/** Where a walk is: which declaration, under which keys, in which block of it. */
interface Place {
  readonly workspaces: Workspaces;
  readonly owner: readonly string[];
  /** Of the block, `attention mla`; empty for the declaration itself. */
  readonly path: string;
  readonly layersOf: LayersOf;
  /** The pairs that were compared already: a service names one model twice. */
  readonly seen: Map<BoundDeclaration, Set<BoundDeclaration>>;
}

/**
 * What two declarations of one kind say differently: each key with its value after `extends` and imports, defaults included, and the
 * same of every declaration that a key of both names. A default that the other side has no key for is no difference.
 */
export const compareFacts = (workspaces: Workspaces, left: BoundDeclaration, right: BoundDeclaration): FactComparison => compareNamed(workspaces, [], left, right, new Map());

function compareNamed(workspaces: Workspaces, owner: readonly string[], left: BoundDeclaration, right: BoundDeclaration, seen: Place["seen"]): FactComparison {
  const known = seen.get(left) ?? new Set();
  if (left === right || known.has(right)) return nothing;
  seen.set(left, known.add(right));
  const layersIn = (workspace: Workspace, declaration: BoundDeclaration) => (declaration.keyword === "model" ? assignLayers(workspace, declaration)?.layers : undefined);
  const layers = [layersIn(workspaces.left, left), layersIn(workspaces.right, right)];
  const layersOf: LayersOf = (block) => layers[0]?.get(block) ?? layers[1]?.get(block);
  return compareBlocks({ workspaces, owner, path: "", layersOf, seen }, left.block, right.block);
}

const nothing: FactComparison = { facts: [], equal: 0 };

const together = (parts: readonly FactComparison[]): FactComparison =>
  ({ facts: parts.flatMap(({ facts }) => facts), equal: parts.reduce((sum, { equal }) => sum + equal, 0) });

function compareBlocks(place: Place, left: BoundBlock | undefined, right: BoundBlock | undefined): FactComparison {
  const keys = new Set([left, right].flatMap((block) => [...(block?.schema ?? block)?.properties.keys() ?? []]));
  return together([
    ...[...keys].map((key) => compareKey(place, left, right, key)),
    ...compareInner(place, pairBlocks(place.workspaces, left, right, place.layersOf)),
  ]);
}

function compareKey(place: Place, left: BoundBlock | undefined, right: BoundBlock | undefined, key: string): FactComparison {
  const type = (left?.schema?.properties.get(key) ?? right?.schema?.properties.get(key))?.type;
  if (type?.kind === "reference" && left && right) return compareReference(place, left, right, key);
  if (type?.kind === "layers") return compareLayers(place, left, right, key);
  const { workspaces } = place;
  return compareValues(place, key, left && factOf(workspaces.left, left, key), right && factOf(workspaces.right, right, key));
}

function compareValues(place: Place, key: string, left: FactValue | undefined, right: FactValue | undefined): FactComparison {
  if (left && right) {
    if (isSameFact(left, right)) return left.value === null ? nothing : { facts: [], equal: 1 };
    return left.text === right.text ? different(place, key, withEveryDigit(left), withEveryDigit(right)) : different(place, key, left, right);
  }
  const only = left ?? right;
  return only === undefined || only.origin === "default" ? nothing : different(place, key, left, right);
}

function different(place: Place, key: string, left: FactValue | undefined, right: FactValue | undefined, isEqual = false): FactComparison {
  const path = place.path === "" ? key : `${place.path}.${key}`;
  return { facts: [{ owner: place.owner, path, left, right, isEqual }], equal: isEqual ? 1 : 0 };
}

/** Which layers a block stands on, written or left to it. Where neither side writes them, they follow from other facts. */
function compareLayers(place: Place, left: BoundBlock | undefined, right: BoundBlock | undefined, key: string): FactComparison {
  const of = (workspace: Workspace, block: BoundBlock | undefined) => block && layersFact(workspace, block, place.layersOf(block));
  const [first, second] = [of(place.workspaces.left, left), of(place.workspaces.right, right)];
  if (!first || !second) return first || second ? different(place, key, first, second) : nothing;
  return first.origin === "default" && second.origin === "default" ? nothing : compareValues(place, key, first, second);
}

/** A key that names a declaration: its name, and what differs in what it names. */
function compareReference(place: Place, left: BoundBlock, right: BoundBlock, key: string): FactComparison {
  const { workspaces, owner, seen } = place;
  const namedBy = (workspace: Workspace, block: BoundBlock) => {
    const { value, plain } = settledValue(workspace, block, key);
    return plain !== undefined && value?.kind === "declaration" ? value.declaration : undefined;
  };
  const [named, other] = [namedBy(workspaces.left, left), namedBy(workspaces.right, right)];
  const [mine, theirs] = [factOf(workspaces.left, left, key), factOf(workspaces.right, right, key)];
  const names = compareValues(place, key, mine, theirs);
  if (!named || !other) return names;
  const inner = compareNamed(workspaces, [...owner, key], named, other, seen);
  if (names.facts.length > 0 || inner.facts.length === 0) return together([names, inner]);
  return together([different(place, key, mine, theirs, true), inner]);
}

/** The blocks inside a block. Several pairs of one title are numbered from 0. */
function compareInner(place: Place, pairs: readonly BlockPair[]): readonly FactComparison[] {
  const titles = pairs.map(titleOf);
  return pairs.map((pair, index) => {
    const title = titles[index] ?? "";
    const alike = titles.flatMap((other, at) => (other === title ? [at] : []));
    return comparePair(place, pair, alike.length > 1 ? `${title}[${alike.indexOf(index)}]` : title);
  });
}

/** `attention mla`; only the keyword where the kinds differ. */
function titleOf({ keyword, left, right, isOneOfMany }: BlockPair): string {
  if (left && right) return left.variant === right.variant && left.schema ? blockTitle(left.schema) : keyword;
  const only = (left ?? right)?.schema;
  return isOneOfMany && only ? blockTitle(only) : keyword;
}

function comparePair(place: Place, { left, right, isOneOfMany }: BlockPair, title: string): FactComparison {
  const path = place.path === "" ? title : `${place.path}.${title}`;
  const isOfOtherKind = left && right ? left.variant !== right.variant : !isOneOfMany && (left ?? right)?.variant !== undefined;
  const kinds = isOfOtherKind ? different(place, title, kindFact(left), kindFact(right)) : nothing;
  return together([kinds, compareBlocks({ ...place, path }, left, right)]);
}
