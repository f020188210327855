import type { ImportDeclaration, TextEdit } from "../../../../grammar/src";
import { fileScope, namesFrom, resolveSymbol, type FileScope } from "../../core";
import { lineBreakOf, startOf, type Asked, type Candidate } from "./asked";

/** A declaration of the standard library as one of this file, to be edited: its text, and imports of what it names. */
export function copyLibraryDeclaration({ workspace, scope, located }: Asked): readonly Candidate[] {
  const name = nameOf(located);
  const symbol = name === undefined ? undefined : scope.symbols.get(name);
  const target = name === undefined ? undefined : resolveSymbol(workspace, scope, name);
  const library = target && fileScope(workspace, target.uri);
  if (name === undefined || symbol?.kind !== "imported" || target?.kind !== "declaration" || !library || !library.uri.startsWith("std:")) return [];
  const wanted = new Map<string, string[]>();
  for (const { name: used, declared, uri: from } of namesFrom(library, target.node)) {
    if (from === undefined || declared !== used) return [];
    const known = scope.symbols.get(used);
    if (known === symbol) return [];
    if (known?.kind === "imported" && known.from.uri === from && !known.node.alias) continue;
    if (known) return []; // the file means something else by it
    wanted.set(from, [...(wanted.get(from) ?? []), used]);
  }
  const { text } = library.source;
  const { node } = target;
  const declared = node.name ? `${text.slice(startOf(library, node), node.name.start)}${name}${text.slice(node.name.end, node.end)}` : "";
  const eol = lineBreakOf(scope);
  const edits = [...importEdits(scope, symbol.from.node, name, wanted, eol), insertedBehindImports(scope, `${declared.replace(/\r?\n/g, eol)}`, eol)];
  return [{ title: `Copy \`${name}\` into this file, to edit it`, kind: "refactor.inline", keepsFigures: true, edits: merged(edits) }];
}

function nameOf(located: Asked["located"]): string | undefined {
  switch (located.kind) {
    case "name": return located.index === 0 ? located.expression.parts[0]?.text : undefined;
    case "declaration-name": return located.name.text;
    case "import-name": return (located.node.alias ?? located.node.name).text;
    default: return undefined;
  }
}

/** The import without the name, and imports of what its text names. */
function importEdits(scope: FileScope, from: ImportDeclaration, name: string, wanted: ReadonlyMap<string, readonly string[]>, eol: string): readonly TextEdit[] {
  const edits: TextEdit[] = [];
  const lines: string[] = [];
  const rest = new Map(wanted);
  for (const { node, uri } of scope.imports) {
    const added = uri === undefined ? undefined : rest.get(uri);
    if (uri !== undefined) rest.delete(uri);
    if (node !== from && added === undefined) continue;
    const kept = node.names.filter((entry) => node !== from || (entry.alias ?? entry.name).text !== name).map(({ start, end }) => scope.source.text.slice(start, end));
    const names = [...kept, ...(added ?? [])];
    if (names.length > 0) edits.push({ start: node.start, end: node.end, newText: `import { ${names.join(", ")} } from "${node.from?.value ?? ""}"` });
    else edits.push({ start: node.start, end: node.end + (/^[ \t]*\r?\n?/.exec(scope.source.text.slice(node.end))?.[0].length ?? 0), newText: "" });
  }
  for (const [uri, names] of rest) lines.push(`import { ${names.join(", ")} } from "${uri}"`);
  if (lines.length > 0) edits.push({ start: from.start, end: from.start, newText: `${lines.join(eol)}${eol}` });
  return edits;
}

function insertedBehindImports(scope: FileScope, declared: string, eol: string): TextEdit {
  const first = scope.source.parsed.file.declarations.find(({ kind }) => kind !== "import");
  const at = first && first.kind !== "import" ? startOf(scope, first) : scope.source.text.length;
  return { start: at, end: at, newText: first ? `${declared}${eol}${eol}` : `${eol}${declared}${eol}` };
}

/** An insertion right before a replacement is part of it: edits may not meet. */
function merged(edits: readonly TextEdit[]): readonly TextEdit[] {
  const sorted = [...edits].sort((left, right) => left.start - right.start || left.end - right.end);
  const result: TextEdit[] = [];
  for (const edit of sorted) {
    const last = result.at(-1);
    if (last && last.end === edit.start && last.start === last.end) result[result.length - 1] = { start: last.start, end: edit.end, newText: last.newText + edit.newText };
    else result.push(edit);
  }
  return result;
}
