import type { FixCandidate } from "../../core";
import type { Layout } from "../../cost/plan/layout";
import type { PlanRecord } from "../../cost/plan/record";
import { greatestCommonDivisor } from "../numbers";
import { fitsDomain, fitsMemory, gpusOf, layoutText, legalLayout, withChanges } from "./conditions";
import { setIn, type PlanSubject } from "./plan";

/** Candidates that a search tries on either side: no design is further off, and no slip of a digit may stop the editor. */
const reach = 20_000;

/** The whole numbers next to `near` that pass a test, in steps of `step` counted from 0, from `step` to `most`: the lower one first. */
export function nearestWhole(near: number, step: number, most: number, test: (candidate: number) => boolean): readonly number[] {
  const search = (from: number, by: number): number | undefined => {
    for (let value = from, tries = 0; tries < reach && value >= step && value <= most; value += by, tries += 1) {
      if (value !== near && test(value)) return value;
    }
    return undefined;
  };
  const below = search(Math.min(Math.floor(most / step), Math.ceil(near / step) - 1) * step, -step);
  const above = search((Math.floor(near / step) + 1) * step, step);
  return [below, above].filter((value) => value !== undefined);
}

/** A layout that holds, and that fits the memory where the plan's own does or is none: a fix trades no mistake for another. */
function canReplace({ record }: PlanSubject, other: PlanRecord): boolean {
  if (legalLayout(other) === undefined) return false;
  return fitsMemory(other) || (legalLayout(record) !== undefined && !fitsMemory(record));
}

export type DegreeKey = "tp" | "pp" | "cp" | "dp" | "ep" | "etp";

/** What a change of a plan buys, in words; `undefined` to leave the words out. */
export type Buys = (layout: Layout, record: PlanRecord) => string;

const layoutWords: Buys = (layout) => layoutText(layout);

/** The fixes that set a degree to the nearest values for which the whole layout holds. */
export function degreeFixes(plan: PlanSubject, key: DegreeKey, near: number, buys: Buys = layoutWords, test: (value: number) => boolean = () => true): readonly FixCandidate[] {
  const { record } = plan;
  const gpus = gpusOf(record);
  const of = (value: number) => withChanges(record, { parallelism: { [key]: value } });
  const isTensor = key === "tp" || key === "etp"; // a fix that leaves the scale-up domain is none
  const divides = (value: number) => (gpus % value === 0 || key === "dp") && (!isTensor || fitsDomain(record, value));
  return nearestWhole(near, 1, gpus, (value) => divides(value) && test(value) && canReplace(plan, of(value)))
    .flatMap((value) => setLegal(plan, "parallelism", key, value, of(value), buys));
}

/** The fixes that set the number of nodes to the nearest for which `given` GPUs go into the cluster a whole number of times. */
export function nodeFixes(plan: PlanSubject, given: number): readonly FixCandidate[] {
  const { record } = plan;
  const { nodes, gpus_per_node } = record.hardware;
  const step = given / greatestCommonDivisor(given, gpus_per_node);
  const of = (value: number) => withChanges(record, { hardware: { nodes: value } });
  return nearestWhole(nodes, step, Number.MAX_SAFE_INTEGER, (value) => canReplace(plan, of(value)))
    .flatMap((value) => setLegal(plan, "hardware", "nodes", value, of(value), layoutWords));
}

/** The fixes that set a key of the workload or the layout to the nearest multiples for which the whole layout holds. */
export function multipleFixes(
  plan: PlanSubject, part: "workload" | "parallelism", key: "global_batch_size" | "sequence_length" | "redundant_experts", near: number, step: number, buys: Buys,
): readonly FixCandidate[] {
  const { record } = plan;
  const of = (value: number) => withChanges(record, { [part]: { [key]: value } });
  return nearestWhole(near, step, Number.MAX_SAFE_INTEGER, (value) => canReplace(plan, of(value)))
    .flatMap((value) => setLegal(plan, part, key, value, of(value), buys));
}

/** The fix that writes a value, with what the layout then is; none where the layout does not hold. */
export function setLegal(plan: PlanSubject, path: string, key: string, value: number | string, record: PlanRecord, buys: Buys): readonly FixCandidate[] {
  const layout = legalLayout(record);
  return layout ? setIn(plan, path, key, value, { buys: buys(layout, record) }) : [];
}
