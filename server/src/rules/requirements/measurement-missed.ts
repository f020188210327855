import { defineDiagnostic } from "../../core";
import { exampleModel } from "../examples";
import type { Rule } from "../rule";
import { assertionsOf, formatPair, placeOfAssertion, relativeText, textOf } from "./assertions";
import { shareAbove } from "./share-above-one";

/** The error up to which the figures of this tool are held to be right. */
const tolerance = 0.15;

const measurementMissed = defineDiagnostic<{ what: string; computed: string; measured: string; by: string | undefined }>({
  code: "DSCO6002", severity: "warning", title: "A measurement that the figure misses",
  message: ({ what, computed, measured, by }) => `${what} is computed as ${computed} and measured as ${measured}${by === undefined ? "" : `: the computed figure is ${by}`}`,
  explanation:
    "`measured` states what was observed or published. More than 15 % between it and the computed figure means that the design differs from what was measured, that the convention is another one (causal or not, with or without embeddings, GB or GiB), or that the estimate is wrong. Hover the figure to see its convention.",
  example: exampleModel("attention mha { heads = 4 }", "ffn dense { intermediate_size = 256 }", 'measured total_params = 500K from "a paper, Table 1"'),
});

export const measurementMissedRule: Rule = {
  on: ["model", "hardware", "plan"],
  entries: [measurementMissed.entry],
  check: (subject) =>
    assertionsOf(subject, "measured").flatMap(({ assertion, left, right, dimension }) => {
      if (Math.abs(left - right) <= tolerance * Math.abs(right) || shareAbove(subject, assertion)) return [];
      const [computed, measured] = formatPair(left, right, dimension);
      const what = `\`${textOf(assertion, assertion.node.metric)}\``;
      return [measurementMissed.at(placeOfAssertion(subject, assertion), { what, computed, measured, by: relativeText(left, right, "the measurement") })];
    }),
};
