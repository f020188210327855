import type { TextEdit } from "../../../grammar/src";
import { assignLayers, formatLayers, summarizeLayers, type LayerAssignment } from "../analysis";
import { layerRangesOf, type BoundBlock } from "../core";
import { writeKey } from "./edits";
import type { RuleSubject } from "./rule";

/** Which block stands on which layers; `undefined` where the number of layers is in error. A block whose own layers are in error stands on none. */
export const layersOf = ({ workspace, declaration }: RuleSubject): LayerAssignment | undefined => assignLayers(workspace, declaration);

/** The same where no block of some keywords has its layers in error: which layers are left, or shared, depends on all of a keyword. */
export function layersOfAll(subject: RuleSubject, ...keywords: readonly string[]): LayerAssignment | undefined {
  const { workspace, declaration } = subject;
  const inError = declaration.block.blocks.some(
    (block) => keywords.includes(block.keyword) && block.properties.has("layers") && layerRangesOf(workspace, block) === undefined,
  );
  return inError ? undefined : layersOf(subject);
}

export const indicesOf = (assignment: LayerAssignment, block: BoundBlock): readonly number[] => assignment.layers.get(block) ?? [];

/** `layer 3`, `layers 3..60`, `layers [0, 3..60]`. */
export const layersText = (layers: readonly number[]): string => `${layers.length === 1 ? "layer" : "layers"} ${summarizeLayers(layers)}`;

export const titleOf = (block: BoundBlock): string => (block.variant === undefined ? block.keyword : `${block.keyword} ${block.variant}`);

/** The edits that put a block on exactly these layers, and the set as a title names it. */
export function putOnLayers(subject: RuleSubject, block: BoundBlock, layers: Iterable<number>): { readonly text: string; readonly edits: readonly TextEdit[] } | undefined {
  const sorted = [...new Set(layers)].sort((left, right) => left - right);
  if (sorted.length === 0) return undefined;
  const edits = writeKey(subject, block, "layers", formatLayers(sorted));
  return edits && { text: summarizeLayers(sorted), edits };
}
