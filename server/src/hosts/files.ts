import { readFileSync, realpathSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

export type FileText =
  | { readonly kind: "text"; readonly text: string }
  /** A clause in the user's words: `there is no such file`. */
  | { readonly kind: "failed"; readonly reason: string; readonly isFolder?: true; readonly isMissing?: true };

/** Files larger than this are no designs; reading one by mistake would stop the editor. */
const mostBytes = 64 * 2 ** 20;

/** Reads a file as UTF-8, byte-order mark included. `most`: its bytes at most. Never throws. */
export function readText(path: string, most = mostBytes): FileText {
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) return { kind: "failed", reason: "this is a directory", isFolder: true };
    if (!stat.isFile()) return { kind: "failed", reason: "this is not a file" };
    if (stat.size > most) return { kind: "failed", reason: "the file is larger than 64 MiB" };
    return decodeUtf8(readFileSync(path));
  } catch (fault) {
    const reason = reasonOf(fault);
    return { kind: "failed", reason, ...(reason === missing ? { isMissing: true } : {}) };
  }
}

/** Bytes as text, byte-order mark included. Never throws. */
export function decodeUtf8(bytes: Uint8Array): FileText {
  try {
    return { kind: "text", text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch (fault) {
    return { kind: "failed", reason: reasonOf(fault) };
  }
}

const missing = "there is no such file";

function reasonOf(fault: unknown): string {
  const code = fault instanceof Error && "code" in fault ? String(fault.code) : "";
  switch (code) {
    case "ENOENT": case "ENOTDIR": return missing;
    case "EACCES": case "EPERM": return "it may not be read";
    case "ELOOP": return "its links lead in a circle";
    case "ENAMETOOLONG": return "its name is too long";
    case "ERR_ENCODING_INVALID_ENCODED_DATA": return "it is not UTF-8 text";
    default: return `it cannot be read${code === "" ? "" : ` (${code})`}`;
  }
}

/** The path of a `file:` address, or why it has none. */
export function pathOf(uri: string): FileText {
  try {
    return { kind: "text", text: fileURLToPath(uri) };
  } catch {
    return { kind: "failed", reason: "this is not the address of a file" };
  }
}

/** True where a path, links followed, lies in one of the folders. */
export function isInside(path: string, folders: readonly string[]): boolean {
  const real = follow(path);
  return folders.some((folder) => {
    const between = relative(follow(folder), real);
    return between === "" || (between !== ".." && !between.startsWith(`..${sep}`) && !isAbsolute(between));
  });
}

/** The path with its links followed; of one that is not there, those of the folders around it. */
function follow(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const folder = dirname(path);
    return folder === path ? path : join(follow(folder), basename(path));
  }
}

/** Entries of folders that are looked at; a workspace that holds more (the root of a disk) is searched so far. */
const mostEntries = 500_000;

/**
 * The paths of the files with an ending in a folder and in those below it. Links are not followed; folders that hold
 * nobody's designs (`node_modules`, those that begin with a point) and those that may not be read are left out.
 */
export async function findFiles(folder: string, ending: string): Promise<readonly string[]> {
  const found: string[] = [];
  const waiting = [folder];
  let seen = 0;
  for (let next = waiting.pop(); next !== undefined && seen < mostEntries; next = waiting.pop()) {
    const within = next;
    const entries = await readdir(within, { withFileTypes: true }).catch(() => []);
    seen += entries.length;
    for (const entry of entries) {
      if (entry.isFile() && entry.name.endsWith(ending)) found.push(join(within, entry.name));
      else if (entry.isDirectory() && entry.name !== "node_modules" && !entry.name.startsWith(".")) waiting.push(join(within, entry.name));
    }
  }
  return found;
}
