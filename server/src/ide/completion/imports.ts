import type { ImportDeclaration } from "../../../../grammar/src";
import { exportedNames, fileScope, importEdit, type FileScope, type ResolvedImport, type Workspace } from "../../core";
import { standardLibrary } from "../../std";
import type { RangeEdit } from "../plain";
import { symbolDraft } from "./declarations";
import type { Asked } from "./around";
import { nothing, type Draft, type Drafts } from "./draft";

/** Inside an import: paths between the quotation marks, names between the braces, the words between them; `undefined` elsewhere. */
export function importDrafts(asked: Asked, before: string, from: number): Drafts | undefined {
  const statement = /(?:^|[\r\n])[ \t]*(import\b[^"]*(?:"[^"\r\n]*)?)$/.exec(before)?.[1];
  if (statement === undefined || /^import\b[^{"]*[\r\n]/.test(statement)) return undefined;
  const path = /"([^"\r\n]*)$/.exec(statement)?.[1];
  if (path !== undefined) return { drafts: pathDrafts(asked), from: asked.offset - path.length };
  if (/^import\s*\{[^}]*$/.test(statement)) return /(?:^import\s*\{|,)\s*\w*$/.test(statement) ? { drafts: nameDrafts(asked), from } : nothing(from);
  const rest = /^import\s*\{[^}]*\}(.*)$/s.exec(statement)?.[1];
  if (rest === undefined) return nothing(from);
  return /[\r\n]/.test(rest) ? undefined : { drafts: /^\s*\w*$/.test(rest) ? [fromWord] : [], from };
}

const fromWord: Draft = { label: "from", kind: "keyword", detail: "the file that declares the names", newText: "from \"", leadsToWords: true };

function pathDrafts({ workspace, scope, files }: Asked): readonly Draft[] {
  const standard = [...standardLibrary.keys()].filter((address) => address !== scope.uri).map((label): Draft => ({
    label, kind: "file", detail: "standard library", rank: 1, more: () => ({ documentation: contentsText(workspace, label) }),
  }));
  const own = files.flatMap((uri): readonly Draft[] => {
    const label = importPath(scope.uri, uri);
    return label === undefined ? [] : [{ label, kind: "file", detail: "file of the workspace", rank: 0, more: () => ({ documentation: contentsText(workspace, uri) }) }];
  });
  return [...own, ...standard];
}

/** What a file declares, in a line. Markdown. */
function contentsText(workspace: Workspace, uri: string): string | undefined {
  const target = fileScope(workspace, uri);
  const names = target ? exportedNames(target) : [];
  return names.length === 0 ? undefined : `Declares ${names.slice(0, 40).map((name) => `\`${name}\``).join(", ")}${names.length > 40 ? ", …" : ""}.`;
}

function nameDrafts({ workspace, scope, offset }: Asked): readonly Draft[] {
  const entry = scope.imports.find(({ node }) => node.start <= offset && offset <= node.end);
  const target = entry?.uri === undefined ? undefined : fileScope(workspace, entry.uri);
  if (!entry || !target) return [];
  const written = writtenNames(entry, offset);
  return exportedNames(target).filter((name) => !written.has(name)).map((name) => symbolDraft(workspace, target, name));
}

/** The names that an import has already, that at the cursor left out. */
const writtenNames = ({ node }: ResolvedImport, offset: number): ReadonlySet<string> =>
  new Set((node satisfies ImportDeclaration).names.filter((name) => offset < name.start || name.end < offset).map((name) => name.name.text));

/** How an import in one file names another; `undefined` for the file itself and for what has no path from it. */
export function importPath(from: string, to: string): string | undefined {
  if (from === to || !from.startsWith("file:") || !to.startsWith("file:")) return undefined;
  const here = from.split("/").slice(0, -1);
  const there = to.split("/");
  let common = 0;
  while (common < here.length && common < there.length - 1 && here[common] === there[common]) common += 1;
  const steps = here.length - common;
  const path = `${steps === 0 ? "./" : "../".repeat(steps)}${there.slice(common).join("/")}`;
  const readable = decoded(path);
  return /[%?#"\\]/.test(readable) ? path : readable;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** The edits that make a name of another file known here. */
export function importEdits(scope: FileScope, name: string, uri: string): readonly RangeEdit[] | undefined {
  const path = uri.startsWith("std:") ? uri : importPath(scope.uri, uri);
  if (path === undefined) return undefined;
  const { newText, ...span } = importEdit(scope, name, uri, path);
  return [{ range: scope.source.lines.range(span), newText }];
}
