// Runs of sweeps, whose designs nobody tries here.
import { expect, test } from "vitest";
import type { SweepPool } from "../../../server/src/explore";
import { createSweepRuns } from "../../../server/src/lsp/sweep-runs";
import { sweep } from "../../kit/space";

function played() {
  const opened: (() => void)[] = [];
  const happened: string[] = [];
  const pool: SweepPool = {
    run: (from, to) => {
      happened.push(`tries ${from} to ${to}`);
      return new Promise(() => undefined);
    },
    attempt: () => Promise.reject(new Error("no search")), advise: () => Promise.resolve([]),
    stop: () => void happened.push("stops"), close: () => Promise.resolve(void happened.push("closes")),
  };
  const runs = createSweepRuns({ atOnce: 1, open: () => new Promise((resolve) => opened.push(() => resolve(pool))) }, {
    progress: ({ state }) => void happened.push(state), age: () => undefined, textOf: () => undefined,
  });
  const open = async () => {
    opened.shift()?.();
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { runs, open, happened };
}

const space = sweep("parallelism.ep = [32, 64]");

test("a run whose threads begin after the server was shut down tries nothing and says nothing", async () => {
  const { runs, open, happened } = played();
  runs.start(space);
  runs.dispose();
  await open();
  expect(happened).toEqual(["closes"]);
});

test("one that is shut down says nothing; one that is cancelled says so once", async () => {
  const { runs, open, happened } = played();
  const { id } = runs.start(space);
  await open();
  expect(runs.cancel(id)).toBe(true);
  expect(runs.cancel(id)).toBe(false);
  runs.start(space);
  await open();
  runs.dispose();
  expect(happened).toEqual(["tries 0 to 2", "stops", "closes", "cancelled", "tries 0 to 2", "stops", "closes"]);
});
