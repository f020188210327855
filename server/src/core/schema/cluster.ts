import type * as z from "zod";
import { dimensions as d } from "../../units";
import { child, childKinds, defineBlock } from "./block";
import { atLeast, count, countOrAuto, counts, efficiency as share, flag, fraction, optional, positive, quantity, quantityOrZero, reference, tokenCount, word, type PropertyDefault } from "./property";

const language = "the language's convention";
const otherwise = (expression: string, source = language): { readonly default: PropertyDefault } => ({ default: { expression, source } });
const bandwidth = (documentation: string, example = "50 GB/s") => quantity(d.byteRate, example, documentation);
const latency = (documentation: string) => optional(quantityOrZero(d.time, "3 us", documentation));

const rates = Object.fromEntries(
  ["fp64", "fp32", "tf32", "bf16", "fp16", "fp8", "fp6", "fp4", "int8", "int4"].map((name) => [
    name, optional(quantity(d.workRate, "989 TFLOPS", `Dense peak rate in ${name}, without sparsity.`)),
  ]),
);

export const peak = defineBlock("peak", "Dense peak rates by precision.", rates);

export const scaleUp = defineBlock("scale_up", "The link between the GPUs of one domain (NVLink), per GPU and per direction.", {
  bandwidth: bandwidth("Line rate.", "200 GB/s"),
  effective_bandwidth: optional(bandwidth("What large transfers achieve.", "160 GB/s")),
  domain: optional(count("GPUs in one domain.")),
  latency: latency("Latency of a small message."),
});

export const pcie = defineBlock("pcie", "The link to the host.", { bandwidth: bandwidth("Line rate, per direction.", "64 GB/s") });

export const architectures = ["ampere", "ada", "hopper", "blackwell", "cdna3", "cdna4", "tpu", "ascend"] as const;

export const gpu = defineBlock("gpu", "An accelerator. Bandwidths are per GPU and per direction.", {
  architecture: optional(word(architectures, "The family whose measured efficiencies the estimates take, where `efficiency` of a plan says nothing else.")),
  memory: quantity(d.bytes, "80 GB", "Memory that the driver reports; capacity rules use it."),
  memory_bandwidth: bandwidth("Peak bandwidth of the memory.", "3.35 TB/s"),
  sms: optional(count("Streaming multiprocessors (compute units).")),
  power: optional(quantity(d.power, "700 W", "Board power.")),
}, { children: [child(peak), child(scaleUp), child(pcie)] });

export const nic = defineBlock("nic", "A network card.", {
  rate: bandwidth("Line rate of one port, per direction.", "400 Gbps"),
  effective_bandwidth: optional(bandwidth("What large transfers achieve.", "40 GB/s")),
  latency: latency("Latency of a small message."),
});

const fit = "a fit to the costs of arXiv:2505.09343, Table 3, within 0.6 %; not the only one";

const networkKeys = {
  tiers: optional(count("Switch tiers.")),
  switch_ports: optional(count("Ports of a switch.")),
  port_rate: optional(bandwidth("Rate of a switch port; that of the card where it is left out.", "400 Gbps")),
  oversubscription: atLeast(1, "Downlink over uplink bandwidth at the leaf.", otherwise("1", "a network that blocks nothing")),
  switch_price: quantityOrZero(d.money, "10.76 kUSD", "Price of a switch.", otherwise("10.76 kUSD", fit)),
  link_price: quantityOrZero(d.money, "2.73 kUSD", "Price of a link between switches.", otherwise("2.73 kUSD", fit)),
  endpoint_price: quantityOrZero(d.money, "1.17 kUSD", "Price of an endpoint: its port and link.", otherwise("1.17 kUSD", fit)),
  latency_same_leaf: latency("Latency of a small message below one leaf switch."),
  latency_cross_leaf: latency("Latency of a small message across leaf switches."),
  protocol: optional(word(["infiniband", "roce"], "Link protocol.")),
};
const planes = "Independent planes; each is a whole network of this kind.";
const onePlane = { planes: count(planes, otherwise("1")) };
const network = <Extra extends z.ZodRawShape>(variant: string, documentation: string, extra: Extra) =>
  defineBlock("network", documentation, { ...extra, ...networkKeys }, { variant });

