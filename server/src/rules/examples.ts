/** The examples of the registry, without repeating what has nothing to do with their code. */

const modelWith = (...lines: readonly string[]): string =>
  ["model Example {", "  layers      = 4", "  hidden_size = 64", "  vocab_size  = 1000", ...lines.map((line) => `  ${line}`), "}", ""].join("\n");

const block = (title: string, keys: string): string => `${title} { ${keys} }`;

/** A model of four layers of width 64 with these blocks. */
export const exampleModel = modelWith;

/** … with this attention, everything else in order. */
export const exampleAttention = (kind: string, keys: string): string =>
  modelWith(block(`attention ${kind}`, keys), block("ffn dense", "intermediate_size = 256"));

/** … with these routed experts, everything else in order. */
export const exampleExperts = (keys: string): string =>
  modelWith(block("attention mha", "heads = 4"), block("ffn moe", `${keys}, intermediate_size = 32`));

/** A cluster of 16 H800 nodes with this network. */
export const exampleNetwork = (kind: string, keys: string): string =>
  [
    'import { ConnectX7, H800 } from "std:hardware/nvidia"', "", "hardware Example {", "  gpu           = H800", "  gpus_per_node = 8", "  nodes         = 16",
    "  nic           = ConnectX7", "  nics_per_node = 8", `  ${block(`network ${kind}`, keys)}`, "}", "",
  ].join("\n");
