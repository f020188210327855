/** Threads that try the designs of a sweep. */

import { join } from "node:path";
import Tinypool from "tinypool";
import type { Stretch, SweepPool, SweepTask, Trial } from "../explore";
import type { ThreadRequest } from "./sweep-worker";

/** In megabytes: a thread keeps some tens, and would else let garbage pile up to hundreds before it collects. */
const resourceLimits = { maxOldGenerationSizeMb: 112, maxYoungGenerationSizeMb: 30 };

/** `program`: the bundle that a thread runs, whose default export is that of `sweep-worker`. */
export function sweepPool(task: SweepTask, threads: number, program = join(__dirname, "sweep-worker.js")): SweepPool {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const pool = new Tinypool({ filename: program, minThreads: threads, maxThreads: threads, workerData: task, resourceLimits });
  return {
    run: (from, to) => pool.run({ kind: "stretch", from, to, stop } satisfies ThreadRequest) as Promise<Stretch>,
    attempt: (designs) => pool.run({ kind: "designs", designs, stop } satisfies ThreadRequest) as Promise<Trial>,
    advise: (reasons) => pool.run({ kind: "advice", reasons } satisfies ThreadRequest) as Promise<readonly string[]>,
    stop: () => void Atomics.store(stop, 0, 1),
    close: () => pool.destroy(),
  };
}
