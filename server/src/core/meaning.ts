import type { Block, BlockDeclaration, Identifier, ImportName, LetDeclaration, Property, Span } from "../../../grammar/src";
import type { BoundBlock, BoundProperty, DeclarationSymbol, FileScope, ImportedSymbol, LetSymbol } from "./bound";
import type { Reference } from "./reference";
import { fileScope, type Workspace } from "./workspace";

/** What a name stands for: the place where it is written, and where nobody wrote it, the place that it belongs to. */
export interface Target {
  /**
   * `import`: a name that only its file knows, by `as` or because what it imports is not there. `unwritten`: a key or a
   * block that has its default. A metric belongs to its declaration.
   */
  readonly kind: "declaration" | "let" | "import" | "property" | "block" | "unwritten" | "metric";
  readonly uri: string;
  readonly node: BlockDeclaration | LetDeclaration | ImportName | Property | Block;
  /** The name of a metric, and of what is unwritten. */
  readonly member?: string;
  /** Where the name stands; of a metric and of what is unwritten, the name of what it belongs to. */
  readonly name: Span;
}

export interface Meaning {
  readonly target: Target;
  /** The import by which its file knows the name. */
  readonly through?: ImportName | undefined;
  /** Of a key: what it overrides in the base of its declaration. */
  readonly overrides?: Target | undefined;
}

export const sameTarget = (left: Target, right: Target): boolean => left.kind === right.kind && left.node === right.node && left.member === right.member;

/** The names by which a target can be written, those that imports give it left out. */
export function textsOf({ kind, node, member }: Target): readonly string[] {
  if (member !== undefined) return [member];
  if (node.kind === "block") return [node.keyword.text, ...(node.variant ? [node.variant.text] : [])];
  if (node.kind === "property") return node.path.slice(-1).map((part) => part.text);
  if (node.kind === "import-name") return [(node.alias ?? node.name).text];
  if (kind === "block" && node.kind === "declaration") return [node.keyword];
  return node.name ? [node.name.text] : [];
}

export const symbolTarget = ({ kind, uri, node, name }: LetSymbol | DeclarationSymbol): Target => ({ kind, uri, node, name });

/**
 * What an import leads to: what the other file declares by that name, also where the two files import each other in a
 * circle; where there is no such thing, itself.
 */
export function importMeaning(workspace: Workspace, { node, from, name, uri }: Pick<ImportedSymbol, "node" | "from" | "name" | "uri">): Meaning {
  const exported = from.uri === undefined ? undefined : fileScope(workspace, from.uri)?.symbols.get(node.name.text);
  const isThere = exported !== undefined && exported.kind !== "imported";
  return { target: isThere ? symbolTarget(exported) : { kind: "import", uri, node, name }, through: node };
}

/** What a name that stands alone means in a file: what it declares or imports. */
export function fileMeaning(workspace: Workspace, file: FileScope, { text }: Identifier): Meaning | undefined {
  const symbol = file.symbols.get(text);
  if (!symbol) return undefined;
  return symbol.kind === "imported" ? importMeaning(workspace, symbol) : { target: symbolTarget(symbol) };
}

/** The place behind a reference; `undefined` for words of the language. */
export function referenceTarget(reference: Reference): Target | undefined {
  switch (reference.kind) {
    case "declaration": case "let": return symbolTarget(reference.symbol);
    case "property": return propertyTarget(reference.block, reference.key);
    case "block": return blockTarget(reference.block);
    case "metric": {
      const { node, file } = reference.declaration;
      return { kind: "metric", uri: file.uri, node, member: reference.id, name: node.name ?? node.keywordSpan };
    }
    case "word": return undefined;
  }
}

/** The key where it is written, here or in the base. */
export function propertyTarget(block: BoundBlock, key: string): Target {
  const property = block.properties.get(key);
  if (property) return writtenTarget(property);
  return { kind: "unwritten", uri: block.file.uri, node: block.node, member: key, name: headerOf(block.node) };
}

export const writtenTarget = ({ file, node }: BoundProperty): Target => ({ kind: "property", uri: file.uri, node, name: node.path[0] ?? node });

export function blockTarget({ node, file, keyword, parent }: BoundBlock): Target {
  const isWritten = node.kind === "block" ? node.keyword.text === keyword : parent === undefined;
  if (isWritten) return { kind: "block", uri: file.uri, node, name: headerOf(node) };
  return { kind: "unwritten", uri: file.uri, node, member: keyword, name: headerOf(node) };
}

const headerOf = (node: BlockDeclaration | Block): Span => (node.kind === "block" ? node.keyword : (node.name ?? node.keywordSpan));
