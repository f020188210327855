/** Reports of every example: what each declaration has, and that no picture says nonsense. */

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { loadStandard, openWorkspace } from "../../../server/src/analysis";
import { bindDeclaration, createSource, fileScope, type BoundDeclaration, type Workspace } from "../../../server/src/core";
import { colourProperties, pageColours, pictureStyles, reportOf, type Report } from "../../../server/src/drawing";
import { smallPlans } from "../../kit/plans";
import { repository } from "../../kit/repository";
import { declarationOf } from "../../kit/workspace";

function declarationsOf(file: string): { readonly workspace: Workspace; readonly declarations: readonly BoundDeclaration[] } {
  const folder = path.dirname(path.join(repository, file));
  const workspace = openWorkspace((uri) => (uri.startsWith("std:") ? loadStandard(uri) : { kind: "source", source: createSource(uri, readFileSync(path.join(folder, path.basename(uri)), "utf8")) }));
  const scope = fileScope(workspace, `file:///${path.basename(file)}`);
  const declarations = (scope?.declarations ?? []).flatMap((node) => (scope && node.kind === "declaration" ? bindDeclaration(workspace, node, scope) ?? [] : []));
  return { workspace, declarations };
}

const designs = [...readdirSync(path.join(repository, "examples")).filter((file) => file.endsWith(".dsco")).map((file) => `examples/${file}`), "test/browser/odd.dsco"];

const reports = designs.flatMap((file) => {
  const { workspace, declarations } = declarationsOf(file);
  return declarations.flatMap((declaration) => {
    const report = reportOf(workspace, declaration);
    return report ? [[`${path.basename(file)} ${report.kind} ${report.declaration}`, report] as const] : [];
  });
});

const idsOf = ({ pictures }: Report): readonly string[] => pictures.map(({ id }) => id);

