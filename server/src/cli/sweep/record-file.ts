/** The record of a run beside its file: written while the run goes on, read by one that goes on with it. */

import type { RunHeader } from "../../explore";
import type { CommandHost } from "../../hosts/command-host";
import type { FileText } from "../../hosts/files";
import { WrongUse } from "../command";

export const recordPath = (out: string): string => `${out}.run`;

/** A run as the command line asked for it. */
export interface RunFile {
  readonly header: RunHeader;
  /** Where its results go; nothing is recorded of one without. */
  readonly out: string | undefined;
  readonly resume: boolean;
  readonly host: CommandHost;
}

/** Writes behind what the record has. Throws `WrongUse` where it cannot. */
export function noteIn({ out, host }: RunFile, text: string): void {
  if (out === undefined) return;
  const written = host.append(recordPath(out), text);
  if (written.kind === "failed") throw new WrongUse(`${recordPath(out)}: ${written.reason}`);
}

/** Begins a record anew. */
export function beginRecord(file: RunFile, line: string): void {
  if (file.out !== undefined) file.host.remove(recordPath(file.out));
  noteIn(file, line);
}

type Read<Record> = (Record & { readonly header: RunHeader; readonly length: number }) | { readonly kind: "broken"; readonly reason: string };

/** What an ended run has written, where `--resume` asks for it. Throws `WrongUse` where it is of another run. */
export function recorded<Record extends { readonly kind: string }>({ out, header, resume, host }: RunFile, readRecord: (text: string) => Read<Record>): Record | undefined {
  if (out === undefined || !resume) return undefined;
  const path = recordPath(out);
  const read = host.readRecord(path);
  // a run that is to go on whatever was before it begins where nothing was; what cannot be read, or was written by somebody else, is not thrown away
  if (isMissing(read) && isMissing(host.read(out))) return undefined;
  if (isMissing(read)) throw new WrongUse(`${out} is there, and ${path}, which says what it holds, is not: nothing can be gone on with; remove ${out} to begin anew`);
  if (read.kind !== "text") throw new WrongUse(`${path}: ${read.reason}; remove it to begin anew`);
  const run = readRecord(read.text);
  if (isBroken(run)) throw new WrongUse(`${path}: ${run.reason}; remove it to begin anew`);
  if (run.header.fingerprint !== header.fingerprint || run.header.from !== header.from || run.header.to !== header.to) throw strange(path);
  // a line that was torn off is written again
  const whole = host.save(path, read.text.slice(0, run.length));
  if (whole.kind === "failed") throw new WrongUse(`${path}: ${whole.reason}`);
  return run;
}

const isMissing = (read: FileText): boolean => read.kind !== "text" && read.isMissing === true;

const isBroken = (run: { readonly kind: string }): run is { readonly kind: "broken"; readonly reason: string } => run.kind === "broken";

export const strange = (path: string): WrongUse => new WrongUse(`${path} is of another sweep or another shard: the design has changed since; remove it to begin anew`);
