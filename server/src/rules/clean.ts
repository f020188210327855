import { fileScope, namesIn, type FileScope, type Source, type Workspace } from "../core";

/**
 * Which declarations of a file need no new check: those that had no problem before and whose text, and that of all
 * they depend on, is the same. An edit in a file of 10,000 lines then costs what it touches. Only the absence of
 * problems is remembered, so that no place in a text can be out of date.
 *
 * A declaration is fit for reuse where its text was clean, each name in it means what it meant, and the declarations
 * behind those names are fit themselves. By induction nothing that it depends on has changed, so no list of all that
 * is needed: what is unfit spreads to those that depend on it, once along each reference.
 */
export interface CleanDeclarations {
  readonly isClean: (node: Node) => boolean;
  /** What was found clean by this check, in place of what was known before. */
  readonly remember: (clean: ReadonlySet<Node>) => void;
}

type Node = FileScope["declarations"][number];

interface Memory {
  /** The texts of declarations without a problem. */
  readonly clean: ReadonlySet<string>;
  readonly meanings: Meanings;
  /** The names in a text, as far as somebody asked: reading them is most of the work. */
  readonly names: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What the names of a file stand for. */
interface Meanings {
  /** The text of what is declared in the file; of what is imported, the name and the file it is taken from. */
  readonly local: ReadonlyMap<string, string>;
  readonly imported: ReadonlyMap<string, string>;
  /** Every file that the imports reach, each with the number of its text. */
  readonly files: string;
}

/** Numbers are never given twice, so that a forgotten text cannot be taken for another. */
let lastId = 0;
const sourceIds = new WeakMap<Source, number>();

function idOfSource(source: Source): number {
  const known = sourceIds.get(source);
  if (known !== undefined) return known;
  sourceIds.set(source, (lastId += 1));
  return lastId;
}

/** `broken`: declarations that the grammar could not read as they stand, whatever their text gave before. */
export function cleanDeclarations(workspace: Workspace, scope: FileScope, broken: ReadonlySet<Node>): CleanDeclarations {
  const { carried } = workspace.cache;
  const key = `clean ${scope.uri}`;
  const before = carried.get(key) as Memory | undefined;
  const texts = new Map(scope.declarations.map((node) => [node, scope.source.text.slice(node.start, node.end)]));
  const textOf = (node: Node): string => texts.get(node) ?? "";
  const meanings = meaningsOf(workspace, scope, textOf);
  const names = new Map<string, ReadonlySet<string>>();
  const unfit = before && unfitDeclarations(scope, broken, before, meanings, textOf, names);
  return {
    isClean: (node) => unfit !== undefined && !unfit.has(node),
    remember: (clean) => {
      const cleanTexts = new Set([...clean].map(textOf));
      for (const node of scope.declarations) if (!clean.has(node)) cleanTexts.delete(textOf(node)); // of two with one text, one may be the first of a circle
      carried.set(key, { clean: cleanTexts, meanings, names } satisfies Memory);
    },
  };
}

function meaningsOf(workspace: Workspace, scope: FileScope, textOf: (node: Node) => string): Meanings {
  const local = new Map<string, string>();
  const imported = new Map<string, string>();
  for (const [name, symbol] of scope.symbols) {
    if (symbol.kind === "imported") imported.set(name, `${symbol.node.name.text} of ${symbol.from.uri ?? "nowhere"}`);
    else local.set(name, textOf(symbol.node));
  }
  return { local, imported, files: importedFiles(workspace, scope) };
}

function importedFiles(workspace: Workspace, scope: FileScope): string {
  const reached = new Set<string>();
  const add = ({ imports }: FileScope) => {
    for (const { uri } of imports) if (uri !== undefined) reached.add(uri);
  };
  add(scope);
  const ids: string[] = [];
  for (const uri of reached) {
    const target = fileScope(workspace, uri);
    ids.push(target ? String(idOfSource(target.source)) : "none");
    if (target) add(target);
  }
  return ids.join(" ");
}

/** Those whose text was not clean or one of whose names means something else, and all that depend on them. `names` is filled. */
function unfitDeclarations(
  scope: FileScope, broken: ReadonlySet<Node>, before: Memory, now: Meanings, textOf: (node: Node) => string, names: Map<string, ReadonlySet<string>>,
): ReadonlySet<Node> {
  const changed = changedNames(scope.symbols, before.meanings, now);
  const unfit = new Set(broken);
  const dependents = new Map<Node, Node[]>();
  for (const node of scope.declarations) {
    const text = textOf(node);
    const used = names.get(text) ?? before.names.get(text) ?? namesIn(node);
    names.set(text, used);
    if (!before.clean.has(text)) unfit.add(node);
    for (const name of used) {
      if (changed.has(name)) unfit.add(node);
      const symbol = scope.symbols.get(name);
      if (!symbol || symbol.kind === "imported") continue;
      const others = dependents.get(symbol.node);
      if (others) others.push(node);
      else dependents.set(symbol.node, [node]);
    }
  }
  // A set is walked to its end while it grows.
  for (const node of unfit) for (const dependent of dependents.get(node) ?? []) unfit.add(dependent);
  return unfit;
}

/** Names that have come, gone or mean another text. */
function changedNames(symbols: FileScope["symbols"], before: Meanings, now: Meanings): ReadonlySet<string> {
  const changed = new Set<string>();
  const filesChanged = before.files !== now.files;
  for (const name of symbols.keys()) {
    const isSame = before.local.get(name) === now.local.get(name) && before.imported.get(name) === now.imported.get(name);
    if (!isSame || (filesChanged && now.imported.has(name))) changed.add(name);
  }
  for (const gone of [before.local, before.imported]) for (const name of gone.keys()) if (!symbols.has(name)) changed.add(name);
  return changed;
}
