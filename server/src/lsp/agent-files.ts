import type { CancellationToken } from "vscode-languageserver";
import type { AgentFiles, Resolved } from "../agents";
import { withinReason } from "./requests";
import { editorUri, type Session } from "./session";
import { toInternal } from "./uris";

/** What the editor holds, as the tools of language models name it: unsaved texts before what is on the disk. */
export function editorFiles(session: Session, token: CancellationToken): AgentFiles {
  const { documents, state } = session;
  const { load } = state.current();
  const folders = state.folders();
  const [first] = folders;

  const addressOf = (path: string): string => {
    if (isUri(path)) return toInternal(path);
    const absolute = absolutePath(path);
    if (absolute !== undefined) return toInternal(`file://${encodedPath(absolute)}`);
    const candidates = folders.map((folder) => within(folder, path));
    const known = candidates.find((candidate) => load(candidate).kind === "source") ?? [...documents.all()].find(({ uri }) => uri.endsWith(`/${encodedPath(path)}`))?.uri;
    return known ?? candidates[0] ?? toInternal(path);
  };

  const show = (uri: string): string => {
    if (first !== undefined && uri.startsWith(first)) return decoded(uri.slice(first.length));
    return uri.startsWith("file:") ? decoded(uri.slice("file://".length)) : editorUri(session, uri);
  };

  return {
    // What may not be read, `load` refuses: the workspace reads nothing outside of its folders.
    resolve: (path): Resolved => ({ kind: "file", uri: addressOf(path) }),
    arrived: async (uri) => {
      const arriving = state.importsArriving(uri);
      if (arriving) await withinReason(arriving, token);
    },
    load,
    show,
    list: async () => (await state.everyFile()).map(show).sort(),
    folder: first,
  };
}

/** `C:\design.dsco` is a path. */
const isUri = (path: string): boolean => /^[a-z][a-z0-9+.-]+:/i.test(path);

/** The path as it stands in the address of a file; `undefined` for a relative one. */
function absolutePath(path: string): string | undefined {
  if (/^[a-z]:[\\/]/i.test(path)) return `/${path.replace(/\\/g, "/")}`;
  return path.startsWith("/") ? path : undefined;
}

/** A relative path in a folder, `..` followed. */
function within(folder: string, path: string): string {
  try {
    return toInternal(new URL(encodedPath(path.replace(/\\/g, "/")), folder).href);
  } catch {
    return `${folder}${path}`;
  }
}

const encodedPath = (path: string): string => path.split("/").map(encodeURIComponent).join("/");

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
