/** Sweeps that were started: each tries its designs beside the server and tells what it finds. */

import { isSearched, runSearch, stretchOfTrials, tallyOf, taskOf, type Space, type Stretch, type SweepPool, type SweepTask, type Tally } from "../explore";
import type { SweepRunner } from "./host";
import type { SweepAge, SweepProgress } from "./protocol";

export interface SweepRun {
  readonly id: string;
  readonly space: Space;
  /** The objectives of a design that meets everything, in base units; `undefined` for another one. */
  readonly valuesOf: (design: number) => readonly number[] | undefined;
}

export interface SweepRuns {
  /** A run of the same sweep that is going on ends. */
  readonly start: (space: Space) => SweepRun;
  /** `undefined` for a run that is not known, or not any more: those of other sweeps have taken its place. */
  readonly get: (id: string) => SweepRun | undefined;
  /** False where it has ended before. */
  readonly cancel: (id: string) => boolean;
  /** A text has changed: runs are told whether they are of what the files say now. */
  readonly textChanged: () => void;
  readonly dispose: () => void;
}

export interface SweepListener {
  readonly progress: (progress: SweepProgress) => void;
  readonly age: (age: SweepAge) => void;
  /** The text of a file as it is now. */
  readonly textOf: (uri: string) => string | undefined;
}

/** Designs that are tried before a thread answers: a tenth of a second of slow ones, and messages are few beside fast ones. */
const stretchLength = 128;

/** Milliseconds between two messages of a run. */
const betweenMessages = 100;

/** Milliseconds without an edit before runs are compared with the files. */
const rest = 150;

/** Runs whose results are kept: of more sweeps than a reader looks at. */
const mostRuns = 8;

interface Entry extends SweepRun {
  readonly task: SweepTask;
  readonly tally: Tally;
  /** By their place in the run: all but the last are of one length; of a search, generations in their order. */
  readonly stretches: Map<number, Stretch>;
  state: SweepProgress["state"];
  isOutdated: boolean;
  pool: SweepPool | undefined;
  /** What was found since the last message. */
  fresh: Stretch[];
  front: string;
  timer: ReturnType<typeof setTimeout> | undefined;
}

