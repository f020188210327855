/**
 * The arithmetic of a figure as a small tree: the value is computed when a term is made, the words only when
 * someone asks. `compute` reads the root's value and `explain` renders the same tree, so the two cannot differ.
 */

import { formatShortest, type Dimension } from "../units";
import type { MetricPart } from "./metric";

/** A factor with a unit: `61 layers`, `2 B`. `layers` names which ones, for the label. */
export interface Count {
  readonly value: number;
  readonly unit: string;
  readonly layers?: readonly number[];
}

/** A factor in base units with the dimension it is read in: `989 TFLOPS`, `2 USD/h`. */
export interface Quantity {
  readonly value: number;
  readonly dimension: Dimension;
}

export type Factor = number | Count | Quantity;

export type Term = Product | Sum | Quotient | Times | Amount;

interface Product {
  readonly kind: "product";
  readonly label: string;
  readonly value: number;
  readonly factors: readonly Factor[];
}

interface Sum {
  readonly kind: "sum";
  readonly label: string;
  readonly value: number;
  readonly parts: readonly Term[];
}

interface Quotient {
  readonly kind: "quotient";
  readonly label: string;
  readonly value: number;
  readonly dividend: Factor;
  readonly divisor: Factor;
}

/** `factors` times a term; the parts of that term are multiplied too. */
interface Times {
  readonly kind: "times";
  readonly label: string;
  readonly value: number;
  readonly factors: readonly Factor[];
  readonly of: Product | Sum | Quotient | Amount;
}

/** A value that a simulation or a model of an operator gave: there is no short arithmetic to show, but perhaps a word on it. */
interface Amount {
  readonly kind: "amount";
  readonly label: string;
  readonly value: number;
  readonly how: string | (() => string);
}

export function product(label: string, factors: readonly Factor[]): Term {
  return { kind: "product", label, value: multiply(factors), factors };
}

export function sum(label: string, parts: readonly Term[]): Term {
  let value = 0;
  for (const part of parts) value += part.value;
  return { kind: "sum", label, value, parts };
}

export function amount(label: string, value: number, how: Amount["how"] = ""): Term {
  return { kind: "amount", label, value, how };
}

/** Not finite when the divisor is 0: the registry turns that into a reason. */
export function quotient(label: string, dividend: Factor, divisor: Factor): Term {
  return { kind: "quotient", label, value: valueOf(dividend) / valueOf(divisor), dividend, divisor };
}

export function times(factors: readonly Factor[], of: Term): Term {
  if (factors.length === 0) return of;
  if (of.kind === "times") return times([...factors, ...of.factors], of.of);
  return { kind: "times", label: of.label, value: multiply(factors) * of.value, factors, of };
}

/** The layers of a block as a factor. */
export function layersOf(block: { readonly layers: readonly number[] }): Count {
  return { value: block.layers.length, unit: "layers", layers: block.layers };
}

/** Terms of zero add nothing to a breakdown and are left out of it. */
export function partsOf(term: Term, layersAreNamed = false): readonly MetricPart[] {
  return children(term).filter((part) => part.value !== 0).map((part) => renderTerm(part, layersAreNamed));
}

/** The layers are named once, on the outermost part that is multiplied by them. */
function renderTerm(term: Term, layersAreNamed: boolean): MetricPart {
  const note = layersAreNamed ? "" : layerNote(term);
  const parts = partsOf(term, layersAreNamed || note !== "");
  const part = { label: term.label + note, value: term.value, formula: formulaOf(term) };
  return parts.length === 0 ? part : { ...part, parts };
}

function children(term: Term): readonly Term[] {
  switch (term.kind) {
    case "product": case "quotient": case "amount": return [];
    case "sum": return term.parts;
    case "times": return children(term.of).map((part) => times(term.factors, part));
  }
}

function layerNote(term: Term): string {
  const factors = term.kind === "times" ? term.factors : [];
  for (const factor of factors) {
    if (typeof factor !== "number" && "layers" in factor && factor.layers !== undefined) return ` (${factor.layers.length === 1 ? "layer" : "layers"} ${summarizeLayers(factor.layers)})`;
  }
  return "";
}

