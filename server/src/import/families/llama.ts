/** Decoders in the manner of Llama: RMSNorm, a gated network, layers all alike but for their windows. */
import type { BlockFacts, FactValue } from "../facts";
import { flag, pattern, real, size } from "../shape";
import { biased, everyLayer, ffnOf, headsWith, moe, shared, slidingLayers, uniform, windowed } from "./blocks";
import { defineFamily, type Family } from "./family";

const llama = defineFamily({
  title: "Llama",
  modelTypes: ["llama", "yi", "internlm", "internlm2", "internlm3", "aquila", "mixformer", "helium", "orion", "xverse", "skywork"],
  architectures: [
    "LlamaForCausalLM", "YiForCausalLM", "InternLMForCausalLM", "InternLM2ForCausalLM", "InternLM3ForCausalLM", "AquilaModel", "AquilaForCausalLM", "OrionForCausalLM", "XverseForCausalLM",
    "SkyworkForCausalLM",
  ],
  shape: { bias: flag(), qkv_bias: flag() },
  read: (own) => {
    const config = shared(own);
    const qkv = own.get("qkv_bias") === true ? "qkv" : undefined;
    const bias = own.get("bias") === true ? true : biased(config) ?? qkv;
    const window = slidingLayers(config, config.get("use_sliding_window") === true, everyLayer);
    return { ...uniform(headsWith(config, { bias }), ffnOf(config)), attention: windowed(headsWith(config, { bias }), window) };
  },
});

/** Llama with windows on the layers that are named. */
const cwm = defineFamily({
  title: "CWM",
  modelTypes: ["cwm"],
  architectures: ["CwmForCausalLM"],
  shape: {},
  defaults: { num_key_value_heads: 8, head_dim: 128, sliding_window: 8192 },
  read: (own) => {
    const config = shared(own);
    const window = slidingLayers(config, true, (layer) => layer % 4 !== 0);
    return { ...uniform(headsWith(config, {}), ffnOf(config)), attention: windowed(headsWith(config, {}), window) };
  },
});

const seedOss = defineFamily({
  title: "Seed-OSS",
  modelTypes: ["seed_oss"],
  architectures: ["SeedOssForCausalLM"],
  shape: { attention_out_bias: flag() },
  defaults: { num_key_value_heads: 8, head_dim: 128, attention_bias: true, attention_out_bias: false },
  read: (own) => {
    const config = shared(own);
    const out = own.get("attention_out_bias") === true;
    return uniform(headsWith(config, { bias: biased(config, out ? true : "qkv") }), ffnOf(config));
  },
});

const smolLm3 = defineFamily({
  title: "SmolLM3",
  modelTypes: ["smollm3"],
  architectures: ["SmolLM3ForCausalLM"],
  shape: {},
  defaults: { num_key_value_heads: 4 },
  tied: true,
  read: (own) => {
    const config = shared(own);
    const attention = headsWith(config, { bias: biased(config) });
    return { ...uniform(attention, ffnOf(config)), attention: windowed(attention, slidingLayers(config, config.get("use_sliding_window") === true, everyLayer)) };
  },
});

const granite = defineFamily({
  title: "Granite",
  modelTypes: ["granite", "granite_swa"],
  architectures: ["GraniteForCausalLM", "GraniteSWAForCausalLM"],
  shape: { logits_scaling: real() },
  read: (own) => {
    const config = shared(own);
    own.skip("logits_scaling");
    const hasWindows = config.get("model_type") === "granite_swa";
    const attention = headsWith(config, { bias: biased(config), sinks: hasWindows ? true : undefined });
    return { ...uniform(attention, ffnOf(config)), attention: windowed(attention, slidingLayers(config, hasWindows, (layer) => layer % 4 !== 0)) };
  },
});

