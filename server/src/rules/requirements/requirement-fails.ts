import type { ComparisonOperator } from "../../../../grammar/src";
import { metricOf } from "../../analysis";
import { defineDiagnostic, type FixCandidate } from "../../core";
import { formatQuantity } from "../../units";
import { candidate, writeChildKey } from "../edits";
import { exampleModel } from "../examples";
import { planFixes } from "../plan/requirement-fixes";
import type { Rule, RuleSubject } from "../rule";
import { assertionsOf, boundText, formatPair, formOf, holds, placeOfAssertion, relativeText, textOf, type ComparedAssertion } from "./assertions";
import { shareAbove } from "./share-above-one";

interface Words {
  readonly what: string;
  readonly found: string;
  readonly operator: ComparisonOperator;
  readonly bound: string;
  readonly by: string | undefined;
  /** What no efficiency changes: the physical bound fails as well. */
  readonly limit: string | undefined;
}

const demands: Readonly<Record<ComparisonOperator, string>> = {
  "<=": "at most", "<": "below", ">=": "at least", ">": "above", "==": "exactly",
};

const requirementFails = defineDiagnostic<Words>({
  code: "DSCO6001", severity: "error", title: "A requirement that fails",
  message: ({ what, found, operator, bound, by, limit }) =>
    `${what} is ${found}, required is ${demands[operator]} ${bound}${by === undefined ? "" : `: it is ${by}`}${limit === undefined ? "" : `; ${limit}`}`,
  explanation:
    "`require` states what must hold of a design. Figures are compared with all their digits, whatever the message rounds. In a plan, single changes of layout, batch, precision and routing are tried, and those with which the requirement holds are offered, the one with the highest throughput first. " +
    "Where the physical bound of a time (peak rates, line rates, no latency) fails as well, the message says so: then no better kernel helps, only another design.",
  example: exampleModel("attention mha { heads = 4 }", "ffn dense { intermediate_size = 256 }", "require kv_bytes_per_token <= 600 B"),
});

/** The formats that make a figure smaller without another network: tried one by one, offered where they are enough. */
const smallerFormats: Readonly<Record<string, readonly { readonly key: string; readonly formats: readonly string[] }[]>> = {
  kv_bytes_per_token: [{ key: "kv_cache", formats: ["fp8_e4m3"] }],
  kv_bytes_per_sequence: [{ key: "kv_cache", formats: ["fp8_e4m3"] }],
  weight_bytes: [{ key: "weights", formats: ["fp8_e4m3", "mxfp4"] }, { key: "experts", formats: ["fp8_e4m3", "mxfp4"] }],
};

function fixes(subject: RuleSubject, compared: ComparedAssertion): readonly FixCandidate[] {
  const { metric, assertion } = compared;
  const operator = assertion.kind === "require" ? assertion.node.operator : undefined;
  if (subject.declaration.keyword === "plan") return planFixes(subject, compared, operator);
  if (metric === undefined || (operator !== "<=" && operator !== "<")) return [];
  return (smallerFormats[metric] ?? []).flatMap(({ key, formats }) =>
    formats.flatMap((format) => {
      const edits = writeChildKey(subject, "precision", key, format);
      return edits ? [candidate(`Set \`${key}\` to \`${format}\``, edits, { shows: [metric] })] : [];
    }),
  );
}

/** What stands in the way of a time whatever the kernels are: the exchanges alone, or the physical bound of all of it. */
function limitOf({ workspace, declaration }: RuleSubject, { metric, right, dimension }: ComparedAssertion, operator: ComparisonOperator): string | undefined {
  if (metric === undefined || (operator !== "<=" && operator !== "<")) return undefined;
  const exchanges = metric === "tpot" ? metricOf(workspace, declaration, "tpot_limit")?.figure : undefined;
  if (exchanges?.kind === "value" && !holds(exchanges.value, operator, right)) return `the exchanges of experts alone take ${formatQuantity(exchanges.value, dimension)} (\`tpot_limit\`)`;
  const figure = metricOf(workspace, declaration, metric)?.figure;
  if (figure?.kind !== "value" || figure.ideal === undefined || holds(figure.ideal, operator, right)) return undefined;
  return `the physical bound of this design is ${formatQuantity(figure.ideal, dimension)}`;
}

export const requirementFailsRule: Rule = {
  on: ["model", "hardware", "plan"],
  entries: [requirementFails.entry],
  check: (subject) =>
    assertionsOf(subject, "require").flatMap((compared) => {
      const { assertion, left, right } = compared;
      const { operator } = assertion.node;
      if (operator === undefined || holds(left, operator, right) || shareAbove(subject, assertion)) return [];
      const [found, bound] = formatPair(left, right, formOf(subject, compared));
      const what = `\`${textOf(assertion, assertion.node.left)}\``;
      return [requirementFails.at(placeOfAssertion(subject, assertion), { what, found, operator, bound: boundText(assertion, bound), by: relativeText(left, right, "the bound"), limit: limitOf(subject, compared, operator) }, {
        ...(assertion.inherited ? { related: [{ uri: assertion.file.uri, span: assertion.node, message: "required here" }] } : {}),
        fixes: () => fixes(subject, compared),
      })];
    }),
};
