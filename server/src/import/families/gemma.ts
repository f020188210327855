/** Gemma: windows by turns, two norms a block, the head is the embedding. */
import type { Config } from "../config";
import { noted, type BlockFacts } from "../facts";
import { flag, layerOverrides, size, sizeOrNone } from "../shape";
import { biased, dense, ffnOf, headAttention, headsOf, headsWith, moe, shared, slidingLayers, uniform, windowed, withPostNorm, withWindow } from "./blocks";
import { defineFamily, type Family, type Fields } from "./family";

const gemma = defineFamily({
  title: "Gemma",
  modelTypes: ["gemma"],
  architectures: ["GemmaForCausalLM"],
  shape: {},
  defaults: { head_dim: 256, num_key_value_heads: 16 },
  tied: true,
  read: (own) => {
    const config = shared(own);
    return uniform(headsWith(config, { bias: biased(config) }), ffnOf(config));
  },
});

const gemma2 = defineFamily({
  title: "Gemma 2",
  modelTypes: ["gemma2", "vaultgemma"],
  architectures: ["Gemma2ForCausalLM", "VaultGemmaForCausalLM"],
  shape: { sliding_window_size: size() },
  defaults: { head_dim: 256, sliding_window: 4096, num_key_value_heads: 4 },
  tied: true,
  read: (own) => {
    const config = shared(own);
    own.skip("sliding_window_size");
    const window = slidingLayers(config, true, (layer) => layer % 2 === 0);
    const [attention, ffn] = [headsWith(config, { bias: biased(config) }), ffnOf(config)];
    if (config.get("model_type") === "vaultgemma") return { ...uniform(attention, ffn), attention: windowed(attention, window) };
    return { ...uniform(attention, withPostNorm(ffn)), attention: windowed(withPostNorm(attention), window) };
  },
});

const gemma3 = defineFamily({
  title: "Gemma 3",
  modelTypes: ["gemma3", "gemma3_text"],
  architectures: ["Gemma3ForCausalLM", "Gemma3ForConditionalGeneration"],
  shape: { sliding_window_pattern: size(), _sliding_window_pattern: size() },
  required: ["num_hidden_layers", "hidden_size"],
  defaults: {
    head_dim: 256, sliding_window: 4096, sliding_window_pattern: 6, vocab_size: 262_208, num_attention_heads: 8, num_key_value_heads: 4,
    max_position_embeddings: 131_072,
  },
  tied: true,
  read: (own) => {
    const config = shared(own);
    if (config.has("layer_types")) own.skip("sliding_window_pattern", "_sliding_window_pattern");
    const pattern = () => own.get("_sliding_window_pattern") ?? own.need("sliding_window_pattern");
    const window = slidingLayers(config, true, (layer) => (layer + 1) % pattern() !== 0);
    const attention = withPostNorm(headsWith(config, { bias: biased(config), qk_norm: true }));
    return { ...uniform(attention, withPostNorm(ffnOf(config))), attention: windowed(attention, window) };
  },
});

const gemma4Shape = {
  global_head_dim: size(), num_global_key_value_heads: sizeOrNone(), attention_k_eq_v: flag(), num_kv_shared_layers: sizeOrNone(),
  hidden_size_per_layer_input: sizeOrNone(), vocab_size_per_layer_input: sizeOrNone(), enable_moe_block: flag(), top_k_experts: size(),
  use_double_wide_mlp: flag(), expert_intermediate_size: size(), per_layer_config: layerOverrides(),
} as const;

/** A dense network or, where experts stand beside it, the network as the one that all tokens pass. */
function gemma4Ffn(own: Config<Fields<typeof gemma4Shape>>): (layer: number, width: number) => BlockFacts {
  const config = shared(own);
  if (own.get("enable_moe_block") !== true) {
    own.skip("num_experts", "top_k_experts", "moe_intermediate_size", "expert_intermediate_size");
    return (_layer, width) => dense(width);
  }
  const expertWidth = config.get("moe_intermediate_size") ?? own.get("expert_intermediate_size");
  if (typeof expertWidth !== "number") return config.fail("`moe_intermediate_size` is missing: the width of one expert", "moe_intermediate_size");
  const routed = config.need("num_experts");
  const topK = own.need("top_k_experts");
  return (_layer, width) => moe({ routed, topK, width: expertWidth, shared: 1, sharedWidth: width });
}

