import type { DeclarationKeyword } from "../../../grammar/src";
import { fileScope, type Workspace } from "../core";
import type { Location } from "./plain";
import { declarationDetail } from "./symbols";

/** A declaration or constant somewhere in the workspace. */
export interface WorkspaceSymbol extends Location {
  readonly name: string;
  readonly kind: DeclarationKeyword | "let";
  /** Its kind and its first figures. */
  readonly detail: string;
}

/** True where the letters of a query stand in a name, in their order, in either case: `dsv3` in `DeepSeekV3`. */
export function matchesQuery(name: string, query: string): boolean {
  let at = 0;
  const wanted = [...query.toLowerCase()];
  for (const letter of name.toLowerCase()) if (letter === wanted[at]) at += 1;
  return at === wanted.length;
}

/** Whether a text may declare what a query asks for: where it does not, it need not be parsed. */
export function mayDeclare(text: string, query: string): boolean {
  if (query === "") return true;
  for (const [word] of text.matchAll(/[\p{L}_][\p{L}\p{M}\p{N}_]*/gu)) if (matchesQuery(word, query)) return true;
  return false;
}

/** The declarations and constants of a file that a query asks for, in the order of the text. */
export function declaredSymbols(workspace: Workspace, uri: string, query: string): readonly WorkspaceSymbol[] {
  const file = fileScope(workspace, uri);
  if (!file) return [];
  return file.declarations.flatMap((node): readonly WorkspaceSymbol[] => {
    const { name } = node;
    if (!name || !matchesQuery(name.text, query)) return [];
    const place = { name: name.text, uri, range: file.source.lines.range(name) };
    return [node.kind === "let" ? { ...place, kind: "let", detail: "constant" } : { ...place, kind: node.keyword, detail: declarationDetail(workspace, file, node) }];
  });
}
