/** Threads that try the designs of a sweep. */

import { join } from "node:path";
import Tinypool from "tinypool";
import type { Stretch, SweepTask } from "../explore";
import type { StretchRequest } from "./sweep-worker";

export interface SweepPool {
  /** Tries the designs from `from` to before `to`; a run that was stopped ends earlier. */
  readonly run: (from: number, to: number) => Promise<Stretch>;
  /** Ends what runs within some milliseconds; what was tried until then is answered. */
  readonly stop: () => void;
  readonly close: () => Promise<void>;
}

export function sweepPool(task: SweepTask, threads: number): SweepPool {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const pool = new Tinypool({ filename: join(__dirname, "sweep-worker.js"), minThreads: threads, maxThreads: threads, workerData: task });
  return {
    run: (from, to) => pool.run({ from, to, stop } satisfies StretchRequest) as Promise<Stretch>,
    stop: () => void Atomics.store(stop, 0, 1),
    close: () => pool.destroy(),
  };
}