export function createSweepRuns({ atOnce, open }: SweepRunner, listener: SweepListener): SweepRuns {
  const entries = new Map<string, Entry>();
  // the next server of an editor must not take a run of this one for its own
  const series = Math.random().toString(36).slice(2, 8);
  let last = 0;
  let ageTimer: ReturnType<typeof setTimeout> | undefined;

  const tell = (entry: Entry, end: Pick<SweepProgress, "failure" | "advice"> = {}): void => {
    const { id, state, tally, fresh } = entry;
    const front = tally.front.designs().map(({ index }) => index);
    const key = front.join();
    const isNewFront = key !== entry.front;
    entry.front = key;
    entry.fresh = [];
    listener.progress({
      run: id, state, tried: tally.tried(), feasible: tally.feasible(), reasons: tally.reasons(), ...(isNewFront ? { front } : {}), ...end,
      designs: fresh.flatMap(({ indices }) => [...indices]), values: fresh.flatMap(({ values }) => [...values]),
    });
  };

  const soon = (entry: Entry): void => {
    entry.timer ??= setTimeout(() => {
      entry.timer = undefined;
      if (entry.state === "running") tell(entry);
    }, betweenMessages);
  };

  /** False where it has ended before. */
  const halt = (entry: Entry, state: Entry["state"]): boolean => {
    if (entry.state !== "running") return false;
    entry.state = state;
    clearTimeout(entry.timer);
    entry.pool?.stop();
    // the threads end by themselves: nobody waits for them
    entry.pool?.close().catch(() => undefined);
    return true;
  };

  const end = (entry: Entry, state: Entry["state"], more: Pick<SweepProgress, "failure" | "advice"> = {}): boolean => {
    const isEnd = halt(entry, state);
    if (isEnd) tell(entry, more);
    return isEnd;
  };

  const take = (entry: Entry, stretch: Stretch, place: number): void => {
    if (entry.state !== "running") return;
    entry.tally.add(stretch);
    entry.stretches.set(place, stretch);
    entry.fresh.push(stretch);
    soon(entry);
  };

  /** Every design, as many stretches at once as there are threads. */
  const tryAll = async (entry: Entry, pool: SweepPool): Promise<void> => {
    const { size } = entry.space;
    let next = 0;
    const tryNext = async (): Promise<void> => {
      while (next < size && entry.state === "running") {
        const from = next;
        next = Math.min(size, from + stretchLength);
        take(entry, await pool.run(from, next), from / stretchLength);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, tryNext));
  };

  const search = async (entry: Entry, pool: SweepPool): Promise<void> => {
    const { space, stretches } = entry;
    await runSearch({ space, attempt: pool.attempt, parts: atOnce, onTrial: (trial) => take(entry, stretchOfTrials([trial], space.objectives.length), stretches.size) });
  };

  const run = async (entry: Entry): Promise<void> => {
    const { task, tally, space } = entry;
    const pool = await open(task);
    entry.pool = pool;
    // it may have been cancelled meanwhile
    if (entry.state !== "running") return void (await pool.close());
    await (isSearched(space) ? search(entry, pool) : tryAll(entry, pool));
    if (entry.state !== "running") return;
    const advice = tally.feasible() === 0 ? await pool.advise(tally.reasons()) : undefined;
    end(entry, "done", advice ? { advice } : {});
  };

  const checkAges = (): void => {
    ageTimer = undefined;
    for (const entry of entries.values()) {
      const isOutdated = Object.entries(entry.task.files).some(([uri, text]) => listener.textOf(uri) !== text);
      if (isOutdated === entry.isOutdated) continue;
      entry.isOutdated = isOutdated;
      listener.age({ run: entry.id, isOutdated });
    }
  };

  return {
    start: (space) => {
      for (const entry of entries.values()) if (isSameSweep(entry.space, space)) end(entry, "cancelled");
      const stretches = new Map<number, Stretch>();
      const entry: Entry = {
        id: `${series}-${(last += 1)}`, space, task: taskOf(space), tally: tallyOf(space), stretches,
        valuesOf: (design) => valuesIn(isSearched(space) ? [...stretches.values()].find(({ indices }) => indices.includes(design)) : stretches.get(Math.floor(design / stretchLength)), design, space.objectives.length),
        state: "running", isOutdated: false, pool: undefined, fresh: [], front: "", timer: undefined,
      };
      entries.set(entry.id, entry);
      const ended = [...entries.values()].filter(({ state }) => state !== "running");
      for (const { id } of ended.slice(0, Math.max(0, entries.size - mostRuns))) entries.delete(id);
      run(entry).catch((fault: unknown) => void end(entry, "failed", { failure: fault instanceof Error ? fault.message : String(fault) }));
      return entry;
    },
    get: (id) => entries.get(id),
    cancel: (id) => {
      const entry = entries.get(id);
      return entry !== undefined && end(entry, "cancelled");
    },
    textChanged: () => {
      if (entries.size === 0) return;
      clearTimeout(ageTimer);
      ageTimer = setTimeout(checkAges, rest);
    },
    dispose: () => {
      clearTimeout(ageTimer);
      // also those whose threads have not begun yet: they find that they are not wanted any more
      for (const entry of entries.values()) halt(entry, "cancelled");
      entries.clear();
    },
  };
}

function valuesIn(stretch: Stretch | undefined, design: number, width: number): readonly number[] | undefined {
  const place = stretch?.indices.indexOf(design) ?? -1;
  return place < 0 ? undefined : stretch && [...stretch.values.subarray(place * width, (place + 1) * width)];
}

const isSameSweep = ({ sweep: one }: Space, { sweep: other }: Space): boolean => one.name === other.name && one.file.uri === other.file.uri;
