import { expect, test } from "vitest";
import { figureChoices, reportPath } from "../../client/src/features/report/report-choice";
import type { DeclarationFigures } from "../../server/src/lsp/protocol";

const declaration = (name: string, firstLine: number, lastLine: number): DeclarationFigures => ({
  declaration: name, kind: "model", firstLine, lastLine, figures: [{ metric: "total_params", title: "Parameters", value: "671.0B" }],
});

test("the figures of the declaration at the cursor stand first", () => {
  const all = [declaration("A", 0, 4), declaration("B", 6, 9)];
  const headings = (line: number) => figureChoices(all, line).flatMap((choice) => ("heading" in choice ? [choice.heading] : []));
  expect(headings(4)).toEqual(["model A", "model B"]);
  expect(headings(6)).toEqual(["model B", "model A"]);
  expect(headings(5)).toEqual(["model A", "model B"]);
  expect(figureChoices(all, 7)[1]).toEqual({ label: "Parameters", description: "671.0B", detail: "B.total_params", figure: { declaration: "B", metric: "total_params" } });
});

test("a report's tab names its file", () => {
  expect(reportPath("file:///x/a%20b.dsco")).toEqual({ path: "/a b.dsco report.md", query: "file:///x/a%20b.dsco" });
  expect(reportPath("untitled:Untitled-1").path).toBe("/untitled:Untitled-1 report.md");
  expect(reportPath("file:///x/%zz.dsco").path).toBe("/%zz.dsco report.md");
});
