import type { StandardLibraryScheme } from "./protocol";

const standardScheme: StandardLibraryScheme = "dsco-std";

/**
 * The address by which the workspace knows a document. Editors spell one file in several ways (`%3A` for `:`, `C:`
 * for `c:`), and an import is resolved by the rules of URLs: both must meet in one spelling.
 */
export function toInternal(uri: string): string {
  if (uri.startsWith(`${standardScheme}:`)) return `std:${uri.slice(standardScheme.length + 1).replace(/^\/+/, "").replace(/\.dsco$/, "")}`;
  // Nothing is resolved against what has no path: `untitled:Untitled-1`.
  if (!/^[a-z][a-z\d+.-]*:\//i.test(uri)) return uri;
  const end = uri.startsWith("file:") ? uri.length : uri.search(/[?#]|$/);
  try {
    const path = new URL(encodeURI(decodeURIComponent(uri.slice(0, end))).replace(/[?#]/g, encodeURIComponent)).href;
    return path.replace(/^file:\/\/\/[A-Z]:/, (drive) => drive.toLowerCase()) + uri.slice(end);
  } catch {
    return uri;
  }
}

/** The address that an editor can open. */
export const toEditor = (uri: string): string =>
  uri.startsWith("std:") ? `${standardScheme}:/${uri.slice("std:".length)}.dsco` : uri;

/** The folder that a file stands in. */
export const folderOf = (uri: string): string => uri.slice(0, uri.lastIndexOf("/") + 1);
