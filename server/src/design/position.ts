import type { Position, Source } from "../core";

/** Zero-based line and UTF-16 column as editors count them: a byte-order mark at the start of the file takes no column. */
export function shownPosition({ text, lines }: Pick<Source, "text" | "lines">, offset: number): Position {
  const { line, character } = lines.position(offset);
  return line === 0 && text.startsWith("\ufeff") ? { line, character: Math.max(0, character - 1) } : { line, character };
}
