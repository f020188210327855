/** How wide text comes out, without a browser: after the widest fonts that editors show their texts in, so that it never takes more. */

/** Pixels of ordinary text in every picture; small text for what stands in marks. */
export const textSize = 12;
export const smallSize = 11;
export const lineHeight = 18;

/** Advance widths of DejaVu Sans in thousandths of the size, by the characters that have them. */
const advances: readonly (readonly [characters: string, width: number])[] = [
  ["ijl|'", 280], ["ft()[]/\\:;,. !IJ", 400], ["r-\"*°", 460], ["csvxyzk?L", 600], ["abdeghnopqu0123456789FT_", 640], ["ABCEKPSVXYZ{}$", 690], ["DGHNORU&=+<>~^#µ", 790], ["Qw", 820],
  ["mM%@W", 1000],
];

const widths = new Map(advances.flatMap(([characters, width]) => [...characters].map((character) => [character, width] as const)));

/** Of characters that are not in the table: as wide as high, as those of East Asia are. */
const otherwise = 1000;

export function textWidth(content: string, size: number = textSize): number {
  let width = 0;
  for (const character of content) width += widths.get(character) ?? otherwise;
  return (width * size) / 1000;
}

/** The text, or as much of it as fits with an ellipsis; empty where not even a letter does. */
export function fitted(content: string, room: number, size: number = textSize): string {
  if (textWidth(content, size) <= room) return content;
  const characters = [...content];
  while (characters.length > 0 && textWidth(`${characters.join("").trimEnd()}…`, size) > room) characters.pop();
  return characters.length === 0 ? "" : `${characters.join("").trimEnd()}…`;
}

export const widestOf = (texts: readonly string[], size: number = textSize): number => texts.reduce((most, each) => Math.max(most, textWidth(each, size)), 0);

/** Text in lines of no more than a width, broken between words; a word that is wider has a line of its own. */
export function wrapped(content: string, room: number, size: number = textSize): readonly string[] {
  const lines: string[] = [];
  for (const word of content.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && textWidth(`${last} ${word}`, size) <= room) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
