// The published figures as such: that their files are sound, that each stands in one group, that none is lost.
import { describe, expect, test } from "vitest";
import { parse, print } from "../../../grammar/src";
import { metricIds } from "../../../server/src/analysis";
import { bindDeclaration, evaluateAssertion, fileScope, type BoundDeclaration } from "../../../server/src/core";
import { compareEvidence, openEvidence } from "../../../server/src/cli/validate/comparisons";
import { operatorComparisons } from "../../../server/src/cli/validate/operators";
import { rankMemoryComparisons } from "../../../server/src/cli/validate/rank-memory";
import { validate } from "../../../server/src/cli/validate/summary";
import { evidenceFiles, evidenceGroups, notModelled } from "../../../server/src/evidence";
import { checkFile } from "../../../server/src/rules";

const workspace = openEvidence();

const declarationsOf = (uri: string): readonly BoundDeclaration[] => {
  const scope = fileScope(workspace, uri);
  return (scope?.declarations ?? []).flatMap((node) => (scope && node.kind === "declaration" ? (bindDeclaration(workspace, node, scope) ?? []) : []));
};

interface Line {
  readonly declaration: BoundDeclaration;
  readonly assertion: BoundDeclaration["assertions"][number];
  readonly metric: string;
}

const linesOf = (uri: string): readonly Line[] =>
  declarationsOf(uri).flatMap((declaration) =>
    declaration.assertions.flatMap((assertion) =>
      assertion.kind === "measured" && !assertion.inherited
        ? [{ declaration, assertion, metric: assertion.file.source.text.slice(assertion.node.metric.start, assertion.node.metric.end) }]
        : []));

const uris = [...evidenceFiles.keys()];

/** Of syntax, names, values, models and hardware; whether a layout fits a published cluster is an estimate, and judged elsewhere. */
const isOfTheText = (code: string): boolean => /^DSCO[1-4]/.test(code) && !["DSCO2010", "DSCO2090"].includes(code);

describe.each(uris)("%s", (uri) => {
  test("has no error", () => {
    const errors = checkFile(workspace, uri).filter(({ severity, code }) => severity === "error" && isOfTheText(code));
    expect(errors.map(({ message }) => message)).toEqual([]);
  });

  test("is laid out in the canonical form", () => {
    const text = evidenceFiles.get(uri) ?? "";
    expect(print(parse(text))).toBe(text);
  });

  test("names for every measurement a metric, a source and a value above zero", () => {
    for (const { declaration, assertion, metric } of linesOf(uri)) {
      if (assertion.kind !== "measured") continue;
      const what = `${declaration.name}.${metric}`;
      expect(metricIds(declaration.keyword), what).toContain(metric);
      expect(assertion.node.from?.value, what).toMatch(/\w{4}/);
      expect(evaluateAssertion(workspace, declaration, assertion).right, what).toBeGreaterThan(0);
    }
  });

  test("has every measurement in one group", () => {
    const groups = evidenceGroups.filter(({ file }) => file === uri);
    for (const { metric } of linesOf(uri)) {
      const named = groups.filter(({ metrics }) => metrics?.includes(metric));
      const rest = groups.filter(({ metrics }) => metrics === undefined);
      expect(named.length === 0 ? rest.length : named.length, `groups of ${metric}`).toBe(1);
    }
  });
});

test("every group has comparisons, and every measurement is one", () => {
  const comparisons = compareEvidence(workspace);
  expect(comparisons).toHaveLength(uris.flatMap(linesOf).length);
  for (const { title } of evidenceGroups) expect(comparisons.some(({ group }) => group === title), title).toBe(true);
});

test("cases of a group are told apart by their names", () => {
  const keys = compareEvidence(workspace).map(({ group, name, metric, source }) => `${group}: ${name}, ${metric}, ${source}`);
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
});

test("rows of tables have a plan to stand on", () => {
  const reasons = [...operatorComparisons(workspace), ...rankMemoryComparisons(workspace)].flatMap(({ outcome }) => (outcome.kind === "compared" ? [] : [outcome.reason]));
  expect(reasons).toEqual([]);
});

describe("what is not modelled", () => {
  test("stands in a group that exists, with what was printed, where and why", () => {
    const titles = validate().groups.filter(({ comparisons }) => comparisons.length > 0).map(({ title }) => title);
    for (const { group, name, published, source, reason } of notModelled) {
      expect(titles, name).toContain(group);
      expect(published, name).toMatch(/\d/);
      expect(source, name).toMatch(/\w{4}/);
      expect(reason, name).toMatch(/^\S.{10,}[^.]$/);
    }
  });

  test("is listed once", () => {
    const names = notModelled.map(({ group, name }) => `${group}: ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });
});

// Rows of the sources: 70 of Megatron-Bridge, one of them with two figures; 15 of SimuMax with memory and time each.
describe("no row is dropped", () => {
  test("of Megatron-Bridge", () => {
    const uri = evidenceGroups.find(({ title }) => title.includes("Megatron-Bridge"))?.file ?? "";
    const plans = declarationsOf(uri).filter(({ keyword }) => keyword === "plan");
    const left = notModelled.filter(({ group }) => group.includes("Megatron-Bridge"));
    expect(plans.length + left.length).toBe(70);
    expect(linesOf(uri)).toHaveLength(plans.length + 1);
  });

  test("of SimuMax's B200 runs", () => {
    const uri = uris.find((address) => address.endsWith("b200.dsco")) ?? "";
    const metrics = linesOf(uri).map(({ metric }) => metric);
    expect(metrics.filter((metric) => metric === "memory_per_gpu")).toHaveLength(15);
    expect(metrics.filter((metric) => metric === "step_time")).toHaveLength(15);
  });
});
