import type { BaseLanguageClient } from "vscode-languageclient";
import { CancellationTokenSource, Disposable, FileSystemError, FileType, RelativePattern, Uri, workspace } from "vscode";
import type { DscoEditorRequests, ReadFileAnswer } from "../../../server/src/lsp/protocol";

/** The editor's side of what the server asks where it has no disk: virtual file systems, and all files on the web. */
export const answerFileRequests = (client: BaseLanguageClient): Disposable => Disposable.from(
  client.onRequest("dsco/readFile", ({ uri }: ParamsOf<"dsco/readFile">): ResultOf<"dsco/readFile"> => readFile(Uri.parse(uri, true))),
  client.onRequest("dsco/findFiles", ({ folder }: ParamsOf<"dsco/findFiles">): ResultOf<"dsco/findFiles"> => findFiles(Uri.parse(folder, true))),
);

type ParamsOf<Method extends keyof DscoEditorRequests> = DscoEditorRequests[Method]["params"];
type ResultOf<Method extends keyof DscoEditorRequests> = Promise<DscoEditorRequests[Method]["result"]>;

/** Larger files are no designs; reading one by mistake would stop the editor. */
const mostBytes = 64 * 2 ** 20;

async function readFile(uri: Uri): Promise<ReadFileAnswer> {
  try {
    const { type, size } = await workspace.fs.stat(uri);
    if (type & FileType.Directory) return { kind: "failed", reason: "folder" };
    if (size > mostBytes) return { kind: "failed", reason: "large" };
    const bytes = await workspace.fs.readFile(uri);
    try {
      return { kind: "text", text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
    } catch {
      return { kind: "failed", reason: "not-text" };
    }
  } catch (error) {
    const code = error instanceof FileSystemError ? error.code : "";
    if (code === "FileNotFound" || code === "FileNotADirectory") return { kind: "failed", reason: "missing" };
    return { kind: "failed", reason: code === "NoPermissions" ? "forbidden" : "unavailable" };
  }
}

const mostFiles = 10_000;
const mostFolders = 1000;
const searchMilliseconds = 3000;

/** Not every virtual file system can search, and VS Code waits for one that cannot: then its folders are walked. */
const findFiles = async (folder: Uri): Promise<readonly string[]> => ((await search(folder)) ?? (await walk(folder))).map((uri) => uri.toString());

async function search(folder: Uri): Promise<readonly Uri[] | undefined> {
  const enough = new CancellationTokenSource();
  const timer = setTimeout(() => enough.cancel(), searchMilliseconds);
  const cancelled = new Promise<undefined>((resolve) => enough.token.onCancellationRequested(() => resolve(undefined)));
  const found = await Promise.race([workspace.findFiles(new RelativePattern(folder, "**/*.dsco"), "**/node_modules/**", mostFiles, enough.token), cancelled]);
  clearTimeout(timer);
  enough.dispose();
  return found !== undefined && found.length > 0 ? found : undefined;
}

async function walk(root: Uri): Promise<readonly Uri[]> {
  const files: Uri[] = [];
  let level = [root];
  for (let seen = 0; level.length > 0 && seen < mostFolders && files.length < mostFiles; seen += level.length) {
    const entries = await Promise.all(level.map(async (folder) => (await entriesOf(folder)).map(([name, type]) => ({ name, type, uri: Uri.joinPath(folder, name) }))));
    files.push(...entries.flat().filter(({ name, type }) => type & FileType.File && name.endsWith(".dsco")).map(({ uri }) => uri));
    level = entries.flat().filter(({ name, type }) => type === FileType.Directory && !name.startsWith(".") && name !== "node_modules").map(({ uri }) => uri);
  }
  return files;
}

/** A folder that cannot be read holds nothing to check. */
const entriesOf = async (folder: Uri): Promise<readonly [string, FileType][]> => {
  try {
    return await workspace.fs.readDirectory(folder);
  } catch {
    return [];
  }
};
