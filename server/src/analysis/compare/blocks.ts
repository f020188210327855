import { implicitBlock, type BoundBlock, type Workspace } from "../../core";
import type { Workspaces } from "./comparison";
import { factOf } from "./values";

/** Two blocks of one keyword that stand for each other; one alone where the other side has none like it. */
export interface BlockPair {
  readonly keyword: string;
  readonly left: BoundBlock | undefined;
  readonly right: BoundBlock | undefined;
  /** Several may stand side by side, told apart by their layers. */
  readonly isOneOfMany: boolean;
}

/** The layers that a block of a model stands on; `undefined` for other blocks, and where they are in error. */
export type LayersOf = (block: BoundBlock) => readonly number[] | undefined;

/** The blocks inside two blocks, joined: by keyword, and where several may stand by kind, likeness and layers. */
export function pairBlocks(workspaces: Workspaces, left: BoundBlock | undefined, right: BoundBlock | undefined, layersOf: LayersOf): readonly BlockPair[] {
  const children = new Map([left, right].flatMap((block) => block?.schema?.children ?? []).map((child) => [child.keyword, child]));
  return [...children.values()].flatMap(({ keyword, many }): readonly BlockPair[] => {
    const blocksOf = (parent: BoundBlock | undefined) => parent?.blocks.filter((block) => block.keyword === keyword) ?? [];
    if (many) return joined(workspaces, blocksOf(left), blocksOf(right), layersOf).map((pair) => ({ keyword, isOneOfMany: true, ...pair }));
    const only = (workspace: Workspace, parent: BoundBlock | undefined) => blocksOf(parent)[0] ?? (parent && implicitBlock(workspace, parent, keyword));
    return [{ keyword, isOneOfMany: false, left: only(workspaces.left, left), right: only(workspaces.right, right) }];
  });
}

/** The likest first; what is left stands alone. In the order of the left side. */
function joined(workspaces: Workspaces, left: readonly BoundBlock[], right: readonly BoundBlock[], layersOf: LayersOf): readonly Pick<BlockPair, "left" | "right">[] {
  const candidates = left.flatMap((one) => right.map((other) => ({ one, other, likeness: likenessOf(workspaces, one, other, layersOf) })))
    .filter(({ likeness }) => likeness > 0).sort((first, second) => second.likeness - first.likeness);
  const partners = new Map<BoundBlock, BoundBlock>();
  const taken = new Set<BoundBlock>();
  for (const { one, other } of candidates) {
    if (partners.has(one) || taken.has(other)) continue;
    partners.set(one, other);
    taken.add(other);
  }
  return [...left.map((one) => ({ left: one, right: partners.get(one) })), ...right.filter((other) => !taken.has(other)).map((other) => ({ left: undefined, right: other }))];
}

/** Blocks of one kind before all others, then those with the same keys and values, then those on the same layers. 0: they have nothing in common. */
function likenessOf(workspaces: Workspaces, left: BoundBlock, right: BoundBlock, layersOf: LayersOf): number {
  const shared = share(new Set(layersOf(left)), new Set(layersOf(right)));
  if (left.variant !== right.variant) return shared;
  const keys = new Set([...left.properties.keys(), ...right.properties.keys()].filter((key) => key !== "layers"));
  const both = [...keys].filter((key) => left.properties.has(key) && right.properties.has(key));
  const equal = both.filter((key) => factOf(workspaces.left, left, key)?.text === factOf(workspaces.right, right, key)?.text);
  return 4 + (keys.size === 0 ? 0 : (both.length + equal.length) / keys.size) + shared;
}

/** How much of what is in either set is in both: 0 to 1. */
function share(left: ReadonlySet<number>, right: ReadonlySet<number>): number {
  const both = [...left].filter((layer) => right.has(layer)).length;
  return both === 0 ? 0 : both / (left.size + right.size - both);
}
