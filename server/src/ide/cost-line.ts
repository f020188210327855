/** What a declaration comes to, in one line: for lists, where a whole table has no place. */

import type { FigureOptions } from "../analysis";
import { settledValue, type BoundDeclaration, type Workspace } from "../core";
import { formatGrouped } from "../units";
import { lensFigures } from "./code-lens";
import { plainProperty } from "./describe";

const mostFigures = 3;

/** `671.0B total, 37.55B active, 70.27 KB KV a token`; `undefined` where nothing of it is known. */
export function costLine(workspace: Workspace, declaration: BoundDeclaration, options: FigureOptions = {}): string | undefined {
  const texts = textsOf(workspace, declaration, options).slice(0, mostFigures);
  return texts.length === 0 ? undefined : texts.join(", ");
}

function textsOf(workspace: Workspace, declaration: BoundDeclaration, options: FigureOptions): readonly string[] {
  const written = (key: string, what = "") => {
    const property = settledValue(workspace, declaration.block, key);
    return property.value === undefined || property.origin === "default" ? [] : [`${plainProperty(property)}${what}`];
  };
  switch (declaration.keyword) {
    case "gpu": return [...written("memory"), ...written("memory_bandwidth"), ...peakOf(workspace, declaration)];
    case "nic": return written("rate");
    case "parallelism": return degrees.flatMap((key) => degreeText(workspace, declaration, key)).concat(written("schedule"));
    case "workload": return [...written("phase"), ...written("sequence_length"), ...written("prompt_length"), ...written("context_length"), ...batchOf(workspace, declaration)];
    default: return lensFigures(workspace, declaration, options);
  }
}

/** `989.5 TFLOPS BF16` */
function peakOf(workspace: Workspace, { block }: BoundDeclaration): readonly string[] {
  const peak = block.blocks.find(({ keyword }) => keyword === "peak");
  const rate = peak && settledValue(workspace, peak, "bf16");
  return rate?.value === undefined ? [] : [`${plainProperty(rate)} BF16`];
}

const degrees = ["tp", "pp", "ep", "cp", "dp"] as const;

function degreeText(workspace: Workspace, { block }: BoundDeclaration, key: (typeof degrees)[number]): readonly string[] {
  const { plain } = settledValue(workspace, block, key);
  return typeof plain === "number" && plain > 1 ? [`${key} ${formatGrouped(plain)}`] : [];
}

function batchOf(workspace: Workspace, { block }: BoundDeclaration): readonly string[] {
  const [whole, single] = [settledValue(workspace, block, "global_batch_size").plain, settledValue(workspace, block, "batch_per_gpu").plain];
  if (typeof whole === "number") return [`${formatGrouped(whole)} sequences a step`];
  return typeof single === "number" ? [`${formatGrouped(single)} a GPU`] : [];
}
