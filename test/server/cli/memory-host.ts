import type { CommandHost, WriteResult } from "../../../server/src/hosts/command-host";
import { decodeUtf8, type FileText } from "../../../server/src/hosts/files";
import { adviceFor, openEvaluator, runStretch, tryDesigns } from "../../../server/src/explore";
import { parquetOf, type SweepTools } from "../../../server/src/hosts/sweep";
import { run } from "../../../server/src/cli/run";

const root = "file:///work/";

/** A sweep in the thread of the test. */
const sameThreadPool: SweepTools["sweepPool"] = (task) => {
  const evaluator = openEvaluator(task);
  return {
    run: (from, to) => Promise.resolve(runStretch(evaluator, from, to)), attempt: (designs) => Promise.resolve(tryDesigns(evaluator, designs)),
    advise: (reasons) => Promise.resolve(adviceFor(evaluator.compiled.space, reasons)), stop: () => undefined, close: () => Promise.resolve(),
  };
};

export interface MemoryFiles {
  readonly [path: string]: string | Uint8Array;
}

export interface Outcome {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
  /** The files as the command left them. */
  readonly files: ReadonlyMap<string, string | Uint8Array>;
  /** Paths that were written. */
  readonly written: readonly string[];
}

export interface Around {
  readonly input?: string | Uint8Array;
  /** How the user calls it. */
  readonly program?: string;
  readonly columns?: number;
  readonly color?: boolean;
  /** Why no file can be written. */
  readonly writeFault?: string;
  /** Sees every file as it is after something was written behind what it had. */
  readonly onAppend?: (path: string, content: string) => void;
  /** Edits that happen while `--watch` waits, one after the other; then the user stops. */
  readonly edits?: readonly MemoryFiles[];
}

/** Runs one command line over files that exist nowhere but here. */
export async function runIn(files: MemoryFiles, words: readonly string[], around: Around = {}): Promise<Outcome> {
  const texts = new Map(Object.entries(files));
  const written: string[] = [];
  let output = "";
  let errors = "";
  const read = (path: string): FileText => {
    const content = texts.get(path.replace(/^\.\//, ""));
    if (content === undefined) {
      const isFolder = [...texts.keys()].some((other) => other.startsWith(`${path.replace(/\/$/, "")}/`));
      return isFolder ? { kind: "failed", reason: "this is a directory", isFolder: true } : { kind: "failed", reason: "there is no such file", isMissing: true };
    }
    return typeof content === "string" ? { kind: "text", text: content } : decodeUtf8(content);
  };
  const write = (path: string, text: string | Uint8Array, isNew: boolean): WriteResult => {
    if (around.writeFault !== undefined) return { kind: "failed", reason: around.writeFault };
    if (isNew && texts.has(path)) return { kind: "failed", reason: "it exists already" };
    texts.set(path, text);
    written.push(path);
    return { kind: "written" };
  };
  const pathOf = (uri: string) => decodeURIComponent(uri.slice(root.length));
  const edits = [...(around.edits ?? [])];
  const host: CommandHost = {
    program: around.program ?? "dsco",
    columns: around.columns,
    color: around.color ?? false,
    print: (text) => (output += text),
    printError: (text) => (errors += text),
    uriOf: (path) => new URL(path.split("/").map(encodeURIComponent).join("/"), root).href,
    showUri: (uri) => (uri.startsWith(root) ? pathOf(uri) : uri),
    read,
    readRecord: read,
    readImport: (uri) => (uri.startsWith(root) ? read(pathOf(uri)) : { kind: "failed", reason: "it lies outside the current folder and the folder of the named file" }),
    readInput: () => Promise.resolve(typeof around.input === "string" || around.input === undefined
      ? { kind: "text" as const, text: around.input ?? "" }
      : decodeUtf8(around.input)),
    findDesigns: () => ({ files: [...texts.keys()].filter((path) => path.endsWith(".dsco")).sort(), folders: ["."] }),
    replace: (path, text) => write(path, text, false),
    create: (path, text) => write(path, text, true),
    save: (path, content) => write(path, typeof content === "string" || content instanceof Uint8Array ? content : [...content].join(""), false),
    append: (path, text) => {
      const result = write(path, `${String(texts.get(path) ?? "")}${text}`, false);
      around.onAppend?.(path, String(texts.get(path)));
      return result;
    },
    remove: (path) => void texts.delete(path),
    cores: 2,
    sweepTools: () => Promise.resolve({ sweepPool: sameThreadPool, parquetOf }),
    watchFolders: () => ({
      follow: () => undefined,
      next: () => {
        const edit = edits.shift();
        if (!edit) return Promise.resolve("stopped");
        for (const [path, text] of Object.entries(edit)) texts.set(path, text);
        return Promise.resolve("changed");
      },
    }),
    startServer: () => {
      output += "server started";
      return Promise.resolve();
    },
    startAgentServer: (folders) => {
      output += `agent server started for ${folders.join(" ")}`;
      return Promise.resolve();
    },
    isFolder: (path) => [...texts.keys()].some((other) => other.startsWith(`${path}/`)),
  };
  const code = await run(words, host);
  return { code, output, errors, files: texts, written };
}

/** One line a word: `report a.dsco --format json`. */
export const words = (line: string): readonly string[] => line.split(" ").filter((word) => word !== "");
