/** What somebody names to compare: a file, a declaration of a file, a declaration of the standard library. */
import { isComparable, standardDeclarations } from "../../analysis";
import { bindDeclaration, didYouMean, fileScope, nearest, resolveSymbol, withArticle, type BoundDeclaration } from "../../core";
import type { Design, NamedFile } from "../design";
import { meantInFile } from "../unknown-name";
import { WrongUse } from "../wrong-use";

export interface Operand {
  /** A file, `-`, or a part of the standard library. */
  readonly path: string;
  /** One declaration of it; `undefined`: all of them. */
  readonly name: string | undefined;
}

/**
 * Reads `a.dsco`, `a.dsco:NAME`, `std:models/deepseek:NAME` or `NAME`, which is looked up in the standard library. Throws `WrongUse`
 * where a lone name is in no part of the library, or in several, and is no file (`isFile`).
 */
export function readOperand(text: string, isFile: (path: string) => boolean): Operand {
  const [, path, name] = /^(.+):([A-Za-z_][A-Za-z0-9_]*)$/.exec(text) ?? [];
  if (path !== undefined && name !== undefined && path !== "std") return { path, name };
  const word = name ?? text;
  return name !== undefined || /^[A-Za-z_][A-Za-z0-9_]*$/.test(word) ? fromLibrary(word, isFile) : { path: text, name: undefined };
}

function fromLibrary(name: string, isFile: (path: string) => boolean): Operand {
  const all = standardDeclarations().filter(({ keyword }) => isComparable(keyword));
  const [found, another] = all.filter((entry) => entry.name === name);
  if (found && another) throw new WrongUse(`several parts of the standard library have \`${name}\`: write ${found.uri}:${name} or ${another.uri}:${name}`);
  if (found) return { path: found.uri, name };
  if (isFile(name)) return { path: name, name: undefined };
  throw new WrongUse(`there is no file ${name}, and the standard library has no \`${name}\`${didYouMean(nearest(name, all.map((entry) => entry.name)))}`);
}

/** One side of a comparison: a declaration that was named, or those of a file. */
export interface Side {
  readonly file: NamedFile;
  readonly named: BoundDeclaration | undefined;
  /** The declarations of the file that can be compared, in its order, without imported ones. */
  readonly declarations: readonly BoundDeclaration[];
}

/** Finds an operand in the design that was opened for it. `uriOf`: the address of a path. Throws `WrongUse` where it names nothing that can be compared. */
export function sideOf(design: Design, { path, name }: Operand, uriOf: (path: string) => string): Side {
  const file = { path, uri: path.startsWith("std:") ? path : uriOf(path) };
  return { file, named: name === undefined ? undefined : findNamed(design, file, name), declarations: declarationsOf(design, file) };
}

function declarationsOf({ workspace }: Design, { uri }: NamedFile): readonly BoundDeclaration[] {
  const scope = fileScope(workspace, uri);
  const found = new Map<string, BoundDeclaration>();
  for (const node of scope?.declarations ?? []) {
    if (!scope || node.kind !== "declaration" || !node.name || !isComparable(node.keyword) || found.has(node.name.text)) continue;
    const declaration = bindDeclaration(workspace, node, scope);
    if (declaration) found.set(declaration.name, declaration);
  }
  return [...found.values()];
}

/** A declaration of the file, or one that it imports. */
function findNamed({ workspace }: Design, { path, uri }: NamedFile, name: string): BoundDeclaration {
  const scope = fileScope(workspace, uri);
  const symbol = scope && resolveSymbol(workspace, scope, name);
  if (!scope || !symbol) throw new WrongUse(`there is no declaration \`${name}\` in ${path}${meantInFile(name, scope)}`);
  if (symbol.kind === "let") throw new WrongUse(`\`${name}\` is a constant: it cannot be compared`);
  const home = fileScope(workspace, symbol.uri);
  const declaration = home && bindDeclaration(workspace, symbol.node, home);
  if (!declaration) throw new WrongUse(`\`${name}\` extends itself: it cannot be compared`);
  if (!isComparable(declaration.keyword)) throw new WrongUse(`\`${name}\` is ${withArticle(declaration.keyword)}: it cannot be compared`);
  return declaration;
}
