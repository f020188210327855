import type { BlockDeclaration, TextEdit } from "../../../../grammar/src";
import { bindDeclaration, fileScope, startWithDocs, type BoundBlock, type BoundDeclaration, type FileScope, type Range, type Workspace } from "../../core";
import { locate, type Located } from "../locate";

/** What a refactoring is asked about: the place of the cursor, or of the selection's start. */
export interface Asked {
  readonly workspace: Workspace;
  readonly scope: FileScope;
  readonly located: Located;
  /** The declaration around the place. */
  readonly declaration: BoundDeclaration | undefined;
}

/** In the words of editors: `refactor.extract`, `refactor.inline`, `refactor.rewrite`. */
export type RefactoringKind = "refactor.extract" | "refactor.inline" | "refactor.rewrite";

/** A change that keeps the meaning, or says what it changes; not tried yet. */
export interface Candidate {
  readonly title: string;
  readonly kind: RefactoringKind;
  readonly edits: readonly TextEdit[];
  /** The figures of every declaration of the file stay as they are: one where they do not is not offered. */
  readonly keepsFigures: boolean;
}

export function askedAt(workspace: Workspace, uri: string, range: Range): Asked | undefined {
  const scope = fileScope(workspace, uri);
  const located = scope && locate(scope, scope.source.lines.offset(range.start));
  if (!scope || !located) return undefined;
  const node = located.kind === "declaration" ? located.node : located.within.declaration;
  const declaration = node?.kind === "declaration" ? bindDeclaration(workspace, node, scope) : undefined;
  return { workspace, scope, located, declaration };
}

/** The bound block that a nested block of the text became. */
export const boundBlock = (declaration: BoundDeclaration, node: unknown): BoundBlock | undefined => {
  const search = (blocks: readonly BoundBlock[]): BoundBlock | undefined => {
    for (const block of blocks) {
      const found = block.node === node ? block : search(block.blocks);
      if (found) return found;
    }
    return undefined;
  };
  return declaration.node === node ? declaration.block : search(declaration.block.blocks);
};

/** A name that the file does not have: the wanted one, or with a number behind it. */
export function freshName({ symbols }: FileScope, wanted: string): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}${number}`;
    if (!symbols.has(name)) return name;
  }
}

export const lineBreakOf = ({ source: { text } }: FileScope): string => (text.includes("\r\n") ? "\r\n" : "\n");

/** Where something new stands in front of a declaration: above its `///` lines. */
export const startOf = ({ source: { text } }: FileScope, { start }: Pick<BlockDeclaration, "start">): number => startWithDocs(text, start);
