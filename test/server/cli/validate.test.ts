import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import type { Comparison } from "../../../server/src/cli/validate/comparisons";
import { summarize } from "../../../server/src/cli/validate/summary";
import { judge } from "../../../server/src/cli/validate/verdict";
import { evidenceGroups, notModelled } from "../../../server/src/evidence";
import { dimensions } from "../../../server/src/units";
import { runIn, words } from "./memory-host";

describe("a verdict", () => {
  // [estimate, published, worth of the last printed digit, words]
  it.each([
    [671_026_419_200, 671e9, 1e9, "exact"],
    [671_600_000_000, 671e9, 1e9, "within 3 %"],
    [70_272, 70_272, 1, "exact"],
    [14.757, 14.76, 0.01, "exact"],
    [14.766, 14.76, 0.01, "within 3 %"],
    [103, 100, 0, "within 3 %"],
    [96.9, 100, 0, "within 10 %"],
    [110.1, 100, 0, "within 25 %"],
    [75, 100, 0, "within 25 %"],
    [60, 100, 0, "off by 40 %"],
    [250, 100, 0, "off by 150 %"],
    [100, 100, 0, "exact"],
  ])("%d for %d (last digit %d): %s", (estimate, published, lastDigit, wanted) => {
    expect(judge(estimate, published, lastDigit).words).toBe(wanted);
  });

  test("depends on the ratio alone", () => {
    const positive = fc.double({ min: 1e-9, max: 1e9, noNaN: true });
    fc.assert(fc.property(positive, fc.double({ min: 0.01, max: 100, noNaN: true }), (published, ratio) => {
      const verdict = judge(published * ratio, published, 0);
      expect(verdict.ratio).toBeCloseTo(ratio, 9);
      expect(verdict.error).toBe(Math.abs(verdict.ratio - 1));
    }));
  });
});

const compared = (name: string, estimate: number): Comparison => ({
  group: "g", name, metric: "step_time", form: { unit: "s", dimension: dimensions.time, share: false }, published: 100, source: "a source",
  outcome: { kind: "compared", estimate, verdict: judge(estimate, 100, 0) },
});
const missing: Comparison = { ...compared("none", 1), outcome: { kind: "not computed", reason: "a reason" } };

describe("a summary", () => {
  it("has mean, median and worst error of what was compared", () => {
    // errors 0, 0.1, 0.2 and 0.5
    const summary = summarize([compared("a", 120), compared("b", 100), missing, compared("c", 50), compared("d", 90)]);
    expect(summary).toMatchObject({ compared: 4, notComputed: 1, exact: 1, worst: { name: "c" } });
    expect(summary.mean).toBeCloseTo(0.2, 12);
    expect(summary.median).toBeCloseTo(0.15, 12);
    expect(summary.worst?.error).toBeCloseTo(0.5, 12);
  });

  it("says nothing of nothing", () => {
    expect(summarize([missing])).toEqual({ compared: 0, notComputed: 1, exact: 0, mean: undefined, median: undefined, worst: undefined });
  });
});

interface Printed {
  readonly version: number;
  readonly passed: boolean;
  readonly groups: readonly {
    readonly title: string;
    readonly mustBeExact: boolean;
    readonly comparisons: readonly { readonly published: number; readonly estimate: number | null; readonly ratio: number | null; readonly verdict: string; readonly reason?: string }[];
    readonly notModelled: readonly unknown[];
  }[];
}

describe("dsco validate", () => {
  it("prints JSON in which every figure has a verdict or a reason", async () => {
    const { code, output, errors } = await runIn({}, words("validate --format json"));
    const { version, passed, groups } = JSON.parse(output) as Printed;
    expect({ version, errors }).toEqual({ version: 1, errors: "" });
    const mustBeExact = groups.filter((group) => group.mustBeExact).flatMap(({ comparisons }) => comparisons);
    expect(mustBeExact.length).toBeGreaterThan(40);
    expect(passed).toBe(mustBeExact.every(({ verdict }) => verdict === "exact"));
    expect(code).toBe(passed ? 0 : 1);
    for (const { published, estimate, ratio, verdict, reason } of groups.flatMap(({ comparisons }) => comparisons)) {
      expect(published).toBeGreaterThan(0);
      if (estimate === null || ratio === null) expect({ verdict, reason }).toEqual({ verdict: "not computed", reason: expect.stringMatching(/\w/) as string });
      else expect(Math.abs(estimate / published - ratio)).toBeLessThan(1e-9 * Math.max(1, ratio));
    }
    expect(groups.flatMap((group) => group.notModelled)).toHaveLength(notModelled.length);
  });

  it.each(["text", "markdown"])("prints every group, case and reason as %s", async (format) => {
    const { output } = await runIn({}, words(`validate --format ${format}`), { columns: 120 });
    const flat = output.replace(/\s+/g, " ").replace(/\\/g, "");
    for (const { title } of evidenceGroups) expect(flat).toContain(title);
    for (const { reason } of notModelled) expect(flat).toContain(reason);
    expect(flat).toContain("DeepSeek-V3, 2,048 H800 on eight planes");
    expect(flat).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("makes tables of equal rows in Markdown", async () => {
    const { output } = await runIn({}, words("validate --format markdown"));
    for (const table of output.split("\n\n").filter((block) => block.startsWith("|"))) {
      const cells = table.trimEnd().split("\n").map((line) => line.split(/(?<!\\)\|/).length);
      expect(new Set(cells).size, table.slice(0, 100)).toBe(1);
    }
  });

  it.each([
    ["validate a.dsco", "dsco validate: it takes no files: its designs are part of dsco.\n"],
    ["validate --format xml", "dsco validate: --format takes text, json or markdown: found xml.\n"],
  ])("%s: wrong use", async (line, wanted) => {
    expect(await runIn({}, words(line))).toMatchObject({ code: 2, errors: wanted, output: "" });
  });
});
