/** What a thread of a sweep runs: it opens the sweep once and then tries stretches of its designs. */

import { workerData } from "node:worker_threads";
import { evaluatorOf, openTask, runStretch, type Evaluator, type Stretch, type SweepTask } from "../explore";

export interface StretchRequest {
  readonly from: number;
  readonly to: number;
  /** Its first element is set to stop the run. */
  readonly stop: Int32Array<SharedArrayBuffer>;
}

let evaluator: Evaluator | undefined;

/** Throws where the sweep cannot be opened: the starter has opened it before. */
export default function run({ from, to, stop }: StretchRequest): Stretch {
  evaluator ??= open();
  return runStretch(evaluator, from, to, () => Atomics.load(stop, 0) !== 0);
}

function open(): Evaluator {
  const [, task] = workerData as readonly [unknown, SweepTask];
  const space = openTask(task);
  if (typeof space === "string") throw new Error(space);
  return evaluatorOf(space);
}
