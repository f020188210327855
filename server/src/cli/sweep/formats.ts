import type { ResultTable } from "../../explore";

export const resultFormats = ["csv", "jsonl", "parquet"] as const;
export type ResultFormat = (typeof resultFormats)[number];

/** RFC 4180: a line a design, the names of the columns first. */
export const csvOf = ({ columns, rows }: ResultTable): string =>
  [columns.map(({ name }) => name), ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");

const cell = (value: number | string | boolean): string => {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
};

/** One object a line, a design each. */
export const jsonLinesOf = ({ columns, rows }: ResultTable): string =>
  rows.map((row) => `${JSON.stringify(Object.fromEntries(columns.map(({ name }, place) => [name, row[place]])))}\n`).join("");
