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

const denseLines = ["attention gqa { heads = 16, kv_heads = 8, head_dim = 128 }", "ffn dense { intermediate_size = 8192 }"];
const moeLines = ["attention gqa { heads = 16, kv_heads = 8, head_dim = 128 }", "ffn moe { routed_experts = 64, top_k = 6, intermediate_size = 1408, groups = 8, group_limit = 3 }"];

const workloads = {
  training: "workload Run { phase = training, sequence_length = 4096, global_batch_size = 64 }",
  prefill: "workload Run { phase = prefill, prompt_length = 4096, batch_per_gpu = 4 }",
  decode: "workload Run { phase = decode, context_length = 4096, batch_per_gpu = 64 }",
} as const;

export interface ExamplePlan {
  /** Keys of the layout, as they stand in its braces. */
  readonly layout: string;
  readonly model?: "dense" | "moe";
  /** A phase, or a whole line in place of its workload. */
  readonly workload?: keyof typeof workloads | `workload Run {${string}`;
  /** Lines of the model behind its blocks. */
  readonly lines?: readonly string[];
  /** The device, one of `std:hardware/nvidia`. */
  readonly gpu?: string;
}

/** A plan on two nodes, everything but the layout in order: a model of 16 layers of width 2048. */
export function examplePlan({ layout, model = "dense", workload = "training", lines = [], gpu = "H800" }: ExamplePlan): string {
  const run = workload in workloads ? workloads[workload as keyof typeof workloads] : workload;
  return [
    `import { ConnectX7, ${gpu} } from "std:hardware/nvidia"`, "",
    "model Network {", "  layers      = 16", "  hidden_size = 2048", "  vocab_size  = 32_000",
    ...[...(model === "dense" ? denseLines : moeLines), ...lines].map((line) => `  ${line}`), "}", "",
    `hardware Cluster { gpu = ${gpu}, gpus_per_node = 8, nodes = 2, nic = ConnectX7, nics_per_node = 8 }`, "",
    `parallelism Layout { ${layout} }`, "", run, "",
    "plan Example { model = Network, hardware = Cluster, parallelism = Layout, workload = Run }", "",
  ].join("\n");
}
