/** A space above its budget, searched in threads. */

import { headerLine, mostSearched, readSearchRecord, runSearch, stretchOfTrials, taskOf, trialLine, type Stretch } from "../../explore";
import { formatGrouped } from "../../units";
import { WrongUse } from "../command";
import type { SweepRun } from "./exhaust";
import { beginRecord, noteIn, recorded, recordPath, strange } from "./record-file";

/**
 * What a search found, in the order of the designs; it counts what was tried. Every generation is written down as soon as it is there, and one
 * that was ended is gone through again up to there: the same seed makes the same generations. Throws `WrongUse` where the record is of another.
 */
export async function searched(run: SweepRun): Promise<Stretch> {
  const { space, header, out, jobs, host } = run;
  if (space.size > mostSearched) throw new WrongUse(`${header.sweep} has more than ${formatGrouped(mostSearched)} designs, which have no numbers: write fewer values`);
  const known = recorded(run, readSearchRecord)?.trials ?? [];
  if (known.length === 0) beginRecord(run, headerLine(header));
  const pool = (await host.sweepTools()).sweepPool(taskOf(space), jobs);
  try {
    const { kind, trials } = await runSearch({ space, attempt: pool.attempt, parts: jobs, known, onTrial: (trial) => { noteIn(run, trialLine(trial)); } });
    if (kind === "strange" && out !== undefined) throw strange(recordPath(out));
    return stretchOfTrials(trials, space.objectives.length);
  } finally {
    await pool.close();
  }
}
