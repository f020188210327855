import type { DeclarationKeyword } from "../../../grammar/src";
import { isComparable } from "../analysis";
import { fileScope, type Range, type Workspace } from "../core";
import { standardLibrary } from "../std";
import { firstSentence } from "./first-sentence";

/** A declaration that can stand in a comparison. */
export interface Comparable {
  readonly uri: string;
  readonly name: string;
  readonly kind: DeclarationKeyword;
  /** First sentence of its documentation; empty where there is none. */
  readonly summary: string;
  /** The whole declaration. */
  readonly range: Range;
}

/** The declarations of a file, of other files and of the standard library that can be compared, in this order. Of two with one name in a file the first. */
export function comparableDeclarations(workspace: Workspace, uri: string, files: readonly string[]): readonly Comparable[] {
  return [...new Set([uri, ...files, ...standardLibrary.keys()])].flatMap((address) => {
    const scope = fileScope(workspace, address);
    return (scope?.declarations ?? []).flatMap((node): readonly Comparable[] => {
      if (!scope || node.kind !== "declaration" || !node.name || !isComparable(node.keyword)) return [];
      const symbol = scope.symbols.get(node.name.text);
      if (symbol?.node !== node) return [];
      return [{ uri: address, name: node.name.text, kind: node.keyword, summary: firstSentence(node.doc) ?? "", range: scope.source.lines.range(node) }];
    });
  });
}
