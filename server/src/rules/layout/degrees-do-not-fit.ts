import { defineDiagnostic, type FixCandidate } from "../../core";
import { formatGrouped } from "../../units";
import { examplePlan } from "../examples";
import { gpusOf, layoutText, withChanges } from "./conditions";
import { degreeFixes, nodeFixes, setLegal } from "./nearest";
import { placeIn, planRule, type PlanSubject } from "./plan";

const degreesDoNotFit = defineDiagnostic<{ degrees: string; given: number; isAll: boolean; gpus: number; cluster: string }>({
  code: "DSCO5101", severity: "error", title: "Degrees of parallelism that do not fit the cluster",
  message: ({ degrees, given, isAll, gpus, cluster }) => {
    const has = `\`${cluster}\` has ${formatGrouped(gpus)} GPUs`;
    if (isAll || given > gpus) return `${degrees} takes ${formatGrouped(given)} ${given === 1 ? "GPU" : "GPUs"}, and ${has}`;
    return `${degrees}${degrees.includes(" x ") ? ` = ${formatGrouped(given)}` : ""} does not divide the ${formatGrouped(gpus)} GPUs of \`${cluster}\``;
  },
  explanation:
    "Every GPU of a cluster has one place in tp x pp x cp x dp, so their product is the number of GPUs. A degree that is `auto` takes what the others leave: their product divides it. `ep` takes its GPUs from dp x cp x tp and multiplies nothing.",
  source: "Megatron-LM, parallel_state.py, initialize_model_parallel: the world size is divisible by tp x pp x cp",
  example: examplePlan({ layout: "tp = 3" }),
});

const keys = ["dp", "pp", "cp", "tp"] as const;

interface Given {
  readonly key: (typeof keys)[number];
  readonly degree: number;
}

function fixes(plan: PlanSubject, given: readonly Given[], product: number, isAll: boolean): readonly FixCandidate[] {
  const { record } = plan;
  const gpus = gpusOf(record);
  const atFault = given.filter(({ degree }) => gpus % degree !== 0);
  const open = isAll ? setLegal(plan, "parallelism", "dp", "auto", withChanges(record, { parallelism: { dp: "auto" } }), (layout) => layoutText(layout)) : [];
  return [
    ...open,
    ...(atFault.length > 0 ? atFault : given).flatMap(({ key, degree }) => degreeFixes(plan, key, degree)),
    ...nodeFixes(plan, product),
  ];
}

export const degreesDoNotFitRule = planRule([degreesDoNotFit.entry], (plan) => {
  const { parallelism } = plan.record;
  const gpus = gpusOf(plan.record);
  const given = keys.flatMap((key): readonly Given[] => {
    const degree = parallelism[key];
    return degree === "auto" || degree === 1 ? [] : [{ key, degree }];
  });
  const open = keys.filter((key) => parallelism[key] === "auto").length;
  const product = given.reduce((all, { degree }) => all * degree, 1);
  if (open > 1 || (open === 1 ? gpus % product === 0 : product === gpus)) return [];
  const shown = [...given].reverse();
  const [only] = shown;
  const degrees = only && shown.length === 1 ? `\`${only.key}\` = ${formatGrouped(only.degree)}` : `${shown.map(({ key }) => key).join(" x ")} = ${shown.map(({ degree }) => formatGrouped(degree)).join(" x ")}`;
  const [first = "dp", ...rest] = [...given.filter(({ degree }) => gpus % degree !== 0), ...given].map(({ key }) => key);
  return [degreesDoNotFit.at(
    placeIn(plan, { path: "parallelism", keys: [first, ...rest] }),
    { degrees: only ? degrees : "tp x cp x pp x dp = 1", given: product, isAll: open === 0, gpus, cluster: plan.declarations.hardware.name },
    { fixes: () => fixes(plan, given, product, open === 0) },
  )];
});