function formulaOf(term: Term): string {
  switch (term.kind) {
    case "product":
      return term.factors.map(formatFactor).join(" x ");
    case "amount":
      return typeof term.how === "string" ? term.how : term.how();
    case "quotient":
      return `${formatFactor(term.dividend)} / ${formatFactor(term.divisor)}`;
    case "sum":
      return term.parts.filter((part) => part.value !== 0).map((part) => formatNumber(part.value)).join(" + ");
    case "times": {
      const product = [...term.factors.map(formatFactor), formatNumber(term.of.value)].join(" x ");
      const isPlain = term.of.kind === "sum" || (term.of.kind === "product" && term.of.factors.length === 1);
      return isPlain ? product : `${product} (${formulaOf(term.of)})`;
    }
  }
}

function multiply(factors: readonly Factor[]): number {
  let value = 1;
  for (let i = 0; i < factors.length; i++) {
    value *= valueOf(factors[i] as Factor);
  }
  return value;
}

function valueOf(factor: Factor): number {
  return typeof factor === "number" ? factor : factor.value;
}

function formatFactor(factor: Factor): string {
  if (typeof factor === "number") return formatNumber(factor);
  if ("dimension" in factor) return formatShortest(factor.value, factor.dimension);
  const unit = factor.value === 1 ? factor.unit.replace(/s$/, "") : factor.unit;
  return `${formatNumber(factor.value)} ${unit}`;
}

/** `187,105,280`: every digit, since these are the numbers a reader wants to check. */
export function formatNumber(value: number): string {
  if (value < 1000) return String(value);
  const [whole = "", ...rest] = String(value).split(".");
  return [whole.replace(/\B(?=(\d{3})+(?!\d))/g, ","), ...rest].join(".");
}

/** A layer set as the language writes it: `0..60`, `0..34 step 2`, `[0, 3..60]`. */
export const formatLayers = (layers: readonly number[]): string => inBrackets(runsOf(layers).map(runText));

/** Parts of a list that a reader still takes in; of a longer one the first five stand for all. */
const mostParts = 6;

/** A layer set for reading, of any size: `[0, 3..60]`, `[0, 2, 4, 6, 8] and 95 more`. The number counts layers. */
export function summarizeLayers(layers: readonly number[]): string {
  const runs = runsOf(layers);
  if (runs.length <= mostParts) return inBrackets(runs.map(runText));
  const shown = runs.slice(0, mostParts - 1);
  const left = layers.length - shown.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  return `${inBrackets(shown.map(runText))} and ${formatNumber(left)} more`;
}

/** A list of numbers for reading, of any size. */
export function summarizeNumbers(numbers: readonly number[]): string {
  if (numbers.length <= mostParts) return `[${numbers.join(", ")}]`;
  return `[${numbers.slice(0, mostParts - 1).join(", ")}] and ${formatNumber(numbers.length - mostParts + 1)} more`;
}

interface Run {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

const runText = ({ from, to, step }: Run): string => (from === to ? String(from) : `${from}..${to}${step === 1 ? "" : ` step ${step}`}`);

const inBrackets = (parts: readonly string[]): string => (parts.length === 1 ? (parts[0] ?? "") : `[${parts.join(", ")}]`);

/** Layers at one step are one run; else neighbours are. */
function runsOf(layers: readonly number[]): readonly Run[] {
  const [first = 0] = layers;
  const step = (layers[1] ?? 0) - first;
  const isStepped = step > 1 && layers.length > 2 && layers.every((layer, i) => i === 0 || layer - (layers[i - 1] ?? 0) === step);
  if (isStepped) return [{ from: first, to: layers.at(-1) ?? first, step }];
  const runs: { from: number; to: number; step: number }[] = [];
  for (const layer of layers) {
    const last = runs.at(-1);
    if (last !== undefined && layer === last.to + 1) last.to = layer;
    else runs.push({ from: layer, to: layer, step: 1 });
  }
  return runs;
}
