/** Threads that try the designs of a sweep. */

import { join } from "node:path";
import Tinypool from "tinypool";
import type { Stretch, SweepPool, SweepTask } from "../explore";
import type { ThreadRequest } from "./sweep-worker";

/** `program`: the bundle that a thread runs, whose default export is that of `sweep-worker`. */
export function sweepPool(task: SweepTask, threads: number, program = join(__dirname, "sweep-worker.js")): SweepPool {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const pool = new Tinypool({ filename: program, minThreads: threads, maxThreads: threads, workerData: task });
  return {
    run: (from, to) => pool.run({ kind: "stretch", from, to, stop } satisfies ThreadRequest) as Promise<Stretch>,
    advise: (reasons) => pool.run({ kind: "advice", reasons } satisfies ThreadRequest) as Promise<readonly string[]>,
    stop: () => void Atomics.store(stop, 0, 1),
    close: () => pool.destroy(),
  };
}
