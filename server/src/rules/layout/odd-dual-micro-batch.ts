import { defineDiagnostic } from "../../core";
import { formatGrouped } from "../../units";
import { examplePlan } from "../examples";
import { withChanges } from "./conditions";
import { setLegal } from "./nearest";
import { placeIn, planRule } from "./plan";

const oddDualMicroBatch = defineDiagnostic<{ batch: number }>({
  code: "DSCO5111", severity: "warning", title: "A batch that two micro-batches cannot halve",
  message: ({ batch }) => `\`batch_per_gpu\` = ${formatGrouped(batch)} cannot be halved: \`dual_micro_batch\` runs two micro-batches of equally many sequences`,
  explanation: "With `dual_micro_batch` the sequences of a GPU run as two micro-batches, one computing while the other communicates. They hide each other where they are equally large.",
  source: "DeepSeek-V3 technical report, arXiv:2412.19437, section 3.4",
  example: examplePlan({ layout: "ep = 16, dual_micro_batch = true", model: "moe", workload: "workload Run { phase = decode, context_length = 4096, batch_per_gpu = 33 }" }),
});

export const oddDualMicroBatchRule = planRule([oddDualMicroBatch.entry], (plan) => {
  const { record } = plan;
  const { batch_per_gpu: batch, phase } = record.workload;
  if (phase === "training" || !record.parallelism.dual_micro_batch || batch === undefined || batch % 2 === 0) return [];
  const place = placeIn(plan, { path: "workload", keys: ["batch_per_gpu"] }, { path: "parallelism", keys: ["dual_micro_batch"] });
  return [oddDualMicroBatch.at(place, { batch }, { fixes: () =>
    [batch - 1, batch + 1].filter((value) => value > 0).flatMap((value) =>
      setLegal(plan, "workload", "batch_per_gpu", value, withChanges(record, { workload: { batch_per_gpu: value } }), () => `two micro-batches of ${formatGrouped(value / 2)}`)) })];
});
