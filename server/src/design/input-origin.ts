import type { TracedInput } from "../analysis";
import type { BoundBlock, BoundDeclaration } from "../core";
import type { Design } from "./design";
import { placeText } from "./diagnostic-text";
import { printable } from "./printable";

/** What stands behind the lengths that a reader may ask at: given by name, or the default with how to state another. */
export interface AskedAt {
  readonly sequenceLength: string;
  readonly contextLength: string;
}

/** Where an input of a figure was written (`design.dsco:12:5`), or why it has its value without being written. */
export function inputOrigin(design: Design, declaration: BoundDeclaration, { path, property }: TracedInput, asked: AskedAt): string {
  if (path === "@sequence_length") return asked.sequenceLength;
  if (path === "@context_length") return asked.contextLength;
  const written = property?.property;
  if (written) return `${placeText(design, written.file.uri, written.node.value.start)}${property.origin === "inherited" ? " (inherited)" : ""}`;
  const inferred = property?.spec?.default;
  if (inferred) return printable(`default: ${inferred.expression} (${inferred.source})`);
  const block = blockAt(declaration.block, path);
  return block ? placeText(design, block.file.uri, block.node.start) : "";
}

/** The block behind an input that names a kind: `ffn[1].balance`. */
function blockAt(block: BoundBlock, path: string): BoundBlock | undefined {
  for (const inner of block.blocks) {
    const found = inner.path === path ? inner : path.startsWith(`${inner.path}.`) ? blockAt(inner, path) : undefined;
    if (found) return found;
  }
  return undefined;
}
