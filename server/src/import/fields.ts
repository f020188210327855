/** What the fields of a config are made with. */
import type { FactValue } from "./facts";
import type { PlainBlock } from "./plain-model";

export type Part = Readonly<Record<string, unknown>>;

/** The first block, of any of these kinds. */
export const first = (blocks: readonly (PlainBlock | undefined)[], kinds?: readonly string[]): PlainBlock | undefined =>
  blocks.find((block) => block && (kinds === undefined || kinds.includes(block.kind)));

export const headKinds = ["mha", "mqa", "gqa"];

export const is = (value: FactValue | undefined): boolean => value === true || value === "true";
