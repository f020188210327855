/** Every design of a space, tried in threads. */

import { gaps, headerLine, readRun, stretchLine, taskOf, type Space, type Stretch } from "../../explore";
import { beginRecord, noteIn, recorded, type RunFile } from "./record-file";

/** Designs that a thread tries before it answers: short enough to lose little, long enough to cost nothing. */
const stretchLength = 2000;

export interface SweepRun extends RunFile {
  readonly space: Space;
  /** Threads. */
  readonly jobs: number;
}

/** Tries what is left to try, and writes down every stretch as soon as it is there. */
export async function triedStretches(run: SweepRun): Promise<readonly Stretch[]> {
  const { space, header, jobs, host } = run;
  const known = recorded(run, readRun)?.stretches ?? [];
  if (known.length === 0) beginRecord(run, headerLine(header));
  const stretches = [...known];
  const left = gaps(header.from, header.to, known).flatMap(([from, to]) =>
    Array.from({ length: Math.ceil((to - from) / stretchLength) }, (_, index) => [from + index * stretchLength, Math.min(to, from + (index + 1) * stretchLength)] as const));
  if (left.length === 0) return stretches;
  const pool = (await host.sweepTools()).sweepPool(taskOf(space), Math.min(jobs, left.length));
  try {
    await Promise.all(left.map(async ([from, to]) => {
      const stretch = await pool.run(from, to);
      stretches.push(stretch);
      noteIn(run, stretchLine(stretch));
    }));
  } finally {
    await pool.close();
  }
  return stretches;
}
