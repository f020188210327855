import { defineDiagnostic } from "../../core";
import { formatGrouped } from "../../units";
import { examplePlan } from "../examples";
import { contextDivides, headsDivide, sequenceDivides, withChanges } from "./conditions";
import { degreeFixes, multipleFixes, setLegal, type Buys } from "./nearest";
import { placeIn, planRule } from "./plan";

const sequenceDoesNotDivide = defineDiagnostic<{ length: number; parts: string; isContext: boolean }>({
  code: "DSCO5143", severity: "error", title: "A sequence that does not divide over the GPUs that share it",
  message: ({ length, parts, isContext }) =>
    `\`sequence_length\` = ${formatGrouped(length)} is no multiple of ${parts}, the parts that ${isContext ? "context" : "sequence"} parallelism cuts it into`,
  explanation:
    "Context parallelism cuts a sequence into 2 x `cp` equal parts and gives each rank one from the front and one from the back, so that causal attention is as much work on each. Sequence parallelism shares the tokens of a rank out over its `tp` GPUs.",
  source: "Megatron-LM, context_parallel and sequence_parallel; Llama 3, arXiv:2407.21783, section 3.3.2 (2 x CP chunks)",
  example: examplePlan({ layout: "cp = 4", workload: "workload Run { phase = training, sequence_length = 4100, global_batch_size = 64 }" }),
});

export const sequenceDoesNotDivideRule = planRule([sequenceDoesNotDivide.entry], (plan) => {
  const { record, evaluation } = plan;
  const { sequence_length: length, phase } = record.workload;
  const layout = evaluation.layout;
  const { cp, tp } = layout;
  const isContext = !contextDivides(record, layout);
  if (!isContext && record.model.attention.some((block) => !headsDivide(block, tp))) return []; // `tp` is the first thing to mend
  if (phase !== "training" || length === undefined || (!isContext && sequenceDivides(record, layout))) return [];
  const parts = isContext ? 2 * cp : cp * tp;
  const words = isContext ? `2 x cp = ${formatGrouped(parts)}` : cp === 1 ? `tp = ${formatGrouped(tp)}` : `cp x tp = ${formatGrouped(parts)}`;
  const place = placeIn(plan, { path: "workload", keys: ["sequence_length"] }, { path: "parallelism", keys: isContext ? ["cp"] : ["tp", "cp"] });
  const buys: Buys = (next, { workload }) => `${formatGrouped((workload.sequence_length ?? 0) / (next.cp * (isContext || !next.sequence_parallel ? 1 : next.tp)))} tokens on each GPU`;
  return [sequenceDoesNotDivide.at(place, { length, parts: words, isContext }, { fixes: () => [
    ...multipleFixes(plan, "sequence_length", length, parts, buys),
    ...(isContext ? degreeFixes(plan, "cp", cp, buys) : [
      ...setLegal(plan, "parallelism", "sequence_parallel", "false", withChanges(record, { parallelism: { sequence_parallel: "false" } }), () => "each GPU of a tensor group holds whole sequences"),
      ...degreeFixes(plan, "tp", tp, buys),
    ]),
  ] })];
});
