/** What a model is made of: its blocks on their layers, and what each has of the parameters and of the cache. */

import { Unavailable } from "../../cost/definition";
import { isCached } from "../../cost/model/attention";
import { kvBytesPerToken } from "../../cost/model/kv-cache";
import { modelMetrics } from "../../cost/model/metrics";
import { activeParameters, mtpParameters, totalParameters } from "../../cost/model/parameters";
import type { AttentionRecord, FfnRecord, ModelContext, ModelRecord } from "../../cost/model/record";
import { defaultSequenceLength } from "../../analysis";
import { attentionName, ffnName } from "../block-names";

export interface ModelBlock {
  readonly kind: "attention" | "mixer" | "dense" | "moe";
  readonly name: string;
  /** `attention[0]` */
  readonly path: string;
  readonly layers: readonly number[];
  readonly parameters: number;
  /** Those that one token passes. */
  readonly active: number;
  /** Bytes that a token adds to the cache. */
  readonly cache: number;
}

export interface ModelData {
  readonly layers: number;
  /** Attention blocks, then ffn blocks, in the order in which they are written. */
  readonly blocks: readonly ModelBlock[];
  /** Embeddings, head, final norm, and whatever else stands outside the layers. */
  readonly ends: number;
  readonly total: number;
  readonly active: number;
  /** Bytes of a token; `undefined` where it is not known. */
  readonly cache: number | undefined;
  readonly mtp: { readonly depth: number; readonly parameters: number } | undefined;
}

/** Throws `Unavailable`, with the reason of the metric where the model has none. */
export function modelData(model: ModelRecord): ModelData {
  const context: ModelContext = { sequence_length: defaultSequenceLength, context_length: undefined };
  const valueOf = (id: string): number | undefined => {
    const figure = modelMetrics.find((metric) => metric.id === id)?.compute(model, context);
    if (figure?.kind === "unavailable" && id !== "kv_bytes_per_token") throw new Unavailable(figure.reason);
    return figure?.kind === "value" ? figure.value : undefined;
  };
  const [total = 0, active = 0, cache] = [valueOf("total_params"), valueOf("active_params"), valueOf("kv_bytes_per_token")];
  const alone = (attention: readonly AttentionRecord[], ffn: readonly FfnRecord[]): ModelRecord => ({ ...model, attention, ffn, mtp: undefined });
  const nothing = alone([], []);
  const [endsTotal, endsActive] = [totalParameters(nothing).value, activeParameters(nothing).value];
  // layers of a block are alike wherever they stand: a model of that block alone has its parameters, and those outside the layers
  const blockOf = (kind: ModelBlock["kind"], name: string, path: string, layers: readonly number[], own: ModelRecord): ModelBlock => ({
    kind, name, path, layers,
    parameters: totalParameters(own).value - endsTotal, active: activeParameters(own).value - endsActive,
    cache: cache === undefined ? 0 : kvBytesPerToken(own).value,
  });
  return {
    layers: model.layers, total, active, cache, ends: endsTotal,
    blocks: [
      ...model.attention.map((block, index) => blockOf(isCached(block) ? "attention" : "mixer", attentionName(block), `attention[${index}]`, block.layers, alone([block], []))),
      ...model.ffn.map((block, index) => blockOf(block.kind, ffnName(block), `ffn[${index}]`, block.layers, alone([], [block]))),
    ],
    mtp: model.mtp === undefined || model.mtp.depth === 0 ? undefined : { depth: model.mtp.depth, parameters: mtpParameters(model).value },
  };
}

/** Layers in a row that stand on one block. */
export interface LayerStretch {
  readonly block: ModelBlock;
  readonly first: number;
  readonly last: number;
}

/** The blocks of one half of the layers, in the order of the layers. */
export function stretchesOf(blocks: readonly ModelBlock[]): readonly LayerStretch[] {
  const stretches: { block: ModelBlock; first: number; last: number }[] = [];
  const onLayer = blocks.flatMap((block) => block.layers.map((layer) => ({ block, layer }))).sort((one, other) => one.layer - other.layer);
  for (const { block, layer } of onLayer) {
    const last = stretches.at(-1);
    if (last && last.block === block && last.last === layer - 1) last.last = layer;
    else stretches.push({ block, first: layer, last: layer });
  }
  return stretches;
}
