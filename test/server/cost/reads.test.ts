// What several figures of a plan share is computed once; each of them still names everything that it rests on.
import { describe, expect, it } from "vitest";
import { explainFigure, figuresOf } from "../../../server/src/analysis";
import { noteReads, repeatReads, watchedRecord } from "../../../server/src/cost/reads";
import { once } from "../../../server/src/cost/once";
import { declarationOf } from "../../kit/workspace";
import { smallPlans } from "../../kit/plans";

const pathsOf = (found: ReturnType<typeof explainFigure>) => (found?.inputs ?? []).map(({ path }) => path).sort();

describe.each(["Train", "Prompts", "Answers"])("%s", (name) => {
  it("has the same inputs whatever was explained before", () => {
    const shared = declarationOf({ "a.dsco": smallPlans }, name);
    for (const { id, figure } of figuresOf(shared.workspace, shared.declaration)) {
      const alone = declarationOf({ "a.dsco": smallPlans }, name);
      const [early, late] = [alone, shared].map(({ workspace, declaration }) => pathsOf(explainFigure(workspace, declaration, id)));
      expect({ id, paths: late }).toEqual({ id, paths: early });
      if (figure.kind === "value") expect(late?.length, id).toBeGreaterThan(0);
    }
  });
});

it("the time of a checkpoint rests on bytes and storage, on no link and no operator", () => {
  const stored = smallPlans.replace("price = 2 USD/h", "price = 2 USD/h, storage { write_bandwidth = 5 GB/s }");
  const { workspace, declaration } = declarationOf({ "a.dsco": stored }, "Train");
  const paths = pathsOf(explainFigure(workspace, declaration, "checkpoint_time"));
  expect(paths).toEqual(expect.arrayContaining(["hardware.storage.write_bandwidth", "model.precision.master_weights"]));
  expect(paths.filter((path) => /^hardware\.(nic|network|gpu)\b/.test(path))).toEqual([]);
});

describe("noted reads", () => {
  const record = { a: 1, inner: { b: "two" }, list: [3, 4], items: [{ c: true }], absent: undefined as number | undefined };

  it("name each property that is read, in the order of the first reading", () => {
    const watched = watchedRecord(record, "");
    const { result, inputs } = noteReads(() => `${watched.inner.b} ${watched.items[0]?.c} ${watched.a} ${watched.a} ${watched.list[1]} ${watched.absent}`);
    expect(result).toBe("two true 1 1 4 undefined");
    expect([...inputs.keys()]).toEqual(["inner.b", "items[0].c", "a", "list"]);
  });

  it("reach whoever takes a kept result, and nobody else", () => {
    const watched = watchedRecord(record, "");
    const sum = once(() => watched.a + watched.items.length);
    expect([...noteReads(sum).inputs.keys()]).toEqual(["a"]);
    expect([...noteReads(sum).inputs.keys()]).toEqual(["a"]);
    expect([...noteReads(() => watched.inner.b).inputs.keys()]).toEqual(["inner.b"]);
    const outer = noteReads(() => [noteReads(() => watched.inner.b).result, sum()]);
    expect([...outer.inputs.keys()]).toEqual(["inner.b", "a"]);
  });

  it("are kept of a computation that fails", () => {
    const watched = watchedRecord(record, "");
    const fails = once(() => {
      throw new Error(String(watched.a));
    });
    const readAgain = () => [...noteReads(() => expect(fails).toThrow("1")).inputs.keys()];
    expect([readAgain(), readAgain()]).toEqual([["a"], ["a"]]);
  });

  it("go nowhere where nothing is explained", () => {
    expect(() => repeatReads(noteReads(() => watchedRecord(record, "").a).inputs)).not.toThrow();
  });
});
