import { defineDiagnostic } from "../../core";
import type { GpuRecord } from "../../cost/hardware/record";
import type { Precision } from "../../cost/model/record";
import { dimensions, formatQuantity } from "../../units";
import { examplePlan } from "../examples";
import { placeIn, planRule, setIn } from "../layout/plan";

const precisionWithoutPeak = defineDiagnostic<{ key: string; precision: Precision; gpu: string; rates: readonly string[] }>({
  code: "DSCO4201", severity: "error", title: "A precision that the GPU has no rate for",
  message: ({ key, precision, gpu, rates }) => `\`${gpu}\` has no \`${peakKey(precision)}\` rate to run \`${key}\` = \`${precision}\` at: its \`peak\` has ${rates.map((rate) => `\`${rate}\``).join(", ")}`,
  explanation:
    "`compute` is the precision in which linear GEMMs run (that of the `activations` or `weights` unless it is written) and `attention` that of the attention core: the device needs units for it. Weights may be stored in a narrower format than they are multiplied in: then write `compute = bf16`.",
  source: "NVIDIA A100, H100 and B200 data sheets: FP8 from Hopper on, FP4 from Blackwell on",
  example: examplePlan({ layout: "tp = 8", gpu: "A100", lines: ["precision { weights = fp8_e4m3 }"] }),
});

/** The key of `peak` that a precision runs at. */
function peakKey(precision: Precision): string {
  if (precision.startsWith("fp8")) return "fp8";
  return precision === "mxfp4" || precision === "nvfp4" ? "fp4" : precision;
}

/** Of the precisions whose rate a device has, those that hold what the missing one holds. */
const usual = ["bf16", "fp16", "fp8_e4m3", "fp32"] as const;

const rateOf = ({ peak }: GpuRecord, precision: Precision): number | undefined => peak[peakKey(precision)];

export const precisionWithoutPeakRule = planRule([precisionWithoutPeak.entry], (plan) => {
  const { model: { precision }, hardware: { gpu } } = plan.record;
  const device = plan.blocks.get("hardware.gpu")?.node;
  const name = (device?.kind === "declaration" ? device.name?.text : undefined) ?? "gpu";
  const rates = Object.entries(gpu.peak).filter(([, rate]) => rate !== undefined).map(([key]) => key);
  if (rates.length === 0) return []; // a device whose rates nobody wrote lacks no precision
  return (["compute", "attention"] as const).filter((key) => rateOf(gpu, precision[key]) === undefined).map((key) => {
    const keys = key === "compute" ? (["compute", "activations", "weights"] as const) : (["attention"] as const);
    const place = placeIn(plan, { path: "model.precision", keys });
    return precisionWithoutPeak.at(place, { key, precision: precision[key], gpu: name, rates }, { fixes: () => {
      const next = usual.find((candidate) => rateOf(gpu, candidate) !== undefined);
      const rate = next && rateOf(gpu, next);
      return next && rate !== undefined ? setIn(plan, "model.precision", key, next, { buys: `${formatQuantity(rate, dimensions.workRate)} on \`${name}\`` }) : [];
    } });
  });
});
