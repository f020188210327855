import { isShare } from "../../analysis";
import { defineDiagnostic, evaluateAssertion, type BoundAssertion, type FixCandidate } from "../../core";
import { formatGrouped, formatPercent } from "../../units";
import { exampleModel } from "../examples";
import type { Rule, RuleSubject } from "../rule";
import { placeOfAssertion } from "./assertions";

const shareAboveOne = defineDiagnostic<{ metric: string; value: number; percent: string | undefined }>({
  code: "DSCO6004", severity: "error", title: "A share above one",
  message: ({ metric, value, percent }) =>
    `\`${metric}\` is a share of one, and ${formatGrouped(value)} is ${formatPercent(value)}` + (percent === undefined ? "" : `; did you mean \`${percent}\`?`),
  explanation: "Shares such as `mfu` and `activation_ratio` lie between 0 and 1. They are written as `0.43` or `43%`.",
  example: exampleModel("attention mha { heads = 4 }", "ffn dense { intermediate_size = 256 }", "require activation_ratio <= 50"),
});

/** The value of a statement about a share that is above one; nothing else need be said of such a statement. */
export function shareAbove({ workspace, declaration }: RuleSubject, assertion: BoundAssertion): { readonly metric: string; readonly value: number } | undefined {
  const { metric, right } = evaluateAssertion(workspace, declaration, assertion);
  return metric !== undefined && right !== undefined && right > 1 && isShare(declaration.keyword, metric) ? { metric, value: right } : undefined;
}

export const shareAboveOneRule: Rule = {
  on: ["model", "hardware", "plan"],
  entries: [shareAboveOne.entry],
  check: (subject) =>
    subject.declaration.assertions.flatMap((assertion) => {
      const found = assertion.inherited ? undefined : shareAbove(subject, assertion);
      if (!found) return [];
      const written = assertion.kind === "require" ? assertion.node.right : assertion.node.value;
      const percent = written.kind === "number" && written.suffix === undefined && found.value <= 100 ? `${written.digits}%` : undefined;
      const fixes = (): readonly FixCandidate[] =>
        percent === undefined ? [] : [{ title: `Write \`${percent}\`: ${formatGrouped(found.value / 100)}`, edits: [{ start: written.start, end: written.end, newText: percent }], preferred: true }];
      return [shareAboveOne.at({ ...placeOfAssertion(subject, assertion), span: written }, { ...found, percent }, { fixes })];
    }),
};
