// The tools that set declarations side by side and search spaces of designs.
import { describe, expect, it } from "vitest";
import { smallPlans } from "../../kit/plans";
import { tiny, tinyFigures } from "../cli/designs";
import { ask, callTool, memoryFiles, refusal } from "./kit";

const files = memoryFiles({ "tiny.dsco": `${tiny}model Wide extends Tiny {\n  layers = 4\n}\nnic Card { rate = 400 Gbps }\nlet two = 2\n` });

interface Compared {
  readonly kind: string;
  readonly facts: readonly { readonly path: string; readonly a: string | null; readonly b: string | null }[];
  readonly figures: readonly { readonly a: { readonly id: string; readonly value: number }; readonly b: { readonly value: number }; readonly change: string }[];
  readonly equal_figures: number;
}

describe("compare", () => {
  it("gives the facts and the figures that differ, as text and as data", async () => {
    const { text, data } = await ask<Compared>("compare", { file: "tiny.dsco", a: "Tiny", b: "Wide" }, { files });
    expect(data.kind).toBe("model");
    expect(data.facts).toContainEqual({ path: "layers", a: "2", b: "4" });
    const cache = data.figures.find(({ a }) => a.id === "kv_bytes_per_token");
    expect([cache?.a.value, cache?.b.value, cache?.change]).toEqual([tinyFigures.kv_bytes_per_token, 2 * tinyFigures.kv_bytes_per_token, "+100.0 %"]);
    expect(text).toContain("| `layers` |");
    expect(text).toContain("no errors");
  });

  it("takes the standard library's names without a design, a part before one, and a design's own first", async () => {
    const { data } = await ask<Compared>("compare", { a: "DeepSeekV3", b: "std:models/moonshot:KimiK2", metrics: ["kv_bytes_per_token"] });
    expect(data.figures.map(({ a, b }) => [a.value, b.value])).toEqual([[70_272, 70_272]]);
    const own = await ask<Compared>("compare", { text: "model DeepSeekV3 { layers = 2 }\n", a: "DeepSeekV3", b: "std:models/deepseek:DeepSeekV3" });
    expect(own.data.facts).toContainEqual({ path: "layers", a: "2", b: "61" });
  });

  it("sees edits made in memory", async () => {
    const { data } = await ask<Compared>("compare", { file: "tiny.dsco", a: "Tiny", b: "Wide", set: ["Wide.layers=2"] }, { files });
    expect(data.facts).toEqual([]);
  });

  it.each([
    [{ file: "tiny.dsco", a: "Tiny", b: "Wid" }, "there is no declaration `Wid` in tiny.dsco; did you mean `Wide`?"],
    [{ file: "tiny.dsco", a: "Tiny", b: "Card" }, "`Tiny` is a model and `Card` is a nic: only declarations of one kind can be compared."],
    [{ a: "DeepSeekV3", b: "Nobody" }, "the standard library has no `Nobody`: `list_std` lists what it has, `file` or `text` gives a design."],
    [{ a: "DeepSeekV3", b: "std:models/deepseek:KimiK2" }, "the standard library has no `std:models/deepseek:KimiK2`"],
    [{ a: "DeepSeekV3" }, "The input of `compare` is not valid:"],
  ])("%j is refused with what to do", async (input, problem) => {
    expect(await refusal("compare", input, { files })).toContain(problem);
  });
});

interface Swept {
  readonly designs: number;
  readonly tried: number;
  readonly feasible: number;
  readonly front: readonly { readonly choices: Readonly<Record<string, string>>; readonly objectives: Readonly<Record<string, number>> }[];
  readonly left_out: readonly { readonly reason: string; readonly count: number }[];
  readonly advice: readonly string[];
}

const design = (lines: string) => `${smallPlans}sweep Batches of Answers {\n${lines}\n}\n`;
const batches = "  workload.batch_per_gpu = [16, 32, 64, 128]\n";

