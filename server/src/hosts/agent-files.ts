import { existsSync } from "node:fs";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import type { AgentFiles, Resolved } from "../agents";
import { createSource } from "../core";
import { findFiles, isInside, pathOf, readText } from "./files";

/** The designs of some folders, for the tools of language models. Nothing outside of them is read, whatever a path or a link says. */
export function folderFiles(folders: readonly string[]): AgentFiles {
  const [first] = folders;
  const readable = `it lies outside ${folders.length === 1 ? "the folder" : "the folders"} that may be read: ${folders.join(", ")}`;

  const resolveIn = (asked: string): Resolved => {
    const given = /^file:/i.test(asked) ? pathOf(asked) : { kind: "text", text: asked } as const;
    if (given.kind === "failed") return { kind: "refused", reason: given.reason };
    if (first === undefined) return { kind: "refused", reason: "this server was started without a folder that it may read: name one behind `dsco mcp`, or give `text`" };
    const path = isAbsolute(given.text) ? given.text : folders.map((folder) => join(folder, given.text)).find((candidate) => isInside(candidate, folders) && existsSync(candidate)) ?? join(first, given.text);
    return isInside(path, folders) ? { kind: "file", uri: pathToFileURL(path).href } : { kind: "refused", reason: readable };
  };

  return {
    resolve: resolveIn,
    arrived: () => Promise.resolve(),
    load: (uri) => {
      const path = pathOf(uri);
      if (path.kind === "failed") return path;
      // Imports come here by themselves: they are bounded as the named files are.
      if (!isInside(path.text, folders)) return { kind: "failed", reason: readable };
      const read = readText(path.text);
      return read.kind === "text" ? { kind: "source", source: createSource(uri, read.text) } : read;
    },
    show: (uri) => {
      const path = pathOf(uri);
      if (path.kind === "failed") return uri;
      const between = first === undefined ? path.text : relative(first, path.text);
      return between === "" || between === ".." || between.startsWith(`..${sep}`) || isAbsolute(between) ? path.text : between;
    },
    list: async () => {
      const found = await Promise.all(folders.map(async (folder) => (await findFiles(folder, ".dsco")).map((path) => (folder === first ? relative(folder, path) : path))));
      return [...new Set(found.flat())].sort();
    },
    folder: first === undefined ? undefined : pathToFileURL(join(first, "/")).href,
  };
}

/** The folders that a server may read: those named, else the current one. The root of a disk, where some programs start their servers, is no folder of designs. */
export function foldersToRead(named: readonly string[]): readonly string[] {
  if (named.length > 0) return named.map((folder) => resolve(folder));
  const current = process.cwd();
  return resolve(current, "..") === current ? [] : [current];
}
