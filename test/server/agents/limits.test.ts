import { describe, expect, it } from "vitest";
import { bounded, clip, limits } from "../../../server/src/agents/limits";
import { tiny } from "../cli/designs";
import { ask } from "./kit";

describe("the length of an answer", () => {
  it("is bounded at the end of a line, and says how to ask for the rest", () => {
    const lines = Array.from({ length: 100 }, (_, index) => `${index}`.padEnd(999, "x"));
    const text = bounded(lines, "ask for less");
    // 30 lines of 999 characters and their line ends.
    expect(text.split("\n")).toEqual([...lines.slice(0, 30), "… 70 more lines are left out: ask for less"]);
    expect(bounded(lines.slice(0, 30), "ask for less")).toBe(lines.slice(0, 30).join("\n"));
  });

  it("is bounded for names and values of any length", async () => {
    expect(clip("x".repeat(limits.message))).toHaveLength(limits.message);
    expect(clip("x".repeat(limits.message + 1))).toBe(`${"x".repeat(limits.message)}…`);
    const name = "N".repeat(50_000);
    const { text, data } = await ask("check", { text: tiny.replace("Tiny", name).replace("heads = 2", `heads = ${name}`) });
    expect(text.length).toBeLessThan(10_000);
    expect(JSON.stringify(data).length).toBeLessThan(10_000);
  });

  it("of a large design stays within what a model is handed", async () => {
    const text = Array.from({ length: 300 }, (_, index) => tiny.replace("model Tiny", `model Tiny${index}`)).join("\n");
    for (const [name, input] of [["report", { all: true }], ["check", { limit: 200 }], ["what_if", { edits: [{ old_text: "", new_text: "let a = 1" }], all: true }], ["explain", { about: "Tiny0.layers" }]] as const) {
      const answer = await ask(name, { text, ...input });
      expect(answer.text.length).toBeLessThan(limits.text + 200);
      expect(JSON.stringify(answer.data).length).toBeLessThan(80_000);
    }
  });
});
