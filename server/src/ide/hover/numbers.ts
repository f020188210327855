import type { NumberLiteral } from "../../../../grammar/src";
import { evaluate } from "../../core";
import { formatGrouped } from "../../units";
import { describeAny } from "../describe";
import { code } from "../markdown";
import type { Asked } from "./asked";

/** A number with its exact value, where its spelling hides it: `128Ki` = 131,072; `400 Gbps` = 50 GB/s. */
export function describeNumber({ workspace, scope }: Asked, literal: NumberLiteral): string | undefined {
  const { suffix, unit } = literal;
  if (suffix === undefined && unit === undefined && !literal.digits.includes("e") && !literal.digits.includes("E")) return undefined;
  const value = evaluate(literal, { workspace, file: scope, block: undefined, key: undefined, metricsOf: undefined, problems: [] });
  if (value?.kind !== "quantity") return undefined;
  const written = `${literal.digits}${suffix ?? ""}${unit === undefined ? "" : ` ${unit}`}`;
  return `${code(written)} = ${unit === undefined ? formatGrouped(value.value) : describeAny(value)}`;
}
