/** The blocks that most families have in common. */
import type { Config } from "../config";
import { noted, type BlockFacts, type Fact, type FactValue } from "../facts";
import type { Network, SharedFields } from "./family";

export type Shared = Config<SharedFields>;

/** A config of any family, seen as one of the fields that all share. */
export const shared = (config: unknown): Shared => config as Shared;

export interface Heads {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number | undefined;
  readonly values?: Readonly<Record<string, FactValue | Fact | undefined>>;
}

/** mha, mqa or gqa, by the number of key and value heads. */
export function headAttention({ heads, kvHeads, headDim, values = {} }: Heads): BlockFacts {
  const kind = kvHeads === heads ? "mha" : kvHeads === 1 ? "mqa" : "gqa";
  return { kind, values: { heads, ...(kind === "gqa" ? { kv_heads: kvHeads } : {}), head_dim: headDim, ...values } };
}

/** The heads by the fields that all families share. A missing `head_dim` is hidden_size / heads. */
export function headsOf(config: Shared): Heads {
  const heads = config.need("num_attention_heads");
  const hidden = config.need("hidden_size");
  const headDim = config.get("head_dim");
  if (headDim === undefined && hidden % heads !== 0) {
    config.fail(`\`head_dim\` is missing, and hidden_size (${hidden}) is no multiple of num_attention_heads (${heads})`, "num_attention_heads");
  }
  const kvHeads = config.get("num_key_value_heads") ?? heads;
  if (heads % kvHeads !== 0) config.fail(`\`num_attention_heads\` (${heads}) is no multiple of \`num_key_value_heads\` (${kvHeads})`, "num_key_value_heads");
  return { heads, kvHeads, headDim: headDim ?? hidden / heads };
}

/** Heads by the shared fields, with what the family adds. */
export const headsWith = (config: Shared, values: BlockFacts["values"]): BlockFacts => headAttention({ ...headsOf(config), values });

/** `attention_bias`, as the kind of bias that the family means by it. */
export const biased = (config: Shared, bias: FactValue = true): FactValue | undefined => (config.get("attention_bias") === true ? bias : undefined);

/** A dense network of `intermediate_size`. */
export const ffnOf = (config: Shared, more: { readonly gated?: boolean; readonly bias?: boolean } = {}): BlockFacts =>
  dense(config.need("intermediate_size"), { ...more, bias: config.get("mlp_bias") === true || more.bias === true });

/** One kind of layer throughout. */
export const uniform = (attention: BlockFacts, ffn: BlockFacts, mtp?: number): Network => ({ attention: () => attention, ffn: () => ffn, mtp });

export const dense = (intermediateSize: number, more: { readonly gated?: boolean; readonly bias?: boolean } = {}): BlockFacts =>
  ({ kind: "dense", values: { intermediate_size: intermediateSize, gated: more.gated === false ? false : undefined, bias: more.bias ? true : undefined } });

/** With a second norm, on the block's output. */
export const withPostNorm = (block: BlockFacts): BlockFacts => ({ ...block, values: { ...block.values, post_norm: true } });

export interface Experts {
  readonly routed: number;
  readonly topK: number;
  readonly width: number;
  readonly shared?: number | undefined;
  readonly sharedWidth?: number | undefined;
  /** A gate on the shared experts' output. */
  readonly sharedGate?: boolean;
  readonly gated?: boolean;
  readonly bias?: boolean;
  readonly latent?: number | undefined;
  readonly groups?: number | undefined;
  readonly groupLimit?: number | undefined;
  /** `loss_free`, or the weight of an auxiliary loss. */
  readonly balance?: "loss_free" | number | undefined;
}

export function moe({ routed, topK, width, shared: count, sharedWidth, sharedGate = false, gated = true, bias = false, latent, groups, groupLimit, balance }: Experts): BlockFacts {
  // One group is no limit on where a token goes.
  const limited = groups !== undefined && groups > 1 && groupLimit !== undefined;
  return {
    kind: "moe",
    values: {
      routed_experts: routed,
      shared_experts: count,
      top_k: topK,
      intermediate_size: noted(width, "of one expert"),
      shared_intermediate_size: count !== undefined && sharedWidth !== undefined && sharedWidth !== width ? sharedWidth : undefined,
      shared_gate: sharedGate ? true : undefined,
      latent_size: latent,
      gated: gated ? undefined : false,
      bias: bias ? true : undefined,
      groups: limited ? groups : undefined,
      group_limit: limited ? noted(groupLimit, "node-limited routing") : undefined,
    },
    children: { balance: balanceOf(balance) },
  };
}

