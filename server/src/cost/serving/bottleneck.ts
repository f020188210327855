/** What a pass waits for most, in words. */

import type { Operator } from "../compute/operator";
import type { PlanRecord } from "../plan/record";
import type { Serving } from "./evaluate";
import { expertsOnHost } from "./host-experts";

type Resource = "compute" | "memory bandwidth" | "launches" | "expert-parallel communication" | "host memory" | "PCIe" | "tensor-parallel communication" | "context-parallel communication" | "pipeline communication";

const resourceOf: Readonly<Record<Operator["bound"], Resource>> = { compute: "compute", memory: "memory bandwidth", launch: "launches" };

/** What a layer waits for that no operator of the GPU hides, beside tensor and context parallelism. */
export function exchangeOf(plan: PlanRecord): "expert-parallel communication" | "host memory" | "PCIe" {
  if (!expertsOnHost(plan)) return "expert-parallel communication";
  return plan.workload.phase === "decode" ? "host memory" : "PCIe";
}

/** The resource behind the largest part of the time of all stages; of operators, with the one that takes longest of them. */
export function boundOf(plan: PlanRecord, { stages, parts, batch }: Serving): string {
  const times = new Map<Resource, number>([
    [exchangeOf(plan), parts.exchange], ["tensor-parallel communication", parts.tensor_parallel],
    ["context-parallel communication", parts.context_parallel], ["pipeline communication", parts.send],
  ]);
  const longest = new Map<Resource, { readonly name: string; readonly time: number }>();
  for (const { operators } of stages) {
    for (const { name, count, bound, time: { forward } } of operators()) {
      const [resource, time] = [resourceOf[bound], batch.micro_batches * count * forward];
      times.set(resource, (times.get(resource) ?? 0) + time);
      if (time > (longest.get(resource)?.time ?? 0)) longest.set(resource, { name, time });
    }
  }
  let [found, most]: [Resource, number] = ["compute", 0];
  for (const [resource, time] of times) if (time > most) [found, most] = [resource, time];
  const operator = longest.get(found);
  return operator === undefined ? found : `${found} (${operator.name})`;
}
