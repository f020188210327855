import type { BlockDeclaration, LetDeclaration } from "../../../grammar/src";
import type {
  BoundBlock, BoundDeclaration, DeclarationSymbol, FileScope, FileSymbol, Library, LetSymbol, MetricLookup, ResolvedImport,
} from "./bound";
import type { Source } from "./source";
import type { Value } from "./values";

/** Text for an address, or a clause that completes `cannot import "…":`. Given by the host; the core reads no files. */
export type Loaded =
  | { readonly kind: "source"; readonly source: Source }
  | { readonly kind: "failed"; readonly reason: string }
  /** On its way: nothing can be said of it, and nothing is wrong. Another workspace follows when it has arrived. */
  | { readonly kind: "pending" };

export type LoadSource = (uri: string) => Loaded;

/**
 * Everything known of a set of files at one moment. Immutable from outside: an edit makes a new workspace. Results are
 * computed when they are first asked for and kept for the life of the workspace.
 */
export interface Workspace {
  readonly load: LoadSource;
  readonly metrics: MetricLookup;
  readonly library: Library;
  readonly cache: WorkspaceCache;
  /** Values that stand in place of those written; a design space tries them. */
  readonly overrides?: Overrides;
}

/** Other values for keys, by the declaration and then by the path of the key in it: `ep`, `attention[0].kv_lora_rank`. */
export type Overrides = ReadonlyMap<BlockDeclaration, ReadonlyMap<string, Override>>;

export interface Override {
  /** As the key's schema takes it. */
  readonly plain: unknown;
  readonly value: Value;
}

/** The same files with other values for some keys. */
export function withOverrides(workspace: Workspace, overrides: Overrides): Workspace {
  // what was carried over from edits is of the texts as they are written
  const { cache, ...rest } = createWorkspace(workspace.load, workspace.metrics, undefined, workspace.library);
  return { ...rest, overrides, cache: { ...cache, files: workspace.cache.files } };
}

/** What stands in place of a key's value; a block that `extends` inherits belongs to the declaration that inherits it. */
export function overrideOf({ overrides }: Workspace, block: BoundBlock, key: string): Override | undefined {
  if (overrides === undefined) return undefined;
  let root = block;
  while (root.parent) root = root.parent;
  return root.node.kind === "declaration" ? overrides.get(root.node)?.get(block.path === "" ? key : `${block.path}.${key}`) : undefined;
}

export interface WorkspaceCache {
  readonly files: Map<string, FileScope | undefined>;
  readonly declarations: Map<BlockDeclaration, BoundDeclaration | "binding">;
  /** Memoised results by the record they belong to; each computation brings its own key object. */
  readonly results: WeakMap<object, Map<string, unknown>>;
  /** Names between the question asked and the value in hand. */
  depth: number;
  /** Bases between the declaration asked about and the one in hand. */
  bases: number;
  /** A chain of names was too long: what was met on it depends on where the chain began. */
  metLimit: boolean;
  /** What outlives a workspace, by the address of a file. Each entry says itself on which texts it depends. */
  readonly carried: Map<string, unknown>;
}

/** `previous`: the workspace before an edit; what it knows of unchanged texts is used again. */
export function createWorkspace(load: LoadSource, metrics: MetricLookup, previous?: Workspace, library: Library = previous?.library ?? noLibrary): Workspace {
  const carried = previous?.cache.carried ?? new Map<string, unknown>();
  return { load, metrics, library, cache: { files: new Map(), declarations: new Map(), results: new WeakMap(), depth: 0, bases: 0, metLimit: false, carried } };
}

const noLibrary: Library = { find: () => [] };

/** Marks a computation that has begun and not ended: meeting it again is a cycle. */
export const inProgress = Symbol("in progress");

/** Runs `compute` once for `owner` and `key`; returns `inProgress` where it is reached from inside itself. */
export function memoized<Result>(
  workspace: Workspace, owner: object, key: string, compute: () => Result,
): Result | typeof inProgress {
  let results = workspace.cache.results.get(owner);
  if (!results) workspace.cache.results.set(owner, (results = new Map<string, unknown>()));
  if (results.has(key)) return results.get(key) as Result | typeof inProgress;
  results.set(key, inProgress);
  try {
    const result = compute();
    results.set(key, result);
    return result;
  } catch (fault) {
    results.delete(key);
    throw fault;
  }
}

