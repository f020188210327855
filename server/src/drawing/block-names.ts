/** How pictures call the blocks of a model: by their kind, and by what tells two of a kind apart. */

import { isCached } from "../cost/model/attention";
import type { AttentionRecord, FfnRecord } from "../cost/model/record";
import { formatGrouped } from "../units";

/** `mla`, `gqa (window 4,096)`, `mla (sparse)`. */
export function attentionName(block: AttentionRecord): string {
  if (!isCached(block)) return block.kind;
  const more = [
    ...(block.window === undefined ? [] : [`window ${formatGrouped(block.window)}`]), ...(block.sparse === undefined ? [] : ["sparse"]),
    ...(block.compress === undefined ? [] : [`1 of ${block.compress}`]),
  ].join(", ");
  return more === "" ? block.kind : `${block.kind} (${more})`;
}

/** `dense ffn`, `moe (8 of 256)`. */
export const ffnName = (block: FfnRecord): string => (block.kind === "dense" ? "dense ffn" : `moe (${formatGrouped(block.top_k)} of ${formatGrouped(block.routed_experts)})`);
