import type { PropertyType } from "../core";
import { activationElement, weightElement } from "../cost/model/precision";
import { precisions, type Precision } from "../cost/model/record";
import { formatGrouped } from "../units";

/** The words that a type takes as a value. */
export const wordsOfType = (type: PropertyType): readonly string[] =>
  type.kind === "word" ? type.words : type.kind === "boolean" ? ["true", "false"] : type.kind === "number-or-auto" ? ["auto"] : [];

/** What the functions of the language do. Markdown. */
export const functionDocumentation: Readonly<Record<string, string>> = {
  min: "the smallest of its arguments",
  max: "the largest of its arguments",
  ceil: "the next whole number above",
  floor: "the next whole number below",
  round: "the nearest whole number",
  sqrt: "the square root; the dimension is halved",
  log2: "the logarithm to base 2 of a plain number",
};

const one = (label: string, documentation: string) => [{ label, documentation }];
const several = [{ label: "value", documentation: "a number or a quantity" }, { label: "…", documentation: "any number of values of the same dimension" }];

/** What the functions take. */
export const functionParameters: Readonly<Record<string, readonly { readonly label: string; readonly documentation: string }[]>> = {
  min: several,
  max: several,
  ceil: one("number", "a plain number: divide a quantity by its unit first"),
  floor: one("number", "a plain number: divide a quantity by its unit first"),
  round: one("number", "a plain number: divide a quantity by its unit first"),
  sqrt: one("value", "a number or a quantity"),
  log2: one("number", "a plain number above zero"),
};

const schedules: Readonly<Record<string, string>> = {
  "1f1b": "one forward, one backward (PipeDream-Flush)",
  interleaved: "1F1B with several stages a device (Megatron-LM, arXiv:2104.04473)",
  zb1p: "zero bubble, one forward, one backward, one weight gradient (arXiv:2401.10241)",
  dualpipe: "bidirectional pipeline that overlaps computation and communication (DeepSeek-V3, arXiv:2412.19437, section 3.2.1)",
  dualpipev: "DualPipe cut in half: a V shape on half the devices' copies of the parameters",
};

const isPrecision = (word: string): word is Precision => (precisions as readonly string[]).includes(word);

/** What a word of the language means, as a clause; `undefined` where its property says everything. */
export function wordDocumentation(word: string): string | undefined {
  if (isPrecision(word)) {
    const weight = weightElement(word);
    const activation = activationElement(word);
    // `B`, or `B (1 B + 4 B / 128)` where scales count: then the sum says more than its value.
    const text = (element: typeof weight) => /\((.*)\)/.exec(element.unit)?.[1] ?? `${formatGrouped(element.value)} ${element.unit}`;
    return weight.value === activation.value
      ? `${text(weight)} an element`
      : `an element of a weight takes ${text(weight)}, of an activation or a cache entry ${text(activation)}`;
  }
  if (word === "auto") return "follows from the rest";
  return Object.hasOwn(schedules, word) ? schedules[word] : undefined;
}
