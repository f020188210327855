/** Qwen's dense models: biases on query, key and value up to 2.5, a norm on each head since 3. */
import { flag, size } from "../shape";
import { biased, dense, everyLayer, ffnOf, headAttention, headsOf, headsWith, shared, slidingLayers, uniform, windowed, type Shared } from "./blocks";
import { defineFamily, type Family } from "./family";

const qwenWindow = (config: Shared) => slidingLayers(config, config.get("use_sliding_window") === true, everyLayer);

/** The first Qwen: `intermediate_size` is the width of gate and up projection together. */
const qwen = defineFamily({
  title: "Qwen",
  modelTypes: ["qwen"],
  architectures: ["QWenLMHeadModel"],
  shape: { no_bias: flag(), kv_channels: size() },
  renames: { seq_length: "max_position_embeddings", kv_channels: "head_dim" },
  defaults: { no_bias: true },
  read: (own) => {
    const config = shared(own);
    const heads = headsOf(config);
    const both = config.need("intermediate_size");
    if (both % 2 !== 0) config.fail("`intermediate_size` must be even: it is the width of two projections", "intermediate_size");
    const hasBias = own.get("no_bias") === false;
    return uniform(headAttention({ ...heads, values: { bias: hasBias ? true : "qkv" } }), dense(both / 2, { bias: hasBias }));
  },
});

const qwen2 = defineFamily({
  title: "Qwen2",
  modelTypes: ["qwen2", "qwen2_vl", "qwen2_5_vl", "qwen2_vl_text", "qwen2_5_vl_text", "mimo"],
  architectures: ["Qwen2ForCausalLM", "MiMoForCausalLM"],
  shape: { use_mrope: flag() },
  defaults: { max_window_layers: 28, num_key_value_heads: 32 },
  read: (own) => {
    const config = shared(own);
    own.skip("use_mrope");
    const hasBias = config.get("attention_bias") !== false;
    if (!hasBias) own.doubt("the query, key and value biases that code of this family has are not counted", "attention_bias");
    const attention = headsWith(config, { bias: hasBias ? "qkv" : undefined });
    return { ...uniform(attention, ffnOf(config), config.get("num_nextn_predict_layers")), attention: windowed(attention, qwenWindow(config)) };
  },
});

const qwen3 = defineFamily({
  title: "Qwen3",
  modelTypes: ["qwen3", "qwen3_vl", "qwen3_vl_text"],
  architectures: ["Qwen3ForCausalLM"],
  shape: {},
  defaults: { head_dim: 128, max_window_layers: 28, num_key_value_heads: 32 },
  read: (own) => {
    const config = shared(own);
    const attention = headsWith(config, { bias: biased(config), qk_norm: true });
    return { ...uniform(attention, ffnOf(config)), attention: windowed(attention, qwenWindow(config)) };
  },
});

export const qwenFamilies: readonly Family[] = [qwen, qwen2, qwen3];
