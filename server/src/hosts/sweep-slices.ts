/** The designs of a sweep tried in moments of the server's own thread, where it has no other: in a browser. */

import { adviceSteps, joined, joinedTrials, openEvaluator, runStretch, tryDesigns, type Evaluator, type Stretch, type SweepPool, type SweepTask, type Trial } from "../explore";

/** Milliseconds for designs before messages are let in: short enough for a hover not to feel it. */
const moment = 8;

/** Designs between two looks at the clock. */
const atOnce = 4;

/** `pause` resolves after a moment in which messages that have arrived are answered. */
export function slicedPool(task: SweepTask, pause: () => Promise<void>): SweepPool {
  let isStopped = false;
  let evaluator: Evaluator | undefined;
  const open = (): Evaluator => (evaluator ??= openEvaluator(task));

  /** Takes steps for a moment at a time until there are none, or the run is stopped. */
  const inMoments = async (step: () => boolean): Promise<void> => {
    for (let isLeft = true; isLeft && !isStopped;) {
      const end = performance.now() + moment;
      while ((isLeft = step()) && performance.now() < end);
      await pause();
    }
  };

  return {
    run: async (from, to) => {
      const tried: Stretch[] = [];
      let at = from;
      await inMoments(() => {
        const stretch = runStretch(open(), at, Math.min(to, at + atOnce));
        tried.push(stretch);
        at = stretch.to;
        return at < to;
      });
      return tried.length === 0 ? { from, to: from, indices: new Float64Array(), values: new Float64Array(), reasons: [] } : joined(tried);
    },
    attempt: async (designs) => {
      const trials: Trial[] = [];
      let at = 0;
      await inMoments(() => {
        if (at >= designs.length) return false;
        trials.push(tryDesigns(open(), designs.slice(at, at + atOnce)));
        at += atOnce;
        return at < designs.length;
      });
      return joinedTrials(trials);
    },
    advise: async (reasons) => {
      const steps = adviceSteps(open().compiled.space, reasons);
      let lines: readonly string[] = [];
      await inMoments(() => {
        const step = steps.next();
        if (step.done) lines = step.value;
        return !step.done;
      });
      return lines;
    },
    stop: () => {
      isStopped = true;
    },
    close: () => Promise.resolve(),
  };
}
