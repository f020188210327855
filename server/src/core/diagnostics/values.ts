import { didYouMean } from "../suggest";
import { defineDiagnostic } from "./define";

/** Codes DSCO21xx: types, units and values. */
export const values = {
  unknownUnit: defineDiagnostic<{ unit: string; suggestion: string | undefined; hint?: string | undefined }>({
    code: "DSCO2101", severity: "error", title: "An unknown unit",
    message: ({ unit, suggestion, hint }) => `\`${unit}\` is not a unit${hint ?? didYouMean(suggestion)}`,
    explanation: "Units keep their case: `GB/s` are bytes, `Gbps` bits. A magnitude touches its number: `128K`, `14.8T`.",
    example: "let A = 80 GBs\n",
  }),
  wrongDimension: defineDiagnostic<{ key: string; expected: string; found: string; hint?: string | undefined }>({
    code: "DSCO2102", severity: "error", title: "A value of another dimension",
    message: ({ key, expected, found, hint }) => `\`${key}\` needs ${expected}: found ${found}${hint ?? ""}`,
    explanation: "A quantity carries its unit, and the unit must fit the property. `671B` is a count, `671 B` are bytes.",
    example: "gpu G {\n  memory = 80 GB/s\n  memory_bandwidth = 3 TB/s\n}\n",
  }),
  mixedDimensions: defineDiagnostic<{ operator: string; left: string; right: string }>({
    code: "DSCO2103", severity: "error", title: "Arithmetic on two dimensions",
    message: ({ operator, left, right }) => `\`${operator}\` needs the same dimension on both sides: ${left} and ${right}`,
    explanation: "Adding, comparing and taking a remainder need one dimension. Multiplication and division make a new one.",
    example: "let A = 80 GB + 3 s\n",
  }),
  wrongType: defineDiagnostic<{ key: string; expected: string; found: string; suggestion?: string | undefined }>({
    code: "DSCO2104", severity: "error", title: "A value of another type",
    message: ({ key, expected, found, suggestion }) => `\`${key}\` needs ${expected}: found ${found}${didYouMean(suggestion)}`,
    explanation: "The language reference gives the type of each property.",
    example: 'nic Card {\n  rate = "fast"\n}\n',
  }),
  outOfRange: defineDiagnostic<{ key: string; problem: string }>({
    code: "DSCO2105", severity: "error", title: "A value that cannot be",
    message: ({ key, problem }) => `\`${key}\` ${problem}`,
    explanation: "Counts are whole numbers, sizes are above zero, shares lie between 0 and 1.",
    example: "parallelism Layout {\n  tp = 0\n}\n",
  }),
  divisionByZero: defineDiagnostic<Record<never, never>>({
    code: "DSCO2106", severity: "error", title: "Division by zero",
    message: () => "the divisor is zero",
    explanation: "A quotient or a remainder by zero has no value.",
    example: "let A = 1 / 0\n",
  }),
  notFinite: defineDiagnostic<{ what: string; problem: string }>({
    code: "DSCO2107", severity: "error", title: "A result that is no number",
    message: ({ what, problem }) => `${what} ${problem}`,
    explanation: "The result does not fit a double, or is not a real number, such as the square root of a negative one.",
    example: "let A = 10 ^ 400\n",
  }),
  needsNumber: defineDiagnostic<{ what: string; found: string }>({
    code: "DSCO2108", severity: "error", title: "Arithmetic on something else than numbers",
    message: ({ what, found }) => `${what} needs a number: found ${found}`,
    explanation: "Arithmetic works on numbers and quantities.",
    example: "let A = true + 1\n",
  }),
  unknownFunction: defineDiagnostic<{ name: string; suggestion: string | undefined }>({
    code: "DSCO2109", severity: "error", title: "An unknown function",
    message: ({ name, suggestion }) => `\`${name}\` is not a function${didYouMean(suggestion)}`,
    explanation: "The functions are `min`, `max`, `ceil`, `floor`, `round`, `sqrt` and `log2`.",
    example: "let A = sqr(4)\n",
  }),
  wrongArguments: defineDiagnostic<{ name: string; expected: string; found: number }>({
    code: "DSCO2110", severity: "error", title: "A function with the wrong number of arguments",
    message: ({ name, expected, found }) => `\`${name}\` takes ${expected}: found ${found}`,
    explanation: "`min` and `max` take one or more arguments, the other functions one.",
    example: "let A = sqrt(1, 2)\n",
  }),
  wrongRange: defineDiagnostic<{ problem: string }>({
    code: "DSCO2111", severity: "error", title: "A range that cannot be",
    message: ({ problem }) => problem,
    explanation: "`0..2` counts from the first to the last number, both included; `step` is a whole number above zero.",
    example: "model M {\n  layers = 2, hidden_size = 8, vocab_size = 8\n  attention mha { layers = 1..0, heads = 2 }\n  ffn dense { intermediate_size = 8 }\n}\n",
  }),
  missingUnit: defineDiagnostic<{ key: string; example: string; found: string }>({
    code: "DSCO2112", severity: "error", title: "A number without its unit",
    message: ({ key, example, found }) => `\`${key}\` needs a unit, such as \`${example}\`: found ${found}`,
    explanation: "Every dimensional number says its unit, so that `80` can never be GB here and GiB there.",
    example: "gpu G {\n  memory = 80\n  memory_bandwidth = 3 TB/s\n}\n",
  }),
  tooDeep: defineDiagnostic<Record<never, never>>({
    code: "DSCO2113", severity: "error", title: "A chain of names that is too long",
    message: () => "this value depends on more than 500 others in a row",
    explanation: "Values may build on each other; a chain of several hundred is no design.",
    example: Array.from({ length: 700 }, (_, index) => `let a${index} = a${index + 1}\n`).join("") + "let a700 = 1\n",
  }),
};
