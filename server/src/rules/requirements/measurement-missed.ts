import { defineDiagnostic } from "../../core";
import { formatGrouped } from "../../units";
import { exampleModel, examplePlan } from "../examples";
import type { Rule, RuleSubject } from "../rule";
import { assertionsOf, boundText, formatPair, formOf, placeOfAssertion, relativeText, textOf, type ComparedMeasurement } from "./assertions";
import { shareAbove } from "./share-above-one";

/** The error up to which the figures of this tool are held to be right. */
const tolerance = 0.15;

const measurementMissed = defineDiagnostic<{ what: string; computed: string; measured: string; by: string | undefined }>({
  code: "DSCO6002", severity: "warning", title: "A measurement that the figure misses",
  message: ({ what, computed, measured, by }) => `${what} is computed as ${computed} and measured as ${measured}${by === undefined ? "" : `: the computed figure is ${by}`}`,
  explanation:
    "`measured` states what was observed or published. More than 15 % between it and the computed figure means that the design differs from what was measured, that the convention is another one (causal or not, with or without embeddings, GB or GiB), or that the figure is wrong. Hover the figure to see its convention.",
  example: exampleModel("attention mha { heads = 4 }", "ffn dense { intermediate_size = 256 }", 'measured total_params = 500K from "a paper, Table 1"'),
});

const estimateMisses = defineDiagnostic<{ what: string; estimate: string; measured: string; source: string | undefined; ratio: string | undefined }>({
  code: "DSCO6005", severity: "information", title: "An estimate that misses the measurement",
  message: ({ what, estimate, measured, source, ratio }) =>
    `${what} is estimated as ${estimate} and measured as ${measured}${source === undefined ? "" : ` (${source})`}${ratio === undefined ? "" : `: the estimate is ${ratio} times the measurement`}`,
  explanation:
    "The figures of a plan are estimates: of the roofline of each operator, of links as kernels use them, of what a schedule hides. More than 15 % from what was measured says that the plan differs from the run (a layout or a precision that the source leaves out), that the run lost time to something that a plan does not hold, or that the estimate is wrong. " +
    "It is information about both. `efficiency { … }` states what a cluster is known to reach.",
  example: examplePlan({ layout: "tp = 8" }).replace(" workload = Run }", ' workload = Run\n  measured step_time = 1 min from "a log"\n}'),
});

/** What was measured was measured of the plan as it stood: another plan need not come near it. */
export const ofMeasuredPlan: string = estimateMisses.entry.code;

const misses = (subject: RuleSubject): readonly ComparedMeasurement[] =>
  assertionsOf(subject, "measured").filter(({ assertion, left, right }) => Math.abs(left - right) > tolerance * Math.abs(right) && !shareAbove(subject, assertion));

export const measurementMissedRule: Rule = {
  on: ["model", "hardware"],
  entries: [measurementMissed.entry],
  check: (subject) =>
    misses(subject).map((compared) => {
      const { assertion, left, right } = compared;
      const [computed, measured] = formatPair(left, right, formOf(subject, compared));
      const what = `\`${textOf(assertion, assertion.node.metric)}\``;
      return measurementMissed.at(placeOfAssertion(subject, assertion), { what, computed, measured: boundText(assertion, measured), by: relativeText(left, right, "the measurement") });
    }),
};

export const estimateMissesRule: Rule = {
  on: ["plan"],
  entries: [estimateMisses.entry],
  check: (subject) =>
    misses(subject).map((compared) => {
      const { assertion, left, right } = compared;
      const [estimate, measured] = formatPair(left, right, formOf(subject, compared));
      const what = `\`${textOf(assertion, assertion.node.metric)}\``;
      const ratio = Number.isFinite(left / right) ? formatGrouped(Number((left / right).toPrecision(2))) : undefined;
      return estimateMisses.at(placeOfAssertion(subject, assertion), { what, estimate, measured: boundText(assertion, measured), source: assertion.node.from?.value.trim() || undefined, ratio });
    }),
};
