import { declarationNamed, fileScope, type BoundDeclaration } from "../core";
import { declarationsOf, printable, unknownDeclaration, type Design, type WrongUse } from "../design";
import { clip } from "./limits";

/** What the file declares, in its order. */
export const ownDeclarations = (design: Design): readonly BoundDeclaration[] => design.files.flatMap((file) => declarationsOf(design.workspace, file));

/** A declaration of the file, or one that it imports; `undefined` where there is none of that name. */
export function findNamed({ workspace, files: [file] }: Design, name: string): BoundDeclaration | undefined {
  const scope = file && fileScope(workspace, file.uri);
  return scope && declarationNamed(workspace, scope, name);
}

/** `WrongUse` for a name that means no declaration, with what may have been meant. */
export const unknownName = (design: Design, name: string): WrongUse => unknownDeclaration(design, name, printable(clip(name)));