describe.each(reports)("%s", (_name, report) => {
  test("has the pictures of its kind, or says why not", () => {
    const all = new Set([...idsOf(report), ...report.unavailable.map(({ id }) => id)]);
    const expected: Readonly<Record<string, readonly string[]>> = { model: ["model"], hardware: ["topology", "roofline"], service: ["step"], plan: ["memory", "roofline", "topology", "model"] };
    for (const id of expected[report.kind] ?? []) expect(all).toContain(id);
    expect(all.size).toBe(report.pictures.length + report.unavailable.length);
    if (report.kind === "plan") expect(all.has("decode")).toBe(!all.has("schedule"));
  });

  test("no picture holds what is no figure, and every table has all of its cells", () => {
    for (const { summary, svg, table, title } of report.pictures) {
      expect(`${title} ${summary} ${svg} ${JSON.stringify(table)}`).not.toMatch(/NaN|Infinity|undefined|not a finite/);
      expect(table.rows.length).toBeGreaterThan(0);
      for (const row of table.rows) expect(row).toHaveLength(table.columns.length);
      expect(summary).toMatch(/\.$/);
    }
  });

  test("every picture is well-formed, and its marks have names, ids of their own and patterns that are there", () => {
    for (const { svg } of report.pictures) {
      expect(isBalanced(svg)).toBe(true);
      const marks = [...svg.matchAll(/<g class="mark"[^>]*>/g)].map(([tag]) => tag);
      expect(marks.length).toBeGreaterThan(0);
      for (const tag of marks) expect(tag).toMatch(/aria-label="[^"]+"/);
      const ids = marks.map((tag) => /data-mark="([^"]*)"/.exec(tag)?.[1]);
      expect(new Set(ids).size).toBe(ids.length);
      const defined = new Set([...svg.matchAll(/<pattern id="([^"]*)"/g)].map(([, id]) => id));
      for (const [, id] of svg.matchAll(/url\(#([^)]*)\)/g)) expect(defined).toContain(id);
      expect(svg.length).toBeLessThan(300_000);
    }
  });
});

function isBalanced(svg: string): boolean {
  const open: string[] = [];
  for (const [, slash, name = "", closed] of svg.matchAll(/<(\/?)([a-z]+)\b[^>]*?(\/?)>/g)) {
    if (closed === "/") continue;
    if (slash === "") open.push(name);
    else if (open.pop() !== name) return false;
  }
  return open.length === 0;
}

const reportOfPlan = (text: string, name: string, options = {}): Report | undefined => {
  const { workspace, declaration } = declarationOf({ "a.dsco": text }, name);
  return reportOf(workspace, declaration, options);
};

describe("what a report says", () => {
  test("a training plan's headline has its speed and whether it fits", () => {
    const report = reportOfPlan(smallPlans, "Train");
    expect(report?.headline).toMatch(/^trains at [\d.,KM]+ tokens\/s per GPU; fits: [\d.]+ [MG]B of 84\.94 GB$/);
    expect(report?.fits).toBe(true);
    expect(idsOf(report ?? reports[0]?.[1] as Report)).toEqual(["memory", "schedule", "step", "roofline", "topology", "model"]);
    expect(report?.figures[0]).toMatchObject({ metric: "step_time", title: "Step time" });
  });

  test("a decode plan has its latency by layer in place of a schedule", () => {
    const report = reportOfPlan(smallPlans, "Answers");
    expect(report && idsOf(report)).toEqual(["memory", "decode", "roofline", "topology", "model"]);
    expect(report?.headline).toMatch(/^writes [\d.,KM]+ tokens\/s per GPU; fits: /);
  });

  test("a plan that does not fit says so", () => {
    const report = reportOfPlan(smallPlans.replace("gpu = H100", "gpu = Small100").replace("hardware Rack", "gpu Small100 extends H100 { memory = 1 GB }\nhardware Rack"), "Train");
    expect(report?.fits).toBe(false);
    expect(report?.headline).toContain("does not fit: ");
  });

  test("what cannot be computed is not drawn, with the reason; the rest is", () => {
    const report = reportOfPlan(smallPlans.replace("global_batch_size = 64", "global_batch_size = 65"), "Train");
    expect(report && idsOf(report)).toEqual(["topology", "model"]);
    expect(report?.unavailable.map(({ id }) => id)).toEqual(["memory", "schedule", "step", "roofline"]);
    for (const { reason } of report?.unavailable ?? []) expect(reason).toContain("`global_batch_size` (65) is no multiple of dp x `micro_batch_size` (8)");
    expect(report?.fits).toBeUndefined();
  });

  test("a workload has no report", () => {
    expect(reportOfPlan(smallPlans, "Learn")).toBeUndefined();
  });
});

describe("how pictures are drawn", () => {
  test("for the width that is asked for, and no narrower than they can be", () => {
    const widthOf = (width: number): string | undefined => /width="(\d+)"/.exec(reportOfPlan(smallPlans, "Train", { width })?.pictures[0]?.svg ?? "")?.[1];
    expect(widthOf(1000)).toBe("1000");
    expect(widthOf(10)).toBe("360");
  });

  test("with tips as data for scripts, or as titles where there are none", () => {
    const svgOf = (titles: boolean): string => reportOfPlan(smallPlans, "Train", { titles })?.pictures.map(({ svg }) => svg).join("") ?? "";
    expect(svgOf(false)).toContain("data-tip=");
    expect(svgOf(false)).not.toContain("<title>");
    expect(svgOf(true)).toContain("<title>");
    expect(svgOf(true)).not.toContain("data-tip=");
  });

  test("in colours that are all custom properties, each of which has a value on a page of its own", () => {
    for (const [, property] of pictureStyles.matchAll(/var\((--dsco-[a-z0-9-]+)\)/g)) expect(colourProperties).toContain(property);
    for (const property of colourProperties) expect(pageColours.split(`${property}: `)).toHaveLength(4); // light, dark, forced
    for (const [, report] of reports.slice(0, 20)) for (const { svg } of report.pictures) expect(svg).not.toMatch(/#[0-9a-f]{6}|rgb\(|style=/);
  });
});
