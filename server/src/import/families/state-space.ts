/** Decoders with Mamba-2 layers. */
import type { Config } from "../config";
import type { BlockFacts } from "../facts";
import { flag, headWidth, indices, real, size, sizeOrNone, word, words } from "../shape";
import { auxiliaryLoss, biased, checkLength, dense, ffnOf, headAttention, headsOf, headsWith, layerTypes, moe, shared } from "./blocks";
import { defineFamily, type Family, type Fields } from "./family";

const blockLetters: ReadonlyMap<string, string> = new Map([["M", "mamba"], ["*", "attention"], ["-", "mlp"], ["E", "moe"]]);
/** What files of Hugging Face transformers call them. */
const blockWords: ReadonlyMap<string, string> = new Map([
  ["mamba", "mamba"], ["linear_attention", "mamba"], ["attention", "attention"], ["full_attention", "attention"], ["mlp", "mlp"], ["moe", "moe"],
]);

const nemotronShape = {
  hybrid_override_pattern: word(), layers_block_type: words(), mtp_hybrid_override_pattern: word(), mamba_num_heads: size(), mamba_head_dim: size(), ssm_state_size: size(), n_groups: size(),
  conv_kernel: size(), expand: real(), chunk_size: size(), use_conv_bias: flag(), use_bias: flag(), mamba_proj_bias: flag(), mamba_hidden_act: word(), mlp_hidden_act: word(),
  attention_head_dim: size(), mamba_ssm_cache_dtype: word(), use_mamba_kernels: flag(), num_logits_to_keep: real(), sliding_window_attention: flag(), rescale_prenorm_residual: flag(),
  moe_shared_expert_intermediate_size: sizeOrNone(), moe_latent_size: sizeOrNone(), moe_shared_expert_overlap: flag(), mtp_layers_block_type: words(), num_query_groups: size(),
} as const;

/** What stands on each layer, by any of the names of the list. */
function nemotronBlocks(own: Config<Fields<typeof nemotronShape>>): readonly string[] {
  const config = shared(own);
  const named = own.get("layers_block_type") ?? config.get("layer_types");
  if (named) {
    own.skip("hybrid_override_pattern");
    config.skip("layer_types");
    const key = own.has("layers_block_type") ? "layers_block_type" : "layer_types";
    return named.map((word) => blockWords.get(word) ?? own.fail(`\`${key}\` names a kind of block that is not known: ${word}`, key));
  }
  const pattern = own.get("hybrid_override_pattern") ?? own.fail("`hybrid_override_pattern` is missing: it says what stands on each layer");
  return [...pattern].map((letter) => blockLetters.get(letter) ?? own.fail(`\`hybrid_override_pattern\`: ${letter} stands for no block that is known (M, *, - and E are)`, "hybrid_override_pattern"));
}

