import type { BoundBlock, BoundDeclaration, DeclarationSymbol, LetSymbol } from "./bound";
import type { Scope } from "./evaluate";
import { precisionWords, type PropertyType } from "./schema";
import type { Value } from "./values";
import { memoized, overrideOf, resolveSymbol, type Workspace } from "./workspace";

/** What a name in an expression stands for, before anything is computed. */
export type Reference =
  | { readonly kind: "property"; readonly block: BoundBlock; readonly key: string }
  | { readonly kind: "block"; readonly block: BoundBlock }
  | { readonly kind: "declaration"; readonly symbol: DeclarationSymbol }
  | { readonly kind: "let"; readonly symbol: LetSymbol }
  | { readonly kind: "metric"; readonly declaration: BoundDeclaration; readonly id: string }
  /** `auto`, `bf16`, `dualpipe`. */
  | { readonly kind: "word"; readonly word: string };

const wordsAnywhere: ReadonlySet<string> = new Set([...precisionWords, "auto"]);

/** Words that an expression may hold whatever is expected of it. */
export const isWordAnywhere = (name: string): boolean => wordsAnywhere.has(name);

/** The words that stand for themselves as the value of a property. */
export const wordsOf = (type: PropertyType): readonly string[] =>
  type.kind === "word" ? type.words : type.kind === "number-or-auto" ? ["auto"] : [];

/**
 * The first part of a name: a property of the blocks around it, a declaration or constant of the file, a metric of the
 * declaration a statement stands in, a word. A key does not see itself.
 */
export function findName(name: string, scope: Scope): Reference | undefined {
  for (let block = scope.block; block; block = block.parent) {
    if (block === scope.block && name === scope.key) continue;
    const found = findInBlock(scope.workspace, block, name);
    if (found) return found;
  }
  const symbol = findSymbol(name, scope);
  if (symbol) return symbol;
  const { metricsOf, workspace } = scope;
  if (metricsOf && workspace.metrics.dimension(metricsOf.keyword, name)) return { kind: "metric", declaration: metricsOf, id: name };
  return wordsAnywhere.has(name) ? { kind: "word", word: name } : undefined;
}

/** A declaration or constant of the file, or one that it imports. */
export function findSymbol(name: string, scope: Scope): Reference | undefined {
  const symbol = resolveSymbol(scope.workspace, scope.file, name);
  if (!symbol) return undefined;
  return symbol.kind === "let" ? { kind: "let", symbol } : { kind: "declaration", symbol };
}

/** Nested blocks by their keyword, `attention`, or by their kind, `moe`. */
export const blocksNamed = (block: BoundBlock, name: string): readonly BoundBlock[] =>
  block.blocks.filter((candidate) => candidate.keyword === name || candidate.variant === name);

/** A property that has a value, or the one nested block of that keyword or kind, also one of defaults that nobody wrote. */
function findInBlock(workspace: Workspace, block: BoundBlock, name: string): Reference | undefined {
  if (block.properties.has(name) || block.schema?.properties.get(name)?.default || overrideOf(workspace, block, name)) return { kind: "property", block, key: name };
  const [child = implicitBlock(workspace, block, name), another] = blocksNamed(block, name);
  return child && !another ? { kind: "block", block: child } : undefined;
}

/** A block that nobody wrote and that has a default for every key, such as `precision`; `undefined` where there is none of that name. */
export function implicitBlock(workspace: Workspace, parent: BoundBlock, keyword: string): BoundBlock | undefined {
  const child = parent.schema?.children.find((candidate) => candidate.keyword === keyword && !candidate.hasKinds);
  const [schema] = child?.variants ?? [];
  if (!schema || ![...schema.properties.values()].every((spec) => spec.default) || blocksNamed(parent, keyword).length > 0) return undefined;
  const block = memoized(workspace, parent, `block ${keyword}`, (): BoundBlock => ({
    keyword, variant: undefined, schema, node: parent.node, body: undefined, file: parent.file, parent,
    path: parent.path === "" ? keyword : `${parent.path}.${keyword}`, properties: new Map(), blocks: [], own: true, replacedBy: [],
  }));
  return typeof block === "symbol" ? undefined : block;
}

/** What stands after a point: a property, a block or a metric of a declaration; a property or a block of a block. */
export function findMember(workspace: Workspace, owner: Value, name: string): Reference | undefined {
  if (owner.kind === "block") return findInBlock(workspace, owner.block, name);
  if (owner.kind !== "declaration") return undefined;
  const { declaration } = owner;
  const found = findInBlock(workspace, declaration.block, name);
  if (found) return found;
  return workspace.metrics.dimension(declaration.keyword, name) ? { kind: "metric", declaration, id: name } : undefined;
}
