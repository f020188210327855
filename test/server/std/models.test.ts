// Published totals stand in the standard library itself: each model has one, and it agrees.
import { expect, test } from "vitest";
import { figureOf, loadStandard, openWorkspace } from "../../../server/src/analysis";
import { bindDeclaration, evaluateAssertion, fileScope } from "../../../server/src/core";
import { lastDigit } from "../../../server/src/cli/validate/comparisons";
import { judge } from "../../../server/src/cli/validate/verdict";
import { standardLibrary } from "../../../server/src/std";

const workspace = openWorkspace(loadStandard);
const models = [...standardLibrary.keys()].flatMap((uri) => {
  const scope = fileScope(workspace, uri);
  return (scope?.declarations ?? []).flatMap((node) => {
    const bound = scope && node.kind === "declaration" && node.keyword === "model" ? bindDeclaration(workspace, node, scope) : undefined;
    return bound ? [{ name: bound.name, bound }] : [];
  });
});

test("there are at least 30 models", () => {
  expect(models.length).toBeGreaterThanOrEqual(30);
});

test.each(models)("$name has the parameters that its publisher names", ({ bound }) => {
  expect(figureOf(workspace, bound, "total_params").kind).toBe("value");
  const totals = bound.assertions.map((assertion) => evaluateAssertion(workspace, bound, assertion)).filter(({ metric }) => metric === "total_params");
  expect(totals.length).toBeGreaterThan(0);
  for (const { left = Number.NaN, right = Number.NaN } of totals) expect(Math.abs(left / right - 1)).toBeLessThan(0.04);
});

test.each(models)("$name says why where it counts another total than its publisher", ({ bound }) => {
  for (const assertion of bound.assertions) {
    const { metric, left = Number.NaN, right = Number.NaN } = evaluateAssertion(workspace, bound, assertion);
    if (assertion.kind !== "measured" || metric !== "total_params") continue;
    const { error, exact } = judge(left, right, lastDigit(assertion.node.value, right));
    // Behind a colon stands how the publisher counts: with a vision encoder, without embeddings.
    expect(exact || error <= 0.003 || /: ./.test(assertion.node.from?.value ?? ""), `${left} for ${right}`).toBe(true);
  }
});
