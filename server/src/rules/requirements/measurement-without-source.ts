import { defineDiagnostic } from "../../core";
import { exampleModel } from "../examples";
import type { Rule } from "../rule";
import { placeOfAssertion, textOf } from "./assertions";

const measurementWithoutSource = defineDiagnostic<{ what: string }>({
  code: "DSCO6003", severity: "warning", title: "A measurement without its source",
  message: ({ what }) => `the measured ${what} needs its source: \`from "…"\``,
  explanation: "A measured figure is worth what its source is: name the paper and its table, or the run and its date.",
  example: exampleModel("attention mha { heads = 4 }", "ffn dense { intermediate_size = 256 }", "measured kv_bytes_per_token = 1024 B"),
});

export const measurementWithoutSourceRule: Rule = {
  on: ["model", "hardware", "plan"],
  entries: [measurementWithoutSource.entry],
  check: (subject) =>
    subject.declaration.assertions.flatMap((assertion) => {
      if (assertion.kind !== "measured") return [];
      const { metric, from } = assertion.node;
      if (metric.kind === "missing" || (from && from.value.trim() !== "")) return [];
      return [measurementWithoutSource.at(placeOfAssertion(subject, assertion), { what: `\`${textOf(assertion, metric)}\`` })];
    }),
};
