import type { FileText } from "./files";
import type { SweepTools } from "./sweep";

/** What a command may do outside its own arithmetic: files, streams, folders. Tests bring their own. */
export interface CommandHost {
  /** How the user calls this program: `dsco`, or `npx dsco` where npm started it. Hints say it, so that they can be copied. */
  readonly program: string;
  /** Columns of the terminal that standard output is; `undefined` for a file or a pipe. */
  readonly columns: number | undefined;
  /** Standard output shows colours, and the user has not refused them (https://no-color.org). */
  readonly color: boolean;
  /** Writes to standard output as given. A reader that has gone away is no fault. */
  print(text: string): void;
  /** Writes to standard error as given. */
  printError(text: string): void;
  /** The address of a path as the user wrote it, relative to the current folder. */
  uriOf(path: string): string;
  /** The shortest path that a message may show for an address: relative to the current folder where it lies inside. */
  showUri(uri: string): string;
  /** Reads a path as the user wrote it. */
  read(path: string): FileText;
  /** The same of what dsco itself has written, however large it is. */
  readRecord(path: string): FileText;
  /** Reads the file of an import. It lies in the current folder or in the folder of one of the named files. */
  readImport(uri: string, namedFiles: readonly string[]): FileText;
  /** All of standard input. */
  readInput(): Promise<FileText>;
  /** Every `.dsco` file under the current folder, sorted, and the folders looked at; `node_modules` and dot folders are left out. */
  findDesigns(): DesignFiles;
  /** Writes a file in one step: a reader sees the old text or the new one. Keeps its mode; links stay links. */
  replace(path: string, text: string): WriteResult;
  /** The same whether it is there or not: whoever is ended meanwhile leaves no half of it. */
  save(path: string, content: string | Uint8Array | Iterable<string>): WriteResult;
  /** Writes behind what a file has; makes the file where there is none. */
  append(path: string, text: string): WriteResult;
  /** A file that is not there is gone already. */
  remove(path: string): void;
  /** Writes a new file; never touches one that exists. */
  create(path: string, text: string): WriteResult;
  watchFolders(): FolderWatch;
  /** Threads that this machine runs at once. */
  readonly cores: number;
  /** What only sweeps need, loaded when it is asked for. */
  sweepTools(): Promise<SweepTools>;
  /** Starts the language server on standard input and output. */
  startServer(): Promise<void>;
  /** Starts the server for language models on standard input and output; it reads these folders, or the current one. */
  startAgentServer(folders: readonly string[]): Promise<void>;
  isFolder(path: string): boolean;
}

export interface DesignFiles {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

export type WriteResult =
  | { readonly kind: "written" }
  /** A clause in the user's words: `it may not be written`. */
  | { readonly kind: "failed"; readonly reason: string };

export interface FolderWatch {
  /** Replaces the folders that are watched. */
  follow(folders: readonly string[]): void;
  /** Resolves at the next change of a `.dsco` file or a folder since the last answer, or when the user stops. */
  next(): Promise<"changed" | "stopped">;
}
