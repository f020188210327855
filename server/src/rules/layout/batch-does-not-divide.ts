import { defineDiagnostic } from "../../core";
import { formatGrouped } from "../../units";
import { examplePlan } from "../examples";
import { withChanges } from "./conditions";
import { multipleFixes, nearestWhole, setLegal, type Buys } from "./nearest";
import { placeIn, planRule } from "./plan";

const batchDoesNotDivide = defineDiagnostic<{ batch: number; dp: number; size: number }>({
  code: "DSCO5110", severity: "error", title: "A global batch that is no multiple of what a micro-batch of all replicas takes",
  message: ({ batch, dp, size }) =>
    `\`global_batch_size\` = ${formatGrouped(batch)} is no multiple of dp x \`micro_batch_size\` = ${formatGrouped(dp)} x ${formatGrouped(size)}${size === 1 || dp === 1 ? "" : ` = ${formatGrouped(dp * size)}`} sequences`,
  explanation:
    "A step runs whole micro-batches, equally many in each of the dp replicas: `global_batch_size` is a multiple of dp x `micro_batch_size`, and their quotient is the number of micro-batches.",
  source: "Megatron-LM, num_microbatches_calculator.py: the global batch is divisible by micro-batch size x data-parallel size",
  example: examplePlan({ layout: "dp = 16", workload: "workload Run { phase = training, sequence_length = 4096, global_batch_size = 100 }" }),
});

export const batchDoesNotDivideRule = planRule([batchDoesNotDivide.entry], (plan) => {
  const { record, evaluation } = plan;
  const { global_batch_size: batch, phase } = record.workload;
  const { micro_batch_size: size } = record.parallelism;
  const { dp } = evaluation.layout;
  if (phase !== "training" || batch === undefined || batch % (dp * size) === 0) return [];
  const place = placeIn(plan, { path: "workload", keys: ["global_batch_size"] }, { path: "parallelism", keys: ["micro_batch_size", "dp"] });
  const buys: Buys = (layout, { workload, parallelism }) => {
    const count = (workload.global_batch_size ?? 0) / (layout.dp * parallelism.micro_batch_size);
    return `${formatGrouped(count)} ${count === 1 ? "micro-batch" : "micro-batches"} in each of ${formatGrouped(layout.dp)} replicas`;
  };
  return [batchDoesNotDivide.at(place, { batch, dp, size }, { fixes: () => {
    const of = (value: number) => withChanges(record, { parallelism: { micro_batch_size: value } });
    return [
      ...multipleFixes(plan, "global_batch_size", batch, dp * size, buys),
      ...nearestWhole(size, 1, batch, (value) => batch % (dp * value) === 0).flatMap((value) => setLegal(plan, "parallelism", "micro_batch_size", value, of(value), buys)),
    ];
  } })];
});
