// What fuzzed sessions are about: texts, and places in them as an editor counts them.
import { smallPlans } from "../kit/plans";

export type Encoding = "utf-8" | "utf-16";

export const pick = <Item>(items: readonly Item[], index: number): Item => {
  const item = items[index % items.length];
  if (item === undefined) throw new Error("an empty list");
  return item;
};

export const library = "/// Shared.\nlet shared = 4\nlet memory = 80 GB\n\nmodel Base {\n  layers = 2, hidden_size = 256, vocab_size = 1000\n  attention mha { heads = 4 }\n  ffn dense { intermediate_size = 512 }\n}\n";
export const late = 'import { shared, memory } from "./a.dsco"\nimport { Large } from "./b.dsco"\n\ngpu Late {\n  memory = memory, memory_bandwidth = shared * 1 TB/s\n}\nmodel Later extends Large { vocab_size = 1000 * shared }\n';
export const user = 'import { shared, Base as Small, memory } from "./a.dsco"\n\n// é🚀\nmodel Large extends Small { layers = shared * 3, hidden_size = 1024 }\nlet double = 2 * shared\nlet gone = memory / 2\n';
export const texts: readonly string[] = [
  smallPlans, library, user, late, library.replace("shared = 4", "shared = 12"), user.replace("shared * 3", "shared * 4"), user, "", "let a = b\nlet b = a\n", 'import { Large } from "./b.dsco"\nmodel Huge extends Large { layers = 96 }\n', "model Broken {\n  layers = 2\n  attention mla {\n",
  user.replaceAll("\n", "\r\n"), library.replaceAll("\n", "\r"), `\ufeff${library}`, "plan P { model = M }\n", 'import { a } from "../outside.dsco"\nimport { H100 } from "std:hardware/nvidia"\ngpu Mine extends H100 { memory = 96 GB }\n',
];

/** The place of an offset as the editor counts it. A line ends at LF, CRLF or CR. */
export function placeOf(text: string, offset: number, encoding: Encoding): { readonly line: number; readonly character: number } {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  const line = lines.at(-1) ?? "";
  return { line: lines.length - 1, character: encoding === "utf-8" ? Buffer.byteLength(line) : line.length };
}

/** A place that an editor can name: not inside CRLF, not inside a pair of surrogates. */
export function properOffset(text: string, at: number): number {
  const offset = Math.min(text.length, Math.floor(at * (text.length + 1)));
  const [before, here] = [text.charCodeAt(offset - 1), text.charCodeAt(offset)];
  const isInside = (before === 13 && here === 10) || (before >= 0xd800 && before < 0xdc00 && here >= 0xdc00 && here < 0xe000);
  return isInside ? offset - 1 : offset;
}

/** The offset of a place, by the protocol's rules for places outside the text. */
export function offsetOf(text: string, line: number, character: number): number {
  const starts = [0, ...[...text.matchAll(/\r\n|\r|\n/g)].map((match) => match.index + match[0].length)];
  const start = starts[line];
  if (start === undefined) return text.length;
  const length = /^[^\r\n]*/.exec(text.slice(start))?.[0].length ?? 0;
  return start + Math.min(character, length);
}

/** The one range in which two texts differ. */
export function difference(before: string, after: string): { readonly start: number; readonly end: number; readonly inserted: string } {
  let head = 0;
  while (head < Math.min(before.length, after.length) && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(before.length, after.length) - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const start = properOffset(before, head / (before.length + 1));
  let end = before.length - tail;
  if (properOffset(before, end / (before.length + 1)) !== end) end += 1;
  return { start, end, inserted: after.slice(start, after.length - (before.length - end)) };
}
