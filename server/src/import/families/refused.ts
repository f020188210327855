/** What no model of the language says, by `model_type`: named, so that nobody takes a Llama of the same size for it. */

const encoder = "it is an encoder, and the language says decoders alone";
const encoderDecoder = "it has an encoder and a decoder, and the language says decoders alone";
const mamba1 = "the language has no Mamba layers of the first version (a step of its own for every channel)";
const shortConvolutions = "the language has no layers of short convolutions";
const recurrent = "the language has no such recurrent layers";
const beside = "its attention and its Mamba-2 heads stand beside each other on one layer, and a layer of the language has one mixer";

const byReason: readonly (readonly [string, readonly string[]])[] = [
  [encoder, [
    "albert", "bert", "bert-generation", "big_bird", "camembert", "data2vec-text", "deberta", "deberta-v2", "distilbert", "electra", "ernie", "eurobert", "megatron-bert", "modernbert", "mpnet", "nomic_bert",
    "rembert", "roberta", "roberta-prelayernorm", "roc_bert", "roformer", "xlm", "xlm-roberta", "xlm-roberta-xl", "xlnet", "xmod", "clip", "siglip", "vit", "whisper",
  ]],
  [encoderDecoder, ["bart", "blenderbot", "fsmt", "led", "longt5", "m2m_100", "marian", "mbart", "mt5", "nllb-moe", "pegasus", "prophetnet", "switch_transformers", "t5", "t5gemma", "t5gemma2", "umt5"]],
  [mamba1, ["mamba", "falcon_mamba", "jamba", "zamba"]],
  [shortConvolutions, ["lfm2", "lfm2_moe"]],
  [recurrent, ["rwkv", "rwkv5", "rwkv6", "rwkv7", "recurrent_gemma", "xlstm", "hrm_text"]],
  [beside, ["falcon_h1", "hymba"]],
  ["its layers share the weights of one transformer block, and those of the language share none", ["zamba2"]],
  ["its layers have several streams, learned residuals and embeddings of their own that the language does not know", ["gemma3n", "gemma3n_text", "qwen4_exp", "qwen4_exp_text"]],
  ["its attention heads are experts, and the language has experts in networks alone", ["jetmoe"]],
];

const reasons: ReadonlyMap<string, string> = new Map(byReason.flatMap(([reason, types]) => types.map((type) => [type, reason] as const)));

/** Why a config of this type has no model in the language; a clause. `undefined`: it may have one. */
export const refusal = (modelType: string): string | undefined => reasons.get(modelType);
