import { readdirSync, rmSync, statSync, watch, type FSWatcher } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { CommandHost, DesignFiles, FolderWatch } from "./command-host";
import type { SweepTools } from "./sweep";
import { decodeUtf8, isInside, pathOf, readText, type FileText } from "./files";
import { append, create, replace, save, writeFault } from "./written-files";

/** The command line's door to the process it runs in. */
export function nodeCommandHost(): CommandHost {
  const stdout = outputOf(process.stdout);
  const stderr = outputOf(process.stderr);
  return {
    // npm puts `dsco` on the path of what it starts, and not on the user's.
    program: process.env["npm_command"] === undefined && process.env["npm_execpath"] === undefined ? "dsco" : "npx dsco",
    columns: process.stdout.isTTY ? process.stdout.columns : undefined,
    color: process.stdout.isTTY && (process.env["NO_COLOR"] ?? "") === "" && process.env["TERM"] !== "dumb",
    print: stdout,
    printError: stderr,
    uriOf: (path) => pathToFileURL(resolve(path)).href,
    showUri,
    read: (path) => readText(path),
    readRecord: (path) => readText(path, Infinity),
    readImport,
    readInput,
    findDesigns,
    replace,
    create,
    watchFolders,
    // The bundle of the server lies beside that of the command line: `dsco check` never loads it.
    startServer: async () => {
      await import(pathToFileURL(join(__dirname, "server.js")).href);
    },
    startAgentServer: async (folders) => {
      const { serveAgents } = (await import(pathToFileURL(join(__dirname, "mcp.js")).href)) as { readonly serveAgents: (folders: readonly string[]) => Promise<void> };
      await serveAgents(folders);
    },
    cores: availableParallelism(),
    sweepTools: async () => (await import(pathToFileURL(join(__dirname, "sweep.js")).href)) as SweepTools,
    save,
    append,
    remove: (path) => rmSync(path, { force: true }),
    isFolder: (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false,
  };
}

/** Writes to a stream until its reader goes away (`dsco report … | head`), then to nobody. */
function outputOf(stream: NodeJS.WriteStream): (text: string) => void {
  let isOpen = true;
  stream.on("error", (fault: NodeJS.ErrnoException) => {
    isOpen = false;
    if (fault.code === "EPIPE") return;
    process.exitCode = 2;
    if (stream !== process.stderr) process.stderr.write(`dsco: the output cannot be written: ${writeFault(fault)}.\n`);
  });
  return (text) => {
    if (isOpen) stream.write(text);
  };
}

function showUri(uri: string): string {
  if (!uri.startsWith("file:")) return uri;
  const path = fileURLToPath(uri);
  const between = relative(process.cwd(), path);
  return between === "" || between.startsWith("..") || isAbsolute(between) ? path : between;
}

function readImport(uri: string, namedFiles: readonly string[]): FileText {
  const path = pathOf(uri);
  if (path.kind === "failed") return path;
  const folders = [process.cwd(), ...namedFiles.map((file) => dirname(resolve(file)))];
  if (!isInside(path.text, folders)) {
    return { kind: "failed", reason: "it lies outside the current folder and the folder of the named file" };
  }
  return readText(path.text);
}

async function readInput(): Promise<FileText> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  } catch (fault) {
    return { kind: "failed", reason: `it cannot be read${fault instanceof Error && "code" in fault ? ` (${String(fault.code)})` : ""}` };
  }
  return decodeUtf8(Buffer.concat(chunks));
}

function findDesigns(): DesignFiles {
  const files: string[] = [];
  const folders: string[] = [];
  const waiting = ["."];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const entries = entriesOf(folder);
    folders.push(folder);
    for (const entry of entries) {
      if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
      const path = folder === "." ? entry.name : join(folder, entry.name);
      // Links to folders are not followed: they may lead in a circle.
      if (entry.isDirectory()) waiting.push(path);
      else if (entry.name.endsWith(".dsco")) files.push(path);
    }
  }
  return { files: files.sort(), folders };
}

/** A folder that may not be read holds nothing to check. */
function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Editors save in several steps, and several files at once: one answer for what happens within this time. */
const settleMilliseconds = 100;

function watchFolders(): FolderWatch {
  let watchers: FSWatcher[] = [];
  let state: "quiet" | "changed" | "stopped" = "quiet";
  let wake: (() => void) | undefined;
  const become = (next: "changed" | "stopped") => {
    if (state !== "stopped") state = next;
    wake?.();
  };
  process.once("SIGINT", () => become("stopped"));
  process.once("SIGTERM", () => become("stopped"));
  process.stdout.once("error", () => become("stopped"));
  return {
    follow: (folders) => {
      const before = watchers;
      watchers = folders.flatMap((folder) => watchOne(folder, () => become("changed")));
      for (const watcher of before) watcher.close();
    },
    next: async () => {
      if (state === "quiet") await new Promise<void>((resolved) => (wake = resolved));
      wake = undefined;
      if (state === "changed") await new Promise((resolved) => setTimeout(resolved, settleMilliseconds));
      if (state === "stopped") {
        for (const watcher of watchers) watcher.close();
        return "stopped";
      }
      state = "quiet";
      return "changed";
    },
  };
}

function watchOne(folder: string, onChange: () => void): readonly FSWatcher[] {
  try {
    const watcher = watch(folder, (_event, name) => {
      // A name without a point may be a new folder.
      if (name === null || name.endsWith(".dsco") || !name.includes(".")) onChange();
    });
    watcher.on("error", onChange);
    return [watcher];
  } catch {
    return []; // the folder has gone: its parent tells of that
  }
}
