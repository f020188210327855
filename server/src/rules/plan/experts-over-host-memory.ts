import { defineDiagnostic } from "../../core";
import { routedWeights } from "../../cost/model/moe";
import { weightElement } from "../../cost/model/precision";
import type { MoeFfnRecord } from "../../cost/model/record";
import { evaluationOf } from "../../cost/plan/evaluation";
import { moeBlocksOf } from "../../cost/plan/layout";
import type { PlanRecord } from "../../cost/plan/record";
import { expertsOnHost } from "../../cost/serving/host-experts";
import { dimensions, formatQuantity } from "../../units";
import { examplePlan } from "../examples";
import { placeIn } from "../layout/plan";
import { soundPlanRule } from "../layout/sound";
import { bestFixes, weigh } from "./best";
import * as changes from "./changes";
import { outcomeOf, timeText } from "./outcome";

const expertsOverHostMemory = defineDiagnostic<{ bytes: number; capacity: number }>({
  code: "DSCO5302", severity: "error", title: "More experts than the host's memory holds",
  message: ({ bytes, capacity }) =>
    `the experts in the memory of a host take ${bytesText(bytes)}, and it has ${bytesText(capacity)}: ${bytesText(bytes - capacity)} too much`,
  explanation:
    "`offload { experts = host }` keeps the routed experts of all layers in the memory of the nodes, each node the part of its GPUs. A narrower format of the experts, or expert parallelism over more nodes, leaves less on each.",
  source: "KTransformers (SOSP 2025): experts in the host's memory, attention on the GPU",
  example: examplePlan({ layout: "offload { experts = host }", model: "moe", workload: "decode", lines: ["precision { experts = bf16 }"] })
    .replace("nics_per_node = 8 }", "nics_per_node = 8, host { memory = 16 GB, memory_bandwidth = 400 GB/s } }"),
});

const bytesText = (value: number): string => formatQuantity(value, dimensions.bytes);

/** Bytes of routed experts on one node, redundant ones included. */
function hostBytes(record: PlanRecord): number {
  const { model, hardware: { gpus_per_node }, parallelism: { redundant_experts } } = record;
  const { ep, etp } = evaluationOf(record).layout;
  const copies = ({ routed_experts }: MoeFfnRecord): number => 1 + redundant_experts / routed_experts;
  const experts = moeBlocksOf(record).reduce((sum, block) => sum + block.layers.length * copies(block) * routedWeights(block, model.hidden_size, "all").value, 0);
  return Math.min(1, gpus_per_node / (ep * etp)) * experts * weightElement(model.precision.experts).value;
}

export const expertsOverHostMemoryRule = soundPlanRule([expertsOverHostMemory.entry], (plan) => {
  const { record } = plan;
  const capacity = record.hardware.host?.memory;
  if (capacity === undefined || !expertsOnHost(record) || record.workload.phase === "training") return [];
  const bytes = hostBytes(record);
  if (bytes <= capacity) return [];
  return [expertsOverHostMemory.at(placeIn(plan, { path: "parallelism.offload", keys: ["experts"] }), { bytes, capacity }, { fixes: () => {
    const before = outcomeOf(record);
    const found = weigh(plan, changes.changesOf(plan, [changes.hostExperts, changes.ep]), (_, change) => hostBytes(change.record) <= capacity);
    return bestFixes(plan, found, ({ throughput }) => -throughput, ({ change, outcome }) =>
      `${bytesText(bytes)} → ${bytesText(hostBytes(change.record))} of ${bytesText(capacity)}, ${timeText(record, before, outcome)}`);
  } })];
});
