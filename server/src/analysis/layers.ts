import { inProgress, layerRangesOf, memoized, settledValue, type BoundBlock, type BoundDeclaration, type LayerRange, type Workspace } from "../core";

/** Which block stands on which layers of a model. */
export interface LayerAssignment {
  /** Number of layers of the model. */
  readonly total: number;
  /** Sorted layer indices of each `attention` and `ffn` block. */
  readonly layers: ReadonlyMap<BoundBlock, readonly number[]>;
  /** Ranges that reach outside the model, by block. */
  readonly outside: ReadonlyMap<BoundBlock, readonly LayerRange[]>;
}

/** Computed once for a model; `undefined` where the number of layers has no value. */
export function assignLayers(workspace: Workspace, model: BoundDeclaration): LayerAssignment | undefined {
  const found = memoized(workspace, model, "layers of blocks", () => assign(workspace, model));
  return found === inProgress ? undefined : found;
}

function assign(workspace: Workspace, model: BoundDeclaration): LayerAssignment | undefined {
  const total = settledValue(workspace, model.block, "layers").plain;
  if (typeof total !== "number") return undefined;
  const layers = new Map<BoundBlock, readonly number[]>();
  const outside = new Map<BoundBlock, readonly LayerRange[]>();
  for (const keyword of ["attention", "ffn"]) {
    const blocks = model.block.blocks.filter((block) => block.keyword === keyword);
    const written = new Map<BoundBlock, ReadonlySet<number>>();
    for (const block of blocks) {
      if (!block.properties.has("layers")) continue;
      const ranges = layerRangesOf(workspace, block) ?? [];
      const beyond = ranges.filter((range) => range.from < 0 || range.to >= total);
      if (beyond.length > 0) outside.set(block, beyond);
      written.set(block, expand(ranges, total));
    }
    const without = (block: BoundBlock, set: ReadonlySet<number>): readonly number[] => {
      const taken = block.replacedBy.map((rival) => written.get(rival));
      return [...set].filter((layer) => !taken.some((rival) => rival?.has(layer))).sort((left, right) => left - right);
    };
    const claimed = new Set<number>();
    for (const [block, set] of written) {
      const own = without(block, set);
      layers.set(block, own);
      for (const layer of own) claimed.add(layer);
    }
    const rest = expand([{ from: 0, to: total - 1, step: 1 }], total);
    for (const block of blocks) {
      if (!written.has(block)) layers.set(block, [...rest].filter((layer) => !claimed.has(layer)));
    }
  }
  return { total, layers, outside };
}

/** The indices of ranges that lie inside the model; the model's size bounds the work. */
function expand(ranges: readonly LayerRange[], total: number): ReadonlySet<number> {
  const set = new Set<number>();
  for (const { from, to, step } of ranges) {
    const first = from >= 0 ? from : from + Math.ceil(-from / step) * step;
    for (let layer = first; layer <= Math.min(to, total - 1); layer += step) set.add(layer);
  }
  return set;
}
