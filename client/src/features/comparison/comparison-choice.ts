import { l10n } from "vscode";
import type { ComparableDeclaration } from "../../../../server/src/lsp/protocol";
import { standardLibraryScheme } from "../../infrastructure/schemes";

/** A line of a list to choose from: a heading, or a declaration. */
export type Choice =
  | { readonly heading: string }
  | { readonly label: string; readonly description: string; readonly detail: string; readonly declaration: ComparableDeclaration };

/** The declaration of a document that a line belongs to. */
export const declarationAt = (all: readonly ComparableDeclaration[], uri: string, line: number): ComparableDeclaration | undefined =>
  all.find(({ uri: other, range }) => other === uri && range.start.line <= line && line <= range.end.line);

/** What of a document can be compared with something. */
export const choicesOf = (all: readonly ComparableDeclaration[], uri: string): readonly Choice[] => all.filter((each) => each.uri === uri).map((each) => choice(each, each.kind));

/** What a declaration can be compared with: others of its kind, of its document, of the workspace, of the standard library. */
export function otherChoices(all: readonly ComparableDeclaration[], left: ComparableDeclaration): readonly Choice[] {
  const others = all.filter(({ kind, uri, declaration }) => kind === left.kind && !(uri === left.uri && declaration === left.declaration));
  const isStandard = ({ uri }: ComparableDeclaration) => uri.startsWith(`${standardLibraryScheme}:`);
  const groups: readonly (readonly [heading: string, belongs: (each: ComparableDeclaration) => boolean])[] = [
    [l10n.t("This file"), ({ uri }) => uri === left.uri],
    [l10n.t("Workspace"), (each) => each.uri !== left.uri && !isStandard(each)],
    [l10n.t("Standard library"), (each) => each.uri !== left.uri && isStandard(each)],
  ];
  return groups.flatMap(([heading, belongs]): readonly Choice[] => {
    const members = others.filter(belongs);
    return members.length === 0 ? [] : [{ heading }, ...members.map((each) => choice(each, each.uri === left.uri ? "" : placeOf(each.uri)))];
  });
}

const choice = (declaration: ComparableDeclaration, description: string): Choice => ({ label: declaration.declaration, description, detail: declaration.summary, declaration });

/** `std:models/deepseek`, `layouts.dsco`. */
function placeOf(uri: string): string {
  if (uri.startsWith(`${standardLibraryScheme}:`)) return `std:${uri.slice(standardLibraryScheme.length + 1).replace(/^\/+|\.dsco$/g, "")}`;
  const name = uri.slice(uri.lastIndexOf("/") + 1);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
