import { describe, expect, test } from "vitest";
import { choicesOf, declarationAt, otherChoices } from "../../client/src/features/comparison/comparison-choice";
import { comparisonOf, comparisonPath } from "../../client/src/features/comparison/comparison-path";
import type { ComparableDeclaration } from "../../server/src/lsp/protocol";

const here = "file:///a%20b/here.dsco";
const comparable = (uri: string, declaration: string, kind: string, from: number, to: number): ComparableDeclaration =>
  ({ uri, declaration, kind, summary: `${declaration} of old.`, range: { start: { line: from, character: 0 }, end: { line: to, character: 1 } } });

const a = comparable(here, "A", "model", 0, 4);
const b = comparable(here, "B", "model", 6, 9);
const layout = comparable(here, "P", "parallelism", 11, 12);
const sibling = comparable("file:///a%20b/other%20one.dsco", "A", "model", 0, 4);
const standard = comparable("dsco-std:/models/deepseek.dsco", "DeepSeekV3", "model", 7, 40);
const all = [a, b, layout, sibling, standard];

describe("the address of a comparison", () => {
  test("leads back to its two sides and nothing else", () => {
    const address = comparisonPath({ left: a, right: standard });
    expect(address.path).toBe("/A against DeepSeekV3.md");
    expect(comparisonOf(address)).toEqual({ left: { uri: here, declaration: "A" }, right: { uri: "dsco-std:/models/deepseek.dsco", declaration: "DeepSeekV3" } });
    expect(address.query).not.toContain("of old");
  });

  test.each(["", "{}", "null", '{"left":{"uri":"a","declaration":"A"}}', '{"left":{"uri":1,"declaration":"A"},"right":{"uri":"a","declaration":"A"}}', "[]", "%"])(
    "that dsco did not make says nothing: %s", (query) => {
      expect(comparisonOf({ query })).toBeUndefined();
    });
});

describe("what is compared", () => {
  test.each([[0, "A"], [4, "A"], [5, undefined], [6, "B"], [9, "B"], [10, undefined], [12, "P"], [99, undefined]])("line %i is in %s", (line, name) => {
    expect(declarationAt(all, here, line)?.declaration).toBe(name);
  });

  test("is asked for among the declarations of the document, with their kinds", () => {
    expect(choicesOf(all, here)).toMatchObject([{ label: "A", description: "model", detail: "A of old." }, { label: "B", description: "model" }, { label: "P", description: "parallelism" }]);
  });
});

describe("what it is compared with", () => {
  const lines = (left: ComparableDeclaration) => otherChoices(all, left).map((choice) => ("heading" in choice ? `# ${choice.heading}` : `${choice.label} ${choice.description}`.trim()));

  test("is of its kind: of its file, of the workspace, of the standard library", () => {
    expect(lines(a)).toEqual(["# This file", "B", "# Workspace", "A other one.dsco", "# Standard library", "DeepSeekV3 std:models/deepseek"]);
    expect(lines(standard)).toEqual(["# Workspace", "A here.dsco", "B here.dsco", "A other one.dsco"]);
    expect(lines(layout)).toEqual([]);
  });
});
