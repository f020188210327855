import type { ResultRow, ResultTable } from "../../explore";

export const resultFormats = ["csv", "jsonl", "parquet"] as const;
export type ResultFormat = (typeof resultFormats)[number];

/** RFC 4180: a line a design, the names of the columns first. */
export function* csvOf({ columns, rows }: ResultTable): Iterable<string> {
  yield csvLine(columns.map(({ name }) => name));
  for (const row of rows) yield csvLine(row);
}

const csvLine = (row: ResultRow): string => `${row.map(cell).join(",")}\r\n`;

const cell = (value: number | string | boolean): string => {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
};

/** One object a line, a design each. */
export function* jsonLinesOf({ columns, rows }: ResultTable): Iterable<string> {
  for (const row of rows) yield `${JSON.stringify(Object.fromEntries(columns.map(({ name }, place) => [name, row[place]])))}\n`;
}