describe("sweep", () => {
  it("tries every design of a small space and gives the best", async () => {
    const { text, data } = await ask<Swept>("sweep", { text: design(`${batches}  minimize tpot`) });
    expect(data).toMatchObject({ designs: 4, tried: 4, feasible: 4, left_out: [], advice: [] });
    // a smaller batch is a shorter pass
    expect(data.front.map(({ choices }) => choices)).toEqual([{ "workload.batch_per_gpu": "16" }]);
    expect(data.front[0]?.objectives["tpot"]).toBeGreaterThan(0);
    expect(text).toMatch(/^sweep Batches of Answers: all 4 designs, 4 meet everything\nThe best by tpot:\n {2}workload\.batch_per_gpu = 16, tpot [\d.]+ ms$/m);
  });

  it("gives the front of two objectives, and says why designs are left out", async () => {
    const { data } = await ask<Swept>("sweep", { text: design(`${batches}  where batch <= 64\n  minimize tpot\n  maximize tokens_per_second_per_gpu`.replace("batch <=", "workload.batch_per_gpu <=")) });
    expect(data.feasible).toBe(3);
    expect(data.front).toHaveLength(3);
    expect(data.left_out).toEqual([{ reason: "workload.batch_per_gpu <= 64", count: 1 }]);
  });

  it("says what would let a design in where none is left", async () => {
    const { data } = await ask<Swept>("sweep", { text: design(`${batches}  where tpot <= 1 ns\n  minimize tpot`) });
    expect(data).toMatchObject({ tried: 4, feasible: 0, front: [] });
    expect(data.advice[1]).toMatch(/^Without `tpot <= 1 ns` 4 designs meet the rest; the nearest has tpot = /);
  });

  it("can be ended while it looks for that", async () => {
    const input = { text: design("  workload.batch_per_gpu = 1..64\n  where tpot <= 1 ns\n  minimize tpot") };
    const pausesOf = async (more: object) => {
      for (let cancelledAt = 1; ; cancelledAt += 1) if ((await callTool("sweep", { ...input, ...more }, { cancelledAt }).catch(() => undefined)) !== undefined) return cancelledAt - 1;
    };
    // of the first 63 designs nothing is said: without all of them nobody knows what is to blame
    expect(await pausesOf({}), "one for each eight designs that are tried without the condition").toBe((await pausesOf({ most: 63 })) + 8);
  });

  it("spreads what it may try over a large space", async () => {
    const { text, data } = await ask<Swept>("sweep", { text: design("  workload.batch_per_gpu = 1..100\n  minimize tpot"), most: 10 });
    expect(data).toMatchObject({ designs: 100, tried: 10 });
    expect(data.front.map(({ choices }) => choices["workload.batch_per_gpu"])).toEqual(["1"]);
    expect(text).toContain("10 of 100 designs, spread evenly");
  });

  it("takes edits in memory, and the sweep's name where there are several", async () => {
    const two = `${design(`${batches}  minimize tpot`)}sweep Other of Answers {\n${batches}  maximize tpot\n}\n`;
    expect(await refusal("sweep", { text: two })).toBe("text has several sweeps: give the `name` of one: Batches, Other.");
    expect(await refusal("sweep", { text: two, name: "Othr" })).toBe("text has no sweep `Othr`; did you mean `Other`?");
    expect((await ask<Swept>("sweep", { text: two, name: "Other", set: ["Write.context_length=2048"] })).data.tried).toBe(4);
  });

  it.each([
    [smallPlans, "text has no sweep"],
    [design("  workload.batch_per_gpu = [16, 0]\n  minimize tpot"), "Batches: "],
  ])("is refused where there is none to try", async (text, problem) => {
    expect(await refusal("sweep", { text })).toContain(problem);
  });

  it("ends when it is asked to stop", async () => {
    await expect(callTool("sweep", { text: design(`${batches}  minimize tpot`) }, { cancelledAt: 3 })).rejects.toThrow();
  });
});