const nemotronH = defineFamily({
  title: "Nemotron-H",
  modelTypes: ["nemotron_h", "nemotron_h_moe"],
  architectures: ["NemotronHForCausalLM"],
  shape: nemotronShape,
  renames: { attention_head_dim: "head_dim" },
  defaults: { conv_kernel: 4, n_groups: 8, ssm_state_size: 128, mamba_num_heads: 128, mamba_head_dim: 64, num_key_value_heads: 8, head_dim: 128 },
  required: ["hidden_size", "vocab_size", "num_attention_heads"],
  layers: (own) => shared(own).get("num_hidden_layers") ?? nemotronBlocks(own).length,
  read: (own) => {
    const config = shared(own);
    own.skip(
      "chunk_size", "expand", "mamba_hidden_act", "mamba_ssm_cache_dtype", "use_mamba_kernels", "num_logits_to_keep", "rescale_prenorm_residual",
      "moe_shared_expert_overlap", "mlp_hidden_act", "hidden_act", "mtp_hybrid_override_pattern", "mtp_layers_block_type", "sliding_window", "sliding_window_attention",
    );
    for (const key of ["use_bias", "mamba_proj_bias"] as const) if (own.get(key) === true) own.doubt("the biases of the projections are not counted", key);
    const bias = config.get("mlp_bias") === true;
    const blocks = nemotronBlocks(own);
    checkLength(own, own.has("layers_block_type") ? "layers_block_type" : "hybrid_override_pattern", blocks);
    const heads = headsOf(config);
    const full = headAttention({ ...heads, values: { bias: config.get("attention_bias") === true ? true : undefined } });
    const mamba = (): BlockFacts => ({
      kind: "mamba2",
      values: {
        heads: own.need("mamba_num_heads"), groups: own.need("n_groups"), value_head_dim: own.need("mamba_head_dim"), state_size: own.need("ssm_state_size"),
        conv_kernel: own.need("conv_kernel"), conv_bias: own.get("use_conv_bias") === false ? false : undefined,
      },
    });
    const width = config.get("intermediate_size");
    const groups = config.get("n_group");
    const groupLimit = config.get("topk_group");
    const expertWidth = config.get("moe_intermediate_size");
    const shareds = config.get("n_shared_experts");
    const sharedWidth = own.get("moe_shared_expert_intermediate_size");
    const latent = own.get("moe_latent_size");
    config.skip("n_routed_experts", "num_experts_per_tok");
    return {
      attention: (layer) => (blocks[layer] === "mamba" ? mamba() : blocks[layer] === "attention" ? full : undefined),
      ffn: (layer) => {
        if (blocks[layer] === "mlp") return dense(width ?? config.fail("`intermediate_size` is missing: some layers are dense", "intermediate_size"), { gated: false, bias });
        if (blocks[layer] !== "moe") return undefined;
        return moe({
          routed: config.need("n_routed_experts"), topK: config.need("num_experts_per_tok"), gated: false, bias, latent, balance: "loss_free", groups, groupLimit,
          width: typeof expertWidth === "number" ? expertWidth : config.fail("`moe_intermediate_size` must be a whole number", "moe_intermediate_size"),
          shared: shareds, sharedWidth,
        });
      },
      mtp: config.get("num_nextn_predict_layers"),
    };
  },
});

const mambaShape = {
  mamba_n_heads: size(), mamba_n_groups: size(), mamba_d_state: size(), mamba_d_head: headWidth(), mamba_d_conv: size(), mamba_expand: real(), mamba_chunk_size: size(), mamba_conv_bias: flag(),
  mamba_proj_bias: flag(), num_logits_to_keep: real(), z_loss_coefficient: real(), logits_scaling: real(),
} as const;

const mambaDefaults = { mamba_n_heads: 128, mamba_n_groups: 1, mamba_d_state: 256, mamba_d_conv: 4, mamba_expand: 2 } as const;

/** A Mamba-2 layer by the names of Bamba and Granite. */
function namedMamba(own: Config<Fields<typeof mambaShape>>): BlockFacts {
  const config = shared(own);
  own.skip("mamba_chunk_size", "num_logits_to_keep", "z_loss_coefficient", "logits_scaling");
  if (own.get("mamba_proj_bias") === true) own.doubt("the biases of the projections are not counted", "mamba_proj_bias");
  const heads = own.need("mamba_n_heads");
  const written = own.get("mamba_d_head");
  if (typeof written === "number") own.skip("mamba_expand");
  const width = typeof written === "number" ? written : (own.need("mamba_expand") * config.need("hidden_size")) / heads;
  if (!Number.isInteger(width)) own.fail(`\`mamba_n_heads\` (${heads}) does not divide the inner width`, "mamba_n_heads");
  return {
    kind: "mamba2",
    values: {
      heads, groups: own.need("mamba_n_groups"), value_head_dim: width, state_size: own.need("mamba_d_state"), conv_kernel: own.need("mamba_d_conv"),
      conv_bias: own.get("mamba_conv_bias") === false ? false : undefined,
    },
  };
}

