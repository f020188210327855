import { defineDiagnostic, type FixCandidate } from "../../core";
import type { Precision } from "../../cost/model/record";
import { placeIn, setIn, type PlanSubject } from "../layout/plan";
import { soundPlanRule } from "../layout/sound";
import { examplePlan } from "../examples";

const fp8Accumulation = defineDiagnostic<{ key: "compute" | "attention"; precision: Precision; weights: Precision }>({
  code: "DSCO4202", severity: "information", title: "FP8 sums of training that tensor cores accumulate in 14 bits",
  message: ({ key, precision, weights }) =>
    `Hopper accumulates \`${key}\` = \`${precision}\` with about 14 bits: ` +
    (key === "compute" ? `\`weights\` = \`${weights}\` have no block scales that take partial sums out every 128 elements` : "a query of a long sequence adds up one value a key"),
  explanation:
    "The tensor cores of Hopper align 32 products of FP8 and keep 13 fraction bits of their sum (FP22), not the 23 of FP32: with K = 4096 the largest relative error of a GEMM comes near 2 %. DeepSeek-V3 scales weights in blocks of 128x128 and activations in tiles of 1x128, and moves partial sums to FP32 registers at each of them; " +
    "`weights = fp8_e4m3` says so. FP8 with one scale a tensor leaves the sum on the tensor cores unless the framework splits it. DeepSeek-V3 keeps the attention core in BF16.",
  source: "DeepSeek-V3 technical report, arXiv:2412.19437, sections 3.3.1 and 3.3.2; Insights into DeepSeek-V3, arXiv:2505.09343, section 3.1",
  example: examplePlan({ layout: "tp = 8", lines: ["precision { compute = fp8_e4m3 }"] }),
});

const isFp8 = (precision: Precision): boolean => precision === "fp8_e4m3" || precision === "fp8_e5m2";

function fixes(plan: PlanSubject, key: "compute" | "attention"): readonly FixCandidate[] {
  const { activations, weights } = plan.record.model.precision;
  const scaled = key === "compute" && !isFp8(activations) && !isFp8(weights) ? setIn(plan, "model.precision", "weights", "fp8_e4m3", { buys: "partial sums are added up in FP32 at every block scale" }) : [];
  return [...scaled, ...setIn(plan, "model.precision", key, "bf16", { buys: "products are summed in FP32, at the BF16 rate" })];
}

export const fp8AccumulationRule = soundPlanRule([fp8Accumulation.entry], (plan) => {
  const { model: { precision }, hardware: { gpu }, workload } = plan.record;
  if (workload.phase !== "training" || gpu.architecture !== "hopper") return [];
  const keys = (["compute", "attention"] as const).filter((key) => isFp8(precision[key]) && (key === "attention" || !isFp8(precision.weights)));
  return keys.map((key) => {
    const place = placeIn(plan, { path: "model.precision", keys: key === "compute" ? ["compute", "activations"] : ["attention"] });
    return fp8Accumulation.at(place, { key, precision: precision[key], weights: precision.weights }, { fixes: () => fixes(plan, key) });
  });
});
