/** What a thread of a sweep runs: it opens the sweep once and then tries stretches of its designs. */

import { isMainThread, workerData } from "node:worker_threads";
import { adviceFor, openEvaluator, runStretch, type Evaluator, type ReasonCount, type Stretch, type SweepTask } from "../explore";

export type ThreadRequest =
  | {
    readonly kind: "stretch";
    readonly from: number;
    readonly to: number;
    /** Its first element is set to stop the run. */
    readonly stop: Int32Array<SharedArrayBuffer>;
  }
  | { readonly kind: "advice"; readonly reasons: readonly ReasonCount[] };

let evaluator: Evaluator | undefined;

/** True in a thread, whichever bundle it was started with: nothing but requests is to be done there. */
export const isThread = !isMainThread;

/** Throws where the sweep cannot be opened: the starter has opened it before. */
export default function run(request: ThreadRequest): Stretch | readonly string[] {
  const [, task] = workerData as readonly [unknown, SweepTask];
  evaluator ??= openEvaluator(task);
  if (request.kind === "advice") return adviceFor(evaluator.compiled.space, request.reasons);
  const { from, to, stop } = request;
  return runStretch(evaluator, from, to, () => Atomics.load(stop, 0) !== 0);
}
