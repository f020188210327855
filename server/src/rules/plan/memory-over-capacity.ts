import { defineDiagnostic, headerSpan, type FixCandidate } from "../../core";
import type { PlanMemory, RankMemory } from "../../cost/memory/stage-memory";
import type { PlanRecord } from "../../cost/plan/record";
import { dimensions, formatGrouped, formatQuantity } from "../../units";
import { examplePlan } from "../examples";
import { available } from "../../cost/definition";
import { type PlanSubject } from "../layout/plan";
import { soundPlanRule } from "../layout/sound";
import { failsOn } from "../requirements/assertions";
import { bestFixes, weigh } from "./best";
import * as changes from "./changes";
import { memoryOf, memoryText, outcomeOf, timeText } from "./outcome";

interface Words {
  readonly gpu: string;
  readonly capacity: number;
  readonly worst: RankMemory;
  readonly ranks: number;
  /** Where no single change is enough: the one that comes closest. */
  readonly closest: { readonly text: string; readonly memory: number } | undefined;
}

const memoryOverCapacity = defineDiagnostic<Words>({
  code: "DSCO5301", severity: "error", title: "More memory than the GPU has",
  message: ({ gpu, capacity, worst, ranks, closest }) => {
    const [component, size] = largestOf(worst);
    const stages = `${worst.stages.length === 1 ? "stage" : "stages"} ${worst.stages.map(({ index }) => index).join(", ")}`;
    const where = ranks === 1 ? "" : ` on rank ${formatGrouped(worst.rank)} of the pipeline (${stages})`;
    return `\`memory_per_gpu\` is ${bytesText(worst.total)}${where}, and \`${gpu}\` has ${bytesText(capacity)}: ${bytesText(worst.total - capacity)} too much, with ${bytesText(size)} of ${component}`
      + (closest === undefined ? "" : `. Of the single changes that were tried none is enough: ${closest.text} comes closest with ${bytesText(closest.memory)}`);
  },
  explanation:
    "`memory_per_gpu` counts what the framework allocates on the fullest GPU at its worst moment: weights, gradients, optimizer, activations, cache and buffers. The CUDA context, NCCL's own buffers and fragmentation come on top of it, so that a plan above the capacity cannot run. `dsco explain` says at which stage and in which moment the peak stands. " +
    "ZeRO divides the optimizer (1), gradients (2) and weights (3) over the replicas; `recompute`, a smaller micro-batch or another schedule keep fewer activations; `pp`, `tp` and `ep` divide weights and more.",
  source: "Megatron-LM and TransformerEngine; ZeRO, arXiv:1910.02054; arXiv:2205.05198 (recomputation)",
  example: examplePlan({ layout: "tp = 1" }).replace("layers      = 16", "layers      = 96"),
});

const bytesText = (value: number): string => formatQuantity(value, dimensions.bytes);

const componentNames = { weights: "weights", gradients: "gradients", optimizer: "optimizer states", activations: "activations", kv: "cache", buffers: "communication buffers" } as const;

function largestOf(worst: RankMemory): readonly [name: string, size: number] {
  const keys = Object.keys(componentNames) as (keyof typeof componentNames)[];
  return keys.map((key) => [componentNames[key], worst[key]] as const).reduce((most, one) => (one[1] > most[1] ? one : most));
}

const trainingLevers = [
  changes.zero, changes.recompute, changes.moments, changes.microBatch, changes.pp, changes.tp, changes.ep, changes.cp, changes.schedule, changes.gradients,
];
const servingLevers = [changes.cache, changes.servedWeights, changes.servedExperts, changes.ep, changes.tp, changes.pp, changes.batch, changes.context];

/** What may leave less in the fullest GPU. */
const leversOf = ({ workload }: PlanRecord): readonly changes.Lever[] => (workload.phase === "training" ? trainingLevers : servingLevers);

function fixes(plan: PlanSubject, { worst }: PlanMemory): readonly FixCandidate[] {
  const capacity = plan.record.hardware.gpu.memory;
  const before = outcomeOf(plan.record);
  const weighed = weigh(plan, changes.changesOf(plan, leversOf(plan.record)), ({ memory }) => memory <= capacity);
  return bestFixes(plan, weighed, ({ throughput }) => -throughput, ({ outcome }) => `${memoryText(worst.total, outcome.memory, capacity)}, ${timeText(plan.record, before, outcome)}`);
}

/** Told where none is enough: the memory alone is computed here, no time, and nothing more once one is. */
function closestChange(plan: PlanSubject): Words["closest"] {
  let least = { text: "", memory: memoryOf(plan.record) ?? 0 };
  for (const lever of leversOf(plan.record)) {
    for (const change of changes.changesOf(plan, [lever])) {
      const memory = memoryOf(change.record) ?? Infinity;
      if (memory <= plan.record.hardware.gpu.memory) return undefined;
      if (memory < least.memory) least = { text: changes.textOf(change), memory };
    }
  }
  return least.text === "" ? undefined : least;
}

export const memoryOverCapacityRule = soundPlanRule([memoryOverCapacity.entry], (plan) => {
  const { record, subject, evaluation, blocks } = plan;
  const memory = available(() => evaluation.memory);
  const capacity = record.hardware.gpu.memory;
  if (!memory || memory.worst.total <= capacity || failsOn(subject, "memory_per_gpu")) return [];
  const device = blocks.get("hardware.gpu")?.node;
  const gpu = (device?.kind === "declaration" ? device.name?.text : undefined) ?? "gpu";
  const place = { uri: subject.declaration.file.uri, span: headerSpan(subject.declaration.node) };
  return [memoryOverCapacity.at(place, { gpu, capacity, worst: memory.worst, ranks: memory.model.ranks.length, closest: closestChange(plan) }, { fixes: () => fixes(plan, memory) })];
});
