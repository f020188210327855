import { defineDiagnostic } from "../../core";
import { formatGrouped } from "../../units";
import { examplePlan } from "../examples";
import { headsDivide, widthsOf } from "./conditions";
import { degreeFixes, type Buys } from "./nearest";
import { placeIn, planRule } from "./plan";

const widthsDoNotDivide = defineDiagnostic<{ size: number; what: string; degree: "tp" | "etp"; value: number }>({
  code: "DSCO5142", severity: "error", title: "A feed-forward width that tensor parallelism does not share out",
  message: ({ size, what, degree, value }) => `${what} of ${formatGrouped(size)} cannot be shared out evenly over \`${degree}\` = ${formatGrouped(value)} GPUs`,
  explanation:
    "Tensor parallelism cuts the matrices of a feed-forward block along `intermediate_size`, into equal parts: those of dense layers and of shared experts into `tp`, those of a routed expert into `etp`.",
  source: "Megatron-LM, arXiv:1909.08053, section 3",
  example: examplePlan({ layout: "etp = 8", model: "moe" }).replace("1408", "1412"),
});

export const widthsDoNotDivideRule = planRule([widthsDoNotDivide.entry], (plan) => {
  const { record, evaluation } = plan;
  const layout = evaluation.layout;
  const isTpWrong = record.model.attention.some((block) => !headsDivide(block, layout.tp));
  const found = widthsOf(record).find(({ size, degree }) => size % layout[degree] !== 0 && !(degree === "tp" && isTpWrong));
  if (!found) return [];
  const { size, degree, key } = found;
  const what = key === "intermediate_size" ? "`intermediate_size`" : "the width of the shared experts";
  const buys: Buys = (next) => `${formatGrouped(size / next[degree])} of ${formatGrouped(size)} on each GPU`;
  const place = placeIn(plan, { path: "parallelism", keys: [degree] });
  return [widthsDoNotDivide.at(place, { size, what, degree, value: layout[degree] }, { fixes: () => degreeFixes(plan, degree, layout[degree], buys) })];
});