export const networkKinds = {
  fat_tree: network("fat_tree", "A folded Clos network.", onePlane),
  multi_rail_fat_tree: network("multi_rail_fat_tree", "One fat tree; GPU i of each node shares a rail.", onePlane),
  multi_plane_fat_tree: network("multi_plane_fat_tree", "One independent fat tree a plane (ISCA 2025, section 5.1).", { planes: optional(count(planes)) }),
  dragonfly: network("dragonfly", "Groups of switches, fully connected inside and between groups.", {
    switches_per_group: count("Switches in a group."),
    endpoints_per_switch: count("Endpoints at a switch."),
    global_links: count("Links of a switch to other groups."),
    groups: count("Groups.", otherwise("switches_per_group * global_links + 1", "as many as a group has links to others, and itself")),
    ...onePlane,
  }),
  slim_fly: network("slim_fly", "A network of diameter two.", {
    q: count("Order of the field; 2 q² switches."),
    endpoints_per_switch: count("Endpoints at a switch.", otherwise("ceil(3 * q / 4)", "half the network radix: full global bandwidth (Slim Fly, SC 2014)")),
    ...onePlane,
  }),
  torus: network("torus", "A torus: every endpoint passes traffic on to its neighbours.", { dimensions: counts("Size in each dimension."), ...onePlane }),
};

export const host = defineBlock("host", "The machine around the GPUs.", {
  memory: optional(quantity(d.bytes, "2 TB", "Host memory of a node.")),
  memory_bandwidth: optional(bandwidth("Host memory bandwidth of a node.", "400 GB/s")),
  pcie_bandwidth: optional(bandwidth("Host to GPU bandwidth, per GPU and direction.", "64 GB/s")),
});

export const storage = defineBlock("storage", "Storage bandwidth of a node.", {
  read_bandwidth: optional(bandwidth("Read bandwidth of a node.", "10 GB/s")),
  write_bandwidth: optional(bandwidth("Write bandwidth of a node.", "10 GB/s")),
});

export const failures = defineBlock("failures", "How often things break.", {
  gpu_mtbf: optional(quantity(d.time, "50_000 h", "Mean time between failures of a GPU.")),
  node_mtbf: optional(quantity(d.time, "20_000 h", "Mean time between failures of a node.")),
  restart_time: optional(quantityOrZero(d.time, "10 min", "Time from a failure to training again.")),
});

export const hardware = defineBlock("hardware", "A cluster.", {
  gpu: reference("gpu", "The accelerator."),
  gpus_per_node: count("GPUs in a node."),
  nodes: count("Nodes in the cluster."),
  nic: optional(reference("nic", "The network card.")),
  nics_per_node: optional(count("Network cards in a node; of a card with several ports, its ports.")),
  price: optional(quantityOrZero(d.moneyRate, "2 USD/h", "Price of one GPU.")),
  power_overhead: atLeast(1, "Facility power over IT power (PUE).", otherwise("1", "the GPUs alone")),
}, {
  children: [childKinds("network", "The scale-out network.", Object.values(networkKinds)), child(host), child(storage), child(failures)],
});

const degree = (documentation: string) => countOrAuto(documentation, otherwise("1"));

export const offload = defineBlock("offload", "What lives in host memory.", {
  experts: optional(word(["host", "none"], "Where the experts live.")),
});

export const parallelism = defineBlock("parallelism", "The layout of a model on a cluster.", {
  tp: degree("Tensor-parallel degree."),
  pp: degree("Pipeline-parallel degree, in devices."),
  ep: degree("Expert-parallel degree."),
  dp: countOrAuto("Data-parallel degree.", otherwise("auto", "auto = gpus / (tp x pp x cp)")),
  cp: degree("Context-parallel degree."),
  etp: degree("Tensor-parallel degree inside an expert."),
  vp: degree("Virtual pipeline stages a device."),
  schedule: word(["1f1b", "interleaved", "zb1p", "dualpipe", "dualpipev"], "Pipeline schedule.", otherwise("1f1b")),
  zero: count("ZeRO stage, 0 to 3.", { least: 0, most: 3, ...otherwise("0") }),
  sequence_parallel: word(["true", "false", "auto"], "Sequence parallelism beside tensor parallelism.", otherwise("auto", "auto = on where tp > 1")),
  micro_batch_size: count("Sequences in a micro-batch.", otherwise("1")),
  recompute: word(["none", "selective", "full", "auto"], "What the backward pass computes again instead of keeping it: nothing; norms, activations and the up-projections of mla; or whole layers.",
    otherwise("auto", "auto = selective under dualpipe and dualpipev, as DeepSeek-V3 trains (arXiv:2412.19437, section 3.2.3), else none")),
  comm_sms: optional(count("Streaming multiprocessors that exchanges beside compute take from it. Left out: 20 where DeepEP's normal kernels run beside compute (dualpipe, prefill with two micro-batches), else none. The exchanges are taken to be as fast with any number: write what your kernels need.", { least: 0 })),
  overlap_tensor_parallel: flag("Tensor-parallel exchanges run piece by piece beside the GEMMs that they feed (Megatron-LM, tp_comm_overlap).", otherwise("false", "Megatron-LM's default")),
  overlap_data_parallel: word(["true", "false", "auto"], "Gradients and weights are exchanged beside the backward and the forward pass (Megatron-LM, overlap_grad_reduce and overlap_param_gather).",
    otherwise("auto", "auto = on where zero = 3, else off: Megatron-LM's defaults")),
  redundant_experts: count("Redundant experts in all.", { least: 0, ...otherwise("0") }),
  memory_reserve: quantityOrZero(d.bytes, "4 GB", "Memory of each GPU that is kept free for what is not computed: the CUDA context, NCCL's buffers, fragmentation. Part of `memory_buffers`.",
    otherwise("0 B", "what torch counts as allocated; the context and NCCL take about 0.5 to 2 GB more, fragmentation 2 to 7 %")),
  dual_micro_batch: flag("Two micro-batches overlap in decode and prefill.", otherwise("false")),
}, { children: [child(offload)] });