function balanceOf(balance: Experts["balance"]): BlockFacts | undefined {
  if (balance === "loss_free") return { kind: "loss_free", values: {} };
  return balance === undefined || balance <= 0 ? undefined : { kind: "auxiliary_loss", values: { alpha: balance } };
}

/** The weight of the auxiliary loss, under either of its names. */
export const auxiliaryLoss = (config: Shared): number | undefined => config.get("router_aux_loss_coef") ?? config.get("aux_loss_alpha");

/** Latent attention. `num_key_value_heads` and `head_dim` say nothing here: the cache holds the latent. */
export interface LatentFields {
  readonly q_lora_rank?: number | undefined;
  readonly kv_lora_rank?: number | undefined;
  readonly qk_nope_head_dim?: number | undefined;
  readonly qk_rope_head_dim?: number | undefined;
  readonly v_head_dim?: number | undefined;
  readonly qk_head_dim?: number | undefined;
}

export function mla(config: Config<SharedFields & LatentFields>, more: { readonly values?: BlockFacts["values"]; readonly sparse?: BlockFacts | undefined } = {}): BlockFacts {
  config.skip("num_key_value_heads", "head_dim", "qk_head_dim");
  return {
    kind: "mla",
    values: {
      heads: config.need("num_attention_heads"),
      q_lora_rank: config.get("q_lora_rank"),
      kv_lora_rank: config.need("kv_lora_rank"),
      qk_nope_head_dim: config.need("qk_nope_head_dim"),
      qk_rope_head_dim: config.need("qk_rope_head_dim"),
      v_head_dim: config.need("v_head_dim"),
      bias: config.get("attention_bias") === true ? true : undefined,
      ...more.values,
    },
    children: { sparse: more.sparse },
  };
}

/** The kind of each layer's attention by name; a list of another length than the model is an error. */
export function layerTypes(config: Shared, fallback: (layer: number) => string): (layer: number) => string {
  const written = config.get("layer_types");
  if (written === undefined) return fallback;
  checkLength(config, "layer_types", written);
  return (layer) => written[layer] ?? fallback(layer);
}

export function checkLength<Fields>(config: Config<Fields>, key: keyof Fields & string, list: readonly unknown[] | string): void {
  if (list.length < config.layers) config.fail(`\`${key}\` names ${list.length} layers: the model has ${config.layers}`, key);
  if (list.length > config.layers) config.doubt(`\`${key}\` names ${list.length} layers: the model has ${config.layers}, the rest is left out`, key);
}

export const withWindow = (block: BlockFacts, window: number | undefined): BlockFacts => ({ ...block, values: { ...block.values, window } });

/**
 * The windows of the layers: those that `layer_types` names, else those of the family's own pattern. `inUse`: whether the family
 * (and `use_sliding_window`, where it knows that field) takes `sliding_window` for more than a leftover.
 */
export function slidingLayers(config: Shared, inUse: boolean, fallback: (layer: number) => boolean): (layer: number) => number | undefined {
  const isUsed = inUse && config.get("use_sliding_window") !== false;
  const window = config.get("sliding_window");
  if (!isUsed || window === undefined || config.has("layer_types")) config.skip("max_window_layers");
  const from = isUsed && window !== undefined ? config.get("max_window_layers") : undefined;
  const kinds = layerTypes(config, (layer) => (isUsed && window !== undefined && fallback(layer) && (from === undefined || layer >= from) ? "sliding_attention" : "full_attention"));
  return (layer) => {
    const kind = kinds(layer);
    if (kind === "full_attention") return undefined;
    if (kind !== "sliding_attention") return config.fail(`\`layer_types\` names a kind of attention that is not understood here: ${kind}`, "layer_types");
    return window ?? config.fail("`sliding_window` is missing: `layer_types` names sliding layers", "layer_types");
  };
}

export const everyLayer = (): boolean => true;

/** The same attention on every layer but for its window. */
export const windowed = (attention: BlockFacts, window: (layer: number) => number | undefined) => (layer: number): BlockFacts => withWindow(attention, window(layer));

/** What the language has no word for. `extra`: rows beyond the positions themselves. */
export function learnedPositions(config: Shared, extra = 0): void {
  const positions = config.get("max_position_embeddings");
  if (positions === undefined) return;
  const parameters = (positions + extra) * config.need("hidden_size");
  config.doubt(`the learned embeddings of ${positions.toLocaleString("en-US")} positions (${parameters.toLocaleString("en-US")} parameters) are not counted`, "max_position_embeddings");
}