const exaone = defineFamily({
  title: "EXAONE",
  modelTypes: ["exaone", "exaone4", "exaone4_5_text"],
  architectures: ["ExaoneForCausalLM", "Exaone4ForCausalLM"],
  shape: { sliding_window_pattern: pattern() },
  renames: { num_layers: "num_hidden_layers" },
  read: (own) => {
    const config = shared(own);
    const isThird = config.get("model_type") === "exaone";
    const written = own.get("sliding_window_pattern") ?? 4;
    // LLLG: three local layers and a global one, by turns
    const isLocal = (layer: number): boolean => (typeof written === "string" ? written[layer % Math.max(written.length, 1)] === "L" : written > 0 && (layer + 1) % written !== 0);
    const attention = headsWith(config, { bias: biased(config), qk_norm: isThird ? undefined : true });
    return { ...uniform(attention, ffnOf(config)), attention: windowed(attention, slidingLayers(config, !isThird, isLocal)) };
  },
});

const ernie = defineFamily({
  title: "ERNIE 4.5",
  modelTypes: ["ernie4_5"],
  architectures: ["Ernie4_5ForCausalLM", "Ernie4_5_ForCausalLM"],
  shape: { use_bias: flag() },
  defaults: { num_key_value_heads: 2, head_dim: 128 },
  tied: true,
  read: (own) => {
    const config = shared(own);
    const bias = own.get("use_bias") === true;
    return uniform(headsWith(config, { bias: bias ? true : undefined }), ffnOf(config, { bias }));
  },
});

const baichuan = defineFamily({
  title: "Baichuan",
  modelTypes: ["baichuan"],
  architectures: ["BaichuanForCausalLM", "BaiChuanForCausalLM"],
  shape: {},
  renames: { model_max_length: "max_position_embeddings" },
  read: (own) => {
    const config = shared(own);
    return uniform(headsWith(config, {}), ffnOf(config));
  },
});

const miniCpm = defineFamily({
  title: "MiniCPM",
  modelTypes: ["minicpm"],
  architectures: ["MiniCPMForCausalLM"],
  shape: { dim_model_base: size() },
  tied: true,
  read: (own) => {
    const config = shared(own);
    own.skip("dim_model_base");
    const attention = headsWith(config, { bias: biased(config) });
    const routed = config.get("num_experts");
    if (routed === undefined) return uniform(attention, ffnOf(config));
    return uniform(attention, moe({ routed, topK: config.need("num_experts_per_tok"), width: config.need("intermediate_size") }));
  },
});

/** Two matrices a network in place of three. */
interface UngatedTraits {
  readonly title: string;
  readonly type: string;
  readonly architecture: string;
  readonly qk_norm?: FactValue;
  readonly defaults?: Readonly<Record<string, unknown>>;
}

const ungated = ({ title, type, architecture, qk_norm, defaults = {} }: UngatedTraits): Family => defineFamily({
  title,
  modelTypes: [type],
  architectures: [architecture],
  shape: { qk_norm: flag() },
  defaults,
  read: (own) => {
    const config = shared(own);
    own.skip("qk_norm"); // each of these has one, or none
    const attention: BlockFacts = headsWith(config, { bias: biased(config), qk_norm });
    return uniform(attention, ffnOf(config, { gated: false }));
  },
});

export const llamaFamilies: readonly Family[] = [
  llama, cwm, seedOss, smolLm3, granite, exaone, ernie, baichuan, miniCpm,
  ungated({ title: "Arcee", type: "arcee", architecture: "ArceeForCausalLM" }),
  ungated({ title: "Apertus", type: "apertus", architecture: "ApertusForCausalLM", qk_norm: true }),
  ungated({ title: "Nemotron", type: "nemotron", architecture: "NemotronForCausalLM" }), // squared ReLU
  ungated({ title: "nanochat", type: "nanochat", architecture: "NanoChatForCausalLM" }), // its norms have no weights
  ungated({ title: "Jais 2", type: "jais2", architecture: "Jais2ForCausalLM", defaults: { attention_bias: true, mlp_bias: true } }),
];
