import type { TextEdit } from "../../../grammar/src";
import { assignLayers, formatLayers, type LayerAssignment } from "../analysis";
import { layerRangesOf, memoized, type BoundBlock } from "../core";
import { writeKey } from "./edits";
import type { RuleSubject } from "./rule";

/** Which block stands on which layers; `undefined` where the number of layers, or a block's layers, are in error. */
export function layersOf({ workspace, declaration }: RuleSubject): LayerAssignment | undefined {
  const found = memoized(workspace, declaration, "layer assignment", () => {
    const inError = declaration.block.blocks.some((block) => block.properties.has("layers") && layerRangesOf(workspace, block) === undefined);
    return inError ? undefined : assignLayers(workspace, declaration);
  });
  return typeof found === "symbol" ? undefined : found;
}

export const indicesOf = (assignment: LayerAssignment, block: BoundBlock): readonly number[] => assignment.layers.get(block) ?? [];

/** `layer 3`, `layers 3..60`, `layers [0, 3..60]`. */
export const layersText = (layers: readonly number[]): string => `${layers.length === 1 ? "layer" : "layers"} ${formatLayers(layers)}`;

export const titleOf = (block: BoundBlock): string => (block.variant === undefined ? block.keyword : `${block.keyword} ${block.variant}`);

/** The edits that put a block on exactly these layers, and the set as the file has it. */
export function putOnLayers(subject: RuleSubject, block: BoundBlock, layers: Iterable<number>): { readonly text: string; readonly edits: readonly TextEdit[] } | undefined {
  const sorted = [...new Set(layers)].sort((left, right) => left - right);
  if (sorted.length === 0) return undefined;
  const text = formatLayers(sorted);
  const edits = writeKey(subject, block, "layers", text);
  return edits && { text, edits };
}
