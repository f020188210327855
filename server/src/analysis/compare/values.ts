import { settledValue, type BoundBlock, type PropertySpec, type Value, type Workspace } from "../../core";
import { formatLayers, summarizeLayers } from "../../cost/term";
import { formatGrouped } from "../../units";
import { unitOfDimension } from "../metric-table";
import { briefValueText } from "../value-text";
import type { FactValue } from "./comparison";

/** What a key of a block says; `undefined` where it says nothing: it is left out and has no default. */
export function factOf(workspace: Workspace, block: BoundBlock, key: string): FactValue | undefined {
  const { spec, plain, value, origin, property } = settledValue(workspace, block, key);
  if (origin === "absent") return undefined;
  if (value === undefined || (spec && plain === undefined)) return origin === "default" ? undefined : { text: "no valid value", value: null, unit: null, origin, property };
  return { text: briefValueText(value, spec?.type), ...measured(value, spec, plain), origin, property };
}

function measured(value: Value, spec: PropertySpec | undefined, plain: unknown): Pick<FactValue, "value" | "unit"> {
  if (value.kind === "quantity") {
    const { unit, scale } = unitOfDimension(value.dimension);
    return { value: scale === 1 ? value.value : Number((value.value / scale).toPrecision(15)), unit: spec?.type.kind === "token-count" ? "tokens" : unit };
  }
  if (spec?.type.kind === "numbers" && Array.isArray(plain)) return { value: plain as readonly number[], unit: "" };
  return { value: value.kind === "boolean" ? value.value : briefValueText(value, spec?.type), unit: null };
}

/** The layers that a block stands on; a default where they are what other blocks leave it. */
export function layersFact(workspace: Workspace, block: BoundBlock, layers: readonly number[] | undefined): FactValue | undefined {
  const { origin, property } = settledValue(workspace, block, "layers");
  if (layers === undefined) return factOf(workspace, block, "layers");
  const text = layers.length === 0 ? "none" : summarizeLayers(layers);
  return { text, value: layers.length === 0 ? "none" : formatLayers(layers), unit: null, origin: origin === "absent" ? "default" : origin, property };
}

/** The kind of a block: `mla`. */
export const kindFact = (block: BoundBlock | undefined): FactValue | undefined =>
  block && { text: block.variant ?? "no valid kind", value: block.variant ?? null, unit: null, origin: block.own ? "written" : "inherited", property: undefined };

/** The same value, whatever it is written as. */
export const isSameFact = (left: FactValue, right: FactValue): boolean => JSON.stringify([left.value, left.unit]) === JSON.stringify([right.value, right.unit]);

/** Every digit, for values that only their last digits tell apart. */
export const withEveryDigit = (fact: FactValue): FactValue => (typeof fact.value === "number" ? { ...fact, text: `${everyDigit(fact.value)}${fact.unit ? ` ${fact.unit}` : ""}` } : fact);

const everyDigit = (value: number): string => (Number.isInteger(value) ? formatGrouped(value) : String(value));
