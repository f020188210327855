import type { FixCandidate } from "../../core";
import type { Layout } from "../../cost/plan/layout";
import type { PlanRecord } from "../../cost/plan/record";
import { greatestCommonDivisor } from "../../cost/whole-numbers";
import { fitsDomain, fitsMemory, gpusOf, layoutText, legalLayout, withChanges } from "./conditions";
import { setIn, type PlanSubject } from "./plan";

/** Candidates that a search tries on either side: no design is further off, and no slip of a digit may stop the editor. */
const reach = 5_000;

/** Of the candidates that pass, those whose memory is computed: it takes a hundred times as long. */
const mostWeighed = 8;

type Test = (candidate: number) => boolean;

/**
 * The whole numbers next to `near` that pass a test and are accepted, in steps of `step` counted from 0, from `step` to `most`: the
 * lower one first. `accept` may take long and is asked only of the first few that pass.
 */
export function nearestWhole(near: number, step: number, most: number, test: Test, accept: Test = () => true): readonly number[] {
  const search = (from: number, by: number): number | undefined => {
    let weighed = 0;
    for (let value = from, tries = 0; tries < reach && weighed < mostWeighed && value >= step && value <= most; value += by, tries += 1) {
      if (value === near || !test(value)) continue;
      if (accept(value)) return value;
      weighed += 1;
    }
    return undefined;
  };
  const below = search(Math.min(Math.floor(most / step), Math.ceil(near / step) - 1) * step, -step);
  const above = search((Math.floor(near / step) + 1) * step, step);
  return [below, above].filter((value) => value !== undefined);
}

/** What a change of a plan buys, in words. */
export type Buys = (layout: Layout, record: PlanRecord) => string;

const layoutWords: Buys = (layout) => layoutText(layout);

interface Search {
  readonly path: "parallelism" | "workload" | "hardware";
  readonly key: string;
  readonly near: number;
  readonly step: number;
  readonly most: number;
  /** The plan with a value of the key. */
  readonly of: (value: number) => PlanRecord;
  readonly buys: Buys;
  readonly test?: Test;
}

/** The fixes that write the nearest values for which the whole layout holds and fits the memory, as far as the plan's own does. */
function searchFixes(plan: PlanSubject, { path, key, near, step, most, of, buys, test = () => true }: Search): readonly FixCandidate[] {
  const isOver = plan.legal() !== undefined && !fitsMemory(plan.record);
  return nearestWhole(near, step, most, (value) => test(value) && legalLayout(of(value)) !== undefined, (value) => isOver || fitsMemory(of(value)))
    .flatMap((value) => setLegal(plan, path, key, value, of(value), buys));
}

export type DegreeKey = "tp" | "pp" | "cp" | "dp" | "ep" | "etp";

/** The fixes that set a degree to the nearest values. */
export function degreeFixes(plan: PlanSubject, key: DegreeKey, near: number, buys: Buys = layoutWords, test: Test = () => true): readonly FixCandidate[] {
  const { record } = plan;
  const gpus = gpusOf(record);
  const isTensor = key === "tp" || key === "etp"; // a fix that leaves the scale-up domain is none
  const divides: Test = (value) => (gpus % value === 0 || key === "dp") && (!isTensor || fitsDomain(record, value));
  return searchFixes(plan, {
    path: "parallelism", key, near, step: 1, most: gpus, of: (value) => withChanges(record, { parallelism: { [key]: value } }), buys, test: (value) => divides(value) && test(value),
  });
}

/** The fixes that set the number of nodes to the nearest for which `given` GPUs go into the cluster a whole number of times. */
export function nodeFixes(plan: PlanSubject, given: number): readonly FixCandidate[] {
  const { record } = plan;
  const { nodes, gpus_per_node } = record.hardware;
  return searchFixes(plan, {
    path: "hardware", key: "nodes", near: nodes, step: given / greatestCommonDivisor(given, gpus_per_node), most: Number.MAX_SAFE_INTEGER,
    of: (value) => withChanges(record, { hardware: { nodes: value } }), buys: layoutWords,
  });
}

/** The fixes that set a key of the workload to the nearest multiples of `step`. */
export const multipleFixes = (plan: PlanSubject, key: "global_batch_size" | "sequence_length", near: number, step: number, buys: Buys): readonly FixCandidate[] =>
  searchFixes(plan, { path: "workload", key, near, step, most: Number.MAX_SAFE_INTEGER, of: (value) => withChanges(plan.record, { workload: { [key]: value } }), buys });

/** The fix that writes a value, with what the layout then is; none where the layout does not hold. */
export function setLegal(plan: PlanSubject, path: string, key: string, value: number | string, record: PlanRecord, buys: Buys): readonly FixCandidate[] {
  const layout = legalLayout(record);
  return layout ? setIn(plan, path, key, value, { buys: buys(layout, record) }) : [];
}
