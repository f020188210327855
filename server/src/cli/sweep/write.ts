/** The designs of a run as a file or as text. */

import { tableOf, type RunHeader, type Stretch } from "../../explore";
import type { CommandHost } from "../../hosts/command-host";
import { WrongUse } from "../command";
import { csvOf, jsonLinesOf, type ResultFormat } from "./formats";

export function textTable(format: ResultFormat, header: RunHeader, stretches: readonly Stretch[]): Iterable<string> {
  const table = tableOf(header, stretches);
  return format === "jsonl" ? jsonLinesOf(table) : csvOf(table);
}

export async function writeTable(out: string, format: ResultFormat, header: RunHeader, stretches: readonly Stretch[], host: CommandHost): Promise<void> {
  const bytes = format === "parquet" ? (await host.sweepTools()).parquetOf(tableOf(header, stretches)) : textTable(format, header, stretches);
  const written = host.save(out, bytes);
  if (written.kind === "failed") throw new WrongUse(`${out}: ${written.reason}`);
}
