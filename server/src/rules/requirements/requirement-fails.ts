import type { ComparisonOperator } from "../../../../grammar/src";
import { defineDiagnostic, type FixCandidate } from "../../core";
import { candidate, writeChildKey } from "../edits";
import { exampleModel } from "../examples";
import type { Rule, RuleSubject } from "../rule";
import { assertionsOf, formatPair, placeOfAssertion, relativeText, textOf, type ComparedAssertion } from "./assertions";
import { shareAbove } from "./share-above-one";

interface Words {
  readonly what: string;
  readonly found: string;
  readonly operator: ComparisonOperator;
  readonly bound: string;
  readonly by: string | undefined;
}

const demands: Readonly<Record<ComparisonOperator, string>> = {
  "<=": "at most", "<": "below", ">=": "at least", ">": "above", "==": "exactly",
};

const requirementFails = defineDiagnostic<Words>({
  code: "DSCO6001", severity: "error", title: "A requirement that fails",
  message: ({ what, found, operator, bound, by }) => `${what} is ${found}, required is ${demands[operator]} ${bound}${by === undefined ? "" : `: it is ${by}`}`,
  explanation: "`require` states what must hold of a design. Figures are compared with all their digits, whatever the message rounds.",
  example: exampleModel("attention mha { heads = 4 }", "ffn dense { intermediate_size = 256 }", "require kv_bytes_per_token <= 600 B"),
});

/** As equal as sums of doubles can be. */
const isEqual = (left: number, right: number): boolean => Math.abs(left - right) <= 1e-12 * Math.max(Math.abs(left), Math.abs(right));

function holds(left: number, operator: ComparisonOperator, right: number): boolean {
  switch (operator) {
    case "==": return isEqual(left, right);
    case "<=": return left < right || isEqual(left, right);
    case ">=": return left > right || isEqual(left, right);
    case "<": return left < right && !isEqual(left, right);
    case ">": return left > right && !isEqual(left, right);
  }
}

/** The formats that make a figure smaller without another network: tried one by one, offered where they are enough. */
const smallerFormats: Readonly<Record<string, readonly { readonly key: string; readonly formats: readonly string[] }[]>> = {
  kv_bytes_per_token: [{ key: "kv_cache", formats: ["fp8_e4m3"] }],
  kv_bytes_per_sequence: [{ key: "kv_cache", formats: ["fp8_e4m3"] }],
  weight_bytes: [{ key: "weights", formats: ["fp8_e4m3", "mxfp4"] }, { key: "experts", formats: ["fp8_e4m3", "mxfp4"] }],
};

function fixes(subject: RuleSubject, { metric, assertion }: ComparedAssertion): readonly FixCandidate[] {
  const operator = assertion.kind === "require" ? assertion.node.operator : undefined;
  if (metric === undefined || (operator !== "<=" && operator !== "<")) return [];
  return (smallerFormats[metric] ?? []).flatMap(({ key, formats }) =>
    formats.flatMap((format) => {
      const edits = writeChildKey(subject, "precision", key, format);
      return edits ? [candidate(`Set \`${key}\` to \`${format}\``, edits, { shows: [metric] })] : [];
    }),
  );
}

export const requirementFailsRule: Rule = {
  on: ["model", "hardware", "plan"],
  entries: [requirementFails.entry],
  check: (subject) =>
    assertionsOf(subject, "require").flatMap((compared) => {
      const { assertion, left, right, dimension } = compared;
      const { operator } = assertion.node;
      if (operator === undefined || holds(left, operator, right) || shareAbove(subject, assertion)) return [];
      const [found, bound] = formatPair(left, right, dimension);
      const what = `\`${textOf(assertion, assertion.node.left)}\``;
      return [requirementFails.at(placeOfAssertion(subject, assertion), { what, found, operator, bound, by: relativeText(left, right, "the bound") }, {
        ...(assertion.inherited ? { related: [{ uri: assertion.file.uri, span: assertion.node, message: "required here" }] } : {}),
        fixes: () => fixes(subject, compared),
      })];
    }),
};