/** The names of a file; `undefined` where there is no text for the address. */
export function fileScope(workspace: Workspace, uri: string): FileScope | undefined {
  const { files } = workspace.cache;
  if (files.has(uri)) return files.get(uri);
  const loaded = workspace.load(uri);
  const scope = loaded.kind === "source" ? indexFile(loaded.source) : undefined;
  files.set(uri, scope);
  return scope;
}

function indexFile(source: Source): FileScope {
  const { uri } = source;
  const symbols = new Map<string, FileSymbol>();
  const declarations: (LetDeclaration | BlockDeclaration)[] = [];
  const imports: ResolvedImport[] = [];
  const add = (symbol: FileSymbol) => {
    if (!symbols.has(symbol.name.text)) symbols.set(symbol.name.text, symbol);
  };
  for (const node of source.parsed.file.declarations) {
    if (node.kind === "import") {
      const from: ResolvedImport = { node, ...resolveImport(uri, node.from?.value) };
      imports.push(from);
      for (const entry of node.names) add({ kind: "imported", name: entry.alias ?? entry.name, node: entry, from, uri });
    } else {
      declarations.push(node);
      if (!node.name) continue;
      if (node.kind === "let") add({ kind: "let", name: node.name, node, uri });
      else add({ kind: "declaration", name: node.name, node, uri });
    }
  }
  return { uri, source, symbols, declarations, imports };
}

/** The address that an import names, seen from the file it stands in. */
function resolveImport(from: string, path: string | undefined): { readonly uri: string | undefined; readonly failure: string | undefined } {
  if (path === undefined) return { uri: undefined, failure: undefined };
  if (path.startsWith("std:")) return { uri: path, failure: undefined };
  if (!path.startsWith("./") && !path.startsWith("../")) {
    return { uri: undefined, failure: "a path starts with `./` or `../`, a part of the standard library with `std:`" };
  }
  if (from.startsWith("std:") || from.startsWith("untitled:")) {
    return { uri: undefined, failure: "this file has no folder: save it first" };
  }
  try {
    return { uri: new URL(path, from).href, failure: undefined };
  } catch {
    return { uri: undefined, failure: "this is not a path" };
  }
}

/** The declaration or constant behind a name of a file; follows an import to the file it names, unless that leads back here. */
export function resolveSymbol(workspace: Workspace, scope: FileScope, name: string): LetSymbol | DeclarationSymbol | undefined {
  const symbol = scope.symbols.get(name);
  if (symbol?.kind !== "imported") return symbol;
  if (symbol.from.uri === undefined || importCycle(workspace, scope, symbol.from)) return undefined;
  const target = fileScope(workspace, symbol.from.uri);
  const exported = target?.symbols.get(symbol.node.name.text);
  return exported?.kind === "imported" ? undefined : exported;
}

/** A chain of imports from the file that `entry` names back to the file it stands in, if there is one. */
export function importCycle(workspace: Workspace, scope: FileScope, entry: ResolvedImport): readonly string[] | undefined {
  const found = memoized(workspace, entry, "cycle", () => (entry.uri === undefined ? undefined : walkImports(workspace, scope.uri, entry.uri)));
  return found === inProgress ? undefined : found;
}

/** Walked without recursion: a chain of imports may be of any length. */
function walkImports(workspace: Workspace, origin: string, target: string): readonly string[] | undefined {
  const cameFrom = new Map<string, string | undefined>([[target, undefined]]);
  const waiting = [target];
  for (let uri = waiting.pop(); uri !== undefined; uri = waiting.pop()) {
    if (uri === origin) {
      const path: string[] = [];
      for (let step: string | undefined = uri; step !== undefined; step = cameFrom.get(step)) path.unshift(step);
      return path;
    }
    for (const entry of fileScope(workspace, uri)?.imports ?? []) {
      if (entry.uri === undefined || cameFrom.has(entry.uri)) continue;
      cameFrom.set(entry.uri, uri);
      waiting.push(entry.uri);
    }
  }
  return undefined;
}

/** What a file offers to others: its own declarations and constants. */
export const exportedNames = (scope: FileScope): readonly string[] =>
  [...scope.symbols].filter(([, symbol]) => symbol.kind !== "imported").map(([name]) => name);