const gemma4 = defineFamily({
  title: "Gemma 4",
  modelTypes: ["gemma4", "gemma4_text", "gemma4_unified", "gemma4_unified_text"],
  architectures: ["Gemma4ForCausalLM", "Gemma4ForConditionalGeneration"],
  shape: gemma4Shape,
  defaults: {
    head_dim: 256, global_head_dim: 512, sliding_window: 512, vocab_size: 262_144, max_position_embeddings: 131_072, num_key_value_heads: 4, hidden_size_per_layer_input: 256,
  },
  tied: true,
  read: (own) => {
    const config = shared(own);
    // The last layer sees all tokens, wherever it stands in the turn.
    const window = slidingLayers(config, true, (layer) => (layer + 1) % 6 !== 0 && layer !== config.layers - 1);
    const local = headsOf(config);
    const keysAreValues = own.get("attention_k_eq_v") === true;
    const overrides = own.get("per_layer_config"); // what later files have in place of the two fields of the global layers
    if (overrides) own.skip("global_head_dim", "num_global_key_value_heads");
    const overrideAt = (layer: number) => Object.entries(overrides ?? {}).find(([index]) => Number(index) === layer)?.[1];
    const globalHeads = overrides || !keysAreValues ? undefined : own.get("num_global_key_value_heads");
    const values = { bias: biased(config), qk_norm: true };
    const full = (layer: number): BlockFacts => headAttention({
      ...local, kvHeads: overrideAt(layer)?.num_key_value_heads ?? globalHeads ?? local.kvHeads, headDim: overrides ? overrideAt(layer)?.head_dim ?? local.headDim : own.get("global_head_dim"),
      values: { ...values, tie_kv: keysAreValues ? "projection" : undefined, post_norm: true },
    });
    const sliding = withPostNorm(headAttention({ ...local, values }));
    const hasEmbeddings = config.get("model_type")?.startsWith("gemma4_unified") !== true;
    if (!hasEmbeddings) own.skip("hidden_size_per_layer_input");
    const embedding = hasEmbeddings ? own.get("hidden_size_per_layer_input") : undefined;
    const rows = own.get("vocab_size_per_layer_input");
    if (embedding !== undefined && rows !== undefined && rows !== config.need("vocab_size")) {
      own.doubt(`the embeddings of each layer have ${rows} rows: they are counted with those of the vocabulary`, "vocab_size_per_layer_input");
    }
    const kindOf = (layer: number): BlockFacts => (window(layer) === undefined ? full(layer) : withWindow(sliding, window(layer)));
    const firstShared = config.layers - (own.get("num_kv_shared_layers") ?? 0);
    // The last layers take the cache of the last layer of their kind that has one.
    const sharers = (layer: number): readonly number[] => {
      const alike = Array.from({ length: config.layers }, (_, index) => index).filter((index) => window(index) === window(layer));
      const source = alike.filter((index) => index < firstShared).at(-1);
      return source === undefined ? [] : alike.filter((index) => index >= source);
    };
    const attention = (layer: number): BlockFacts => {
      const block = kindOf(layer);
      const group = firstShared < config.layers ? sharers(layer) : [];
      return group.length > 1 && group.includes(layer) ? { ...block, values: { ...block.values, kv_share: noted(group.length, "the first of these layers fills the cache of all") } } : block;
    };
    const width = config.need("intermediate_size");
    const isWide = own.get("use_double_wide_mlp") === true;
    const ffnAt = gemma4Ffn(own);
    return {
      attention, ffn: (layer) => withPostNorm(ffnAt(layer, isWide && layer >= firstShared ? 2 * width : width)),
      head: { per_layer_embedding_size: embedding },
    };
  },
});

export const gemmaFamilies: readonly Family[] = [gemma, gemma2, gemma3, gemma4];
