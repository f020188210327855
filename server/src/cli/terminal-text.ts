/** Text for a terminal: widths, alignment, line breaks, colours. Pure. */
export { printable } from "../design";

export interface Style {
  readonly error: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly note: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly dim: (text: string) => string;
}

const escape = (code: string) => (text: string) => (text === "" ? "" : `\u001b[${code}m${text}\u001b[0m`);
const plain = (text: string) => text;

const colored: Style = { error: escape("1;31"), warning: escape("1;33"), note: escape("1;36"), strong: escape("1"), dim: escape("2") };
const uncolored: Style = { error: plain, warning: plain, note: plain, strong: plain, dim: plain };

export const styleFor = (color: boolean): Style => (color ? colored : uncolored);

const wide = /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const narrow = /\p{Mn}|\p{Me}|\p{Cf}/u;

/** Columns that a printable text takes. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += wide.test(character) ? 2 : narrow.test(character) ? 0 : 1;
  return width;
}

export const padEnd = (text: string, width: number): string => text + " ".repeat(Math.max(0, width - displayWidth(text)));
export const padStart = (text: string, width: number): string => " ".repeat(Math.max(0, width - displayWidth(text))) + text;

/** Rows as aligned columns, two blanks apart; columns named in `right` end at the same place. No blanks at line ends. */
export function alignColumns(rows: readonly (readonly string[])[], right: readonly number[] = []): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, displayWidth(cell))));
  return rows.map((row) =>
    row.map((cell, column) => (right.includes(column) ? padStart : padEnd)(cell, widths[column] ?? 0)).join("  ").trimEnd(),
  );
}

/** Breaks a text at blanks into lines of at most `width` columns; a longer word has its own line. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter((part) => part !== "")) {
    if (line !== "" && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return line === "" ? lines : [...lines, line];
}

export const indent = (lines: readonly string[], by = "  "): readonly string[] => lines.map((line) => (line === "" ? "" : by + line));

/** A list of words under its heading, as the lines below a problem have it. */
export const folded = (heading: string, words: readonly string[]): readonly string[] => [`  ${heading}`, ...indent(wrap(words.join(" "), 96), "    ")];

/**
 * As `alignColumns`, within `width`: where the rows are wider, cells of the columns named in `breakable` go on below themselves at
 * their own indentation, as few of them as can be.
 */
export function fitColumns(rows: readonly (readonly string[])[], width: number, right: readonly number[], breakable: readonly number[]): readonly string[] {
  const widths = fittingWidths(rows, width, breakable);
  return alignColumns(rows.flatMap((row) => {
    const cells = row.map((cell, column) => wrapIndented(cell, widths[column] ?? 0));
    const height = Math.max(...cells.map((lines) => lines.length));
    return Array.from({ length: height }, (_, line) => cells.map((lines) => lines[line] ?? ""));
  }), right);
}

/** Takes a character at a time from the column in which that breaks the fewest cells, of these from the widest; no word is broken. */
function fittingWidths(rows: readonly (readonly string[])[], width: number, breakable: readonly number[]): readonly number[] {
  const columns = Array.from({ length: Math.max(0, ...rows.map((row) => row.length)) }, (_, column) => {
    const cells = rows.map((row) => row[column] ?? "");
    const natural = Math.max(...cells.map(displayWidth));
    const longestWord = Math.max(...cells.map((cell) => blanksBefore(cell).length + Math.max(...cell.trim().split(/\s+/).map(displayWidth))));
    return { cells, width: natural, least: breakable.includes(column) ? longestWord : natural };
  });
  const broken = (column: (typeof columns)[number]) => column.cells.filter((cell) => displayWidth(cell) >= column.width).length;
  const total = () => columns.reduce((sum, column) => sum + column.width, 2 * (columns.length - 1));
  while (total() > width) {
    const [column] = columns.filter((candidate) => candidate.width > candidate.least).sort((one, other) => broken(one) - broken(other) || other.width - one.width);
    if (!column) break;
    column.width -= 1;
  }
  return columns.map((column) => column.width);
}

const blanksBefore = (text: string): string => /^ */.exec(text)?.[0] ?? "";

function wrapIndented(text: string, width: number): readonly string[] {
  const blanks = blanksBefore(text);
  const lines = wrap(text, width - blanks.length);
  return lines.length === 0 ? [""] : indent(lines, blanks);
}