const bamba = defineFamily({
  title: "Bamba",
  modelTypes: ["bamba"],
  architectures: ["BambaForCausalLM"],
  shape: { ...mambaShape, attn_layer_indices: indices(), layers_block_type: words() },
  defaults: { ...mambaDefaults, num_key_value_heads: 8 },
  read: (own) => {
    const config = shared(own);
    const listed = new Set(own.get("attn_layer_indices") ?? []);
    own.skip("layers_block_type"); // said by the indices
    const mamba = namedMamba(own);
    const full = headsWith(config, { bias: biased(config) });
    const ffn = ffnOf(config);
    return { attention: (layer) => (listed.has(layer) ? full : mamba), ffn: () => ffn };
  },
});

/** Granite 4: every layer has its network, of experts with a shared one or, without experts, the shared one alone. */
const graniteHybrid = defineFamily({
  title: "Granite 4",
  modelTypes: ["granitemoehybrid"],
  architectures: ["GraniteMoeHybridForCausalLM"],
  shape: { ...mambaShape, shared_intermediate_size: sizeOrNone(), layers_block_type: words(), normalization_function: word() },
  renames: { layers_block_type: "layer_types" },
  defaults: { ...mambaDefaults, num_local_experts: 8, num_experts_per_tok: 2, shared_intermediate_size: 1024 },
  read: (own) => {
    const config = shared(own);
    own.skip("normalization_function");
    const kinds = layerTypes(config, () => "mamba");
    const full = headsWith(config, { bias: biased(config) });
    const mamba = namedMamba(own);
    const routed = config.get("num_local_experts");
    const sharedWidth = own.get("shared_intermediate_size");
    const loss = auxiliaryLoss(config);
    if (routed === undefined) config.skip("num_experts_per_tok", "intermediate_size");
    const ffn = routed === undefined ? dense(own.need("shared_intermediate_size"))
      : moe({ routed, topK: config.need("num_experts_per_tok"), width: config.need("intermediate_size"), balance: loss, ...(sharedWidth === undefined ? {} : { shared: 1, sharedWidth }) });
    const isFull = (kind: string): boolean => kind === "attention" || kind === "full_attention";
    const isMamba = (kind: string): boolean => kind === "mamba" || kind === "linear_attention";
    const at = (layer: number): BlockFacts =>
      (isFull(kinds(layer)) ? full : isMamba(kinds(layer)) ? mamba : config.fail(`\`layer_types\` names a kind of layer that is not known: ${kinds(layer)}`, "layer_types"));
    return { attention: at, ffn: () => ffn };
  },
});

/** Nothing but Mamba-2. */
const mamba2 = defineFamily({
  title: "Mamba-2",
  modelTypes: ["mamba2"],
  architectures: ["Mamba2ForCausalLM"],
  shape: {
    num_heads: size(), state_size: size(), n_groups: size(), conv_kernel: size(), expand: real(), chunk_size: size(), use_bias: flag(), use_conv_bias: flag(), rms_norm: flag(), rescale_prenorm_residual: flag(),
    time_step_rank: headWidth(), norm_before_gate: flag(),
  },
  required: ["num_hidden_layers", "hidden_size", "vocab_size"],
  defaults: { num_heads: 128, head_dim: 64, state_size: 128, n_groups: 8, conv_kernel: 4 },
  read: (own) => {
    const config = shared(own);
    own.skip("expand", "chunk_size", "rms_norm", "rescale_prenorm_residual", "time_step_rank", "norm_before_gate");
    if (own.get("use_bias") === true) own.doubt("the biases of the projections are not counted", "use_bias");
    const mamba: BlockFacts = {
      kind: "mamba2",
      values: {
        heads: own.need("num_heads"), groups: own.need("n_groups"), value_head_dim: config.need("head_dim"), state_size: own.need("state_size"), conv_kernel: own.need("conv_kernel"),
        conv_bias: own.get("use_conv_bias") === false ? false : undefined,
      },
    };
    return { attention: () => mamba, ffn: () => undefined };
  },
});

export const stateSpaceFamilies: readonly Family[] = [nemotronH, bamba, graniteHybrid, mamba2];
