/** What a thread of a sweep runs: it opens the sweep once and then tries stretches of its designs. */

import { isMainThread, workerData } from "node:worker_threads";
import { adviceFor, openEvaluator, runStretch, tryDesigns, type Evaluator, type ReasonCount, type Stretch, type SweepTask, type Trial } from "../explore";

export type ThreadRequest =
  | {
    readonly kind: "stretch";
    readonly from: number;
    readonly to: number;
    /** Its first element is set to stop the run. */
    readonly stop: Int32Array<SharedArrayBuffer>;
  }
  | { readonly kind: "designs"; readonly designs: readonly number[]; readonly stop: Int32Array<SharedArrayBuffer> }
  | { readonly kind: "advice"; readonly reasons: readonly ReasonCount[] };

let evaluator: Evaluator | undefined;

/** True in a thread, whichever bundle it was started with: nothing but requests is to be done there. */
export const isThread = !isMainThread;

/** Throws where the sweep cannot be opened: the starter has opened it before. */
export default function run(request: ThreadRequest): Stretch | Trial | readonly string[] {
  const [, task] = workerData as readonly [unknown, SweepTask];
  evaluator ??= openEvaluator(task);
  if (request.kind === "advice") return adviceFor(evaluator.compiled.space, request.reasons);
  const isStopped = (): boolean => Atomics.load(request.stop, 0) !== 0;
  return request.kind === "designs" ? tryDesigns(evaluator, request.designs, isStopped) : runStretch(evaluator, request.from, request.to, isStopped);
}