export const workload = defineBlock("workload", "What the plan runs.", {
  phase: word(["training", "prefill", "decode"], "Training, prefill or decode."),
  sequence_length: optional(tokenCount("Tokens of a training sequence.", { binary: "length" })),
  global_batch_size: optional(count("Sequences in a step, over all GPUs.", { binary: "width" })),
  tokens: optional(tokenCount("Tokens of the whole training.")),
  checkpoint_interval: optional(quantity(d.time, "5 min", "Time between checkpoints.")),
  prompt_length: optional(tokenCount("Tokens of a prompt.", { binary: "length" })),
  context_length: optional(tokenCount("Tokens in the cache of a sequence.", { binary: "length" })),
  batch_per_gpu: optional(count("Sequences a GPU holds.")),
  cache_hit_rate: fraction("Share of prompt tokens found in the cache.", otherwise("0")),
  imbalance: atLeast(1, "Busiest over mean expert load.", otherwise("1", "balanced routing")),
}, {
  conditions: [
    { key: "phase", is: "training", needs: ["sequence_length", "global_batch_size"] },
    { key: "phase", is: "prefill", needs: ["prompt_length", "batch_per_gpu"] },
    { key: "phase", is: "decode", needs: ["context_length", "batch_per_gpu"] },
  ],
});

export const efficiency = defineBlock("efficiency", "Shares of the peak, or of the effective bandwidth, that operators achieve.", {
  gemm: optional(share("Dense GEMMs, of the peak rate.")),
  grouped_gemm: optional(share("Grouped GEMMs of experts, of the peak rate.")),
  attention: optional(share("The attention core, of the peak rate.")),
  memory: optional(share("Memory-bound operators, of the memory bandwidth.")),
  scale_up: optional(share("Collectives, of the effective scale-up bandwidth.")),
  scale_out: optional(share("Collectives, of the effective scale-out bandwidth.")),
});

export const plan = defineBlock("plan", "A model on a cluster in a layout under a workload.", {
  model: reference("model", "The network."),
  hardware: reference("hardware", "The cluster."),
  parallelism: reference("parallelism", "The layout."),
  workload: reference("workload", "What is run."),
}, { children: [child(efficiency)] });

export const service = defineBlock("service", "A prefill plan and a decode plan that serve one stream of requests.", {
  prefill: reference("plan", "The prefill plan."),
  decode: reference("plan", "The decode plan."),
  input_tokens: tokenCount("Tokens of a prompt.", { binary: "length" }),
  output_tokens: tokenCount("Tokens of an answer.", { binary: "length" }),
  cache_hit_rate: optional(fraction("Share of prompt tokens found in the cache, where the workload of the prefill plan does not say it. Left out: that of the plan.")),
  requests_per_second: optional(positive("Requests a second.")),
});

export const sweep = defineBlock("sweep", "A design space over a plan.", {
  budget: count("Designs evaluated at most.", otherwise("100_000")),
  seed: count("Seed of the random choices.", { least: 0, ...otherwise("1") }),
});

export const routing = defineBlock("routing", "A load-balance experiment over a model.", {}, { open: true });
export const operator = defineBlock("operator", "A tensor operator made of primitives.", {}, { open: true });
