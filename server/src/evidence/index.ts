/**
 * What has been published, beside what is computed: cases written as `.dsco` files with `measured` lines, tables of operators,
 * and the published rows that no plan can state. Text and tables alone: `cli/validate` computes and compares.
 */

import b200 from "./b200.dsco";
import conventions from "./conventions.dsco";
import expertParallelBound from "./expert-parallel-bound.dsco";
import flops8192 from "./flops-8192.dsco";
import megatronBridge from "./megatron-bridge.dsco";
import models from "./models.dsco";
import operators from "./operators.dsco";
import parameters from "./parameters.dsco";
import serving from "./serving.dsco";
import systems from "./systems.dsco";
import topology from "./topology.dsco";
import training from "./training.dsco";

/** A folder of its own, so that the files import each other as they do on a disk. */
const folder = "evidence:/";

/** The text of each file by its address. */
export const evidenceFiles: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "b200.dsco": b200,
    "conventions.dsco": conventions,
    "expert-parallel-bound.dsco": expertParallelBound,
    "flops-8192.dsco": flops8192,
    "megatron-bridge.dsco": megatronBridge,
    "models.dsco": models,
    "operators.dsco": operators,
    "parameters.dsco": parameters,
    "serving.dsco": serving,
    "systems.dsco": systems,
    "topology.dsco": topology,
    "training.dsco": training,
  }).map(([name, text]) => [folder + name, text]),
);

/** Addresses of the plans that the tables name. */
export const operatorsFile = `${folder}operators.dsco`;
export const b200File = `${folder}b200.dsco`;

/** Comparisons that are summed up together: the `measured` lines of one file, or those of some metrics in it. */
export interface EvidenceGroup {
  readonly title: string;
  /** Address of the file. */
  readonly file: string;
  /** Left out: the metrics that no other group of the file names. */
  readonly metrics?: readonly string[];
  /** Every figure must come out in each digit that is printed. */
  readonly exact?: true;
  /** The published figure is a bound: compared with the `ideal` of the metric. */
  readonly ideal?: true;
  /** What a reader must know to judge the errors. */
  readonly note?: string;
  /** Tokens of a sequence, at which a model's FLOPs are stated; the language's own where it is left out. */
  readonly sequenceLength?: number;
}

const boundFile = `${folder}expert-parallel-bound.dsco`;
const phases = ["forward_time", "backward_time", "weight_gradient_time", "overlapped_time", "bubble_time", "optimizer_time"];

export const evidenceGroups: readonly EvidenceGroup[] = [
  { title: "Parameters, cache and FLOPs of models", file: `${folder}parameters.dsco`, exact: true },
  { title: "Counts of networks", file: `${folder}topology.dsco`, metrics: ["max_endpoints", "switches", "links"], exact: true },
  { title: "Bound of expert parallelism: time of a layer", file: boundFile, metrics: ["ep_comm_time_per_layer"], exact: true, ideal: true },
  { title: "Bound of expert parallelism: time of a token", file: boundFile, metrics: ["tpot_limit"], exact: true },
  { title: "Models in other conventions", file: `${folder}conventions.dsco` },
  { title: "FLOPs at 8,192 tokens", file: `${folder}flops-8192.dsco`, sequenceLength: 8192 },
  { title: "Cost of networks", file: `${folder}topology.dsco` },
  { title: "Memory on 8 B200", file: b200File, metrics: ["memory_per_gpu"] },
  { title: "Step time on 8 B200", file: b200File },
  {
    title: "Training throughput, Megatron-Bridge",
    file: `${folder}megatron-bridge.dsco`,
    note:
      "One plan has one estimate, and the software moves: gpt-oss-120b on 64 GB300 is published at 20,288 tokens/s and, a release later " +
      "in the same layout, at 33,024.",
  },
  { title: "Memory in papers", file: `${folder}training.dsco`, metrics: ["memory_activations"] },
  { title: "Cost of a training", file: `${folder}training.dsco`, metrics: ["gpu_hours", "training_cost"] },
  { title: "Phases of DualPipe", file: `${folder}training.dsco`, metrics: phases },
  { title: "Training throughput in papers", file: `${folder}training.dsco` },
  {
    title: "Serving",
    file: `${folder}serving.dsco`,
    note:
      "Production figures are averages of a day, quiet hours and uneven experts included, and SGLang's are of uneven experts; " +
      "an estimate is the steady state of even ones.",
  },
];

export * from "./operators";
export { rankMemories, type RankMemoryRow } from "./rank-memory";
export { notModelled, type NotModelled } from "./not-modelled";
