/** Files that the command line writes. Nothing here throws. */

import { randomBytes } from "node:crypto";
import {
  accessSync, appendFileSync, closeSync, constants, existsSync, fchmodSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, statSync, writeFileSync, writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { WriteResult } from "./command-host";

type Content = string | Uint8Array | Iterable<string>;

/** Characters that are written at a time. */
const pieceLength = 1 << 16;

function* piecesOf(content: Content): Iterable<Uint8Array> {
  if (content instanceof Uint8Array) return yield content;
  if (typeof content === "string") return yield Buffer.from(content, "utf8");
  let waiting = "";
  for (const text of content) {
    waiting += text;
    if (waiting.length < pieceLength) continue;
    yield Buffer.from(waiting, "utf8");
    waiting = "";
  }
  yield Buffer.from(waiting, "utf8");
}

function writeAll(file: number, content: Content): void {
  for (const bytes of piecesOf(content)) for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
}

/** Writes a file in one step: a reader sees the old text or the new one. Keeps its mode; links stay links. */
export function replace(path: string, content: Content): WriteResult {
  try {
    const target = realpathSync(path);
    const stat = statSync(target);
    // The rename would replace a device or a pipe, and a file that nobody may write.
    if (!stat.isFile()) return { kind: "failed", reason: "this is not a file" };
    if ((stat.mode & 0o222) === 0) return { kind: "failed", reason: "it may not be written" };
    accessSync(target, constants.W_OK);
    return writeWhole(target, content, stat.mode & 0o7777);
  } catch (fault) {
    return { kind: "failed", reason: writeFault(fault) };
  }
}

/** The same whether it is there or not. */
export const save = (path: string, content: Content): WriteResult => (existsSync(path) ? replace(path, content) : writeWhole(path, content));

/** Writes beside the file and then gives it the file's name: nobody sees a part of it. `mode`: as the system has it for new files where it is left out. */
function writeWhole(target: string, content: Content, mode?: number): WriteResult {
  // Not the number of this process alone: in a container it is the same for the one that was killed before.
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`);
  try {
    const file = openSync(temporary, "wx", mode);
    try {
      if (mode !== undefined) fchmodSync(file, mode);
      writeAll(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, target);
    return { kind: "written" };
  } catch (fault) {
    rmSync(temporary, { force: true });
    return { kind: "failed", reason: writeFault(fault, "folder") };
  }
}

/** Writes behind what a file has; makes the file where there is none. */
export function append(path: string, text: string): WriteResult {
  try {
    appendFileSync(path, text);
    return { kind: "written" };
  } catch (fault) {
    return { kind: "failed", reason: writeFault(fault, "folder") };
  }
}

/** Writes a new file; never touches one that exists. */
export function create(path: string, text: string): WriteResult {
  try {
    writeFileSync(path, text, { flag: "wx" });
    return { kind: "written" };
  } catch (fault) {
    return { kind: "failed", reason: writeFault(fault, "folder") };
  }
}

/** Why something cannot be written, as a clause in the user's words. `missing`: what is not there where something is not. */
export function writeFault(fault: unknown, missing: "file" | "folder" = "file"): string {
  const code = fault instanceof Error && "code" in fault ? String(fault.code) : "";
  switch (code) {
    case "EEXIST": return "it exists already";
    case "ENOENT": return `there is no such ${missing}`;
    case "EACCES": case "EPERM": return "it may not be written";
    case "EROFS": return "its disk is read-only";
    case "ENOSPC": case "EDQUOT": return "the disk is full";
    default: return `it cannot be written${code === "" ? "" : ` (${code})`}`;
  }
}
