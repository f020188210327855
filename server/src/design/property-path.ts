/** `NAME.key`, `NAME.block.key`, `NAME.attention[0].key`: what a path names in a design. */
import {
  bindDeclaration, blockTitle, didYouMean, fileScope, nearest, resolveSymbol, settledValue,
  type BoundBlock, type BoundDeclaration, type DeclarationSymbol, type FileScope, type LetSymbol, type Workspace,
} from "../core";
import { meantBy } from "./unknown-name";

/** Says in one sentence, without its full stop, why a path names nothing. */
export type Refuse = (problem: string) => never;

interface PathPart {
  readonly name: string;
  readonly index: number | undefined;
}

function readPath(path: string, refuse: Refuse): readonly PathPart[] {
  return path.split(".").map((part) => {
    const match = /^([A-Za-z_][A-Za-z0-9_]*)(?:\[(\d+)\])?$/.exec(part.trim());
    if (!match?.[1]) return refuse(`\`${part}\` is no name: a path is written as \`NAME.key\`, \`NAME.block.key\` or \`NAME.attention[0].key\``);
    return { name: match[1], index: match[2] === undefined ? undefined : Number(match[2]) };
  });
}

/** What a path names: a constant, or a key of a block, the block perhaps not written yet. */
export type Target =
  | { readonly kind: "let"; readonly scope: FileScope; readonly symbol: LetSymbol }
  | { readonly kind: "key"; readonly declaration: BoundDeclaration; readonly block: BoundBlock; readonly key: string }
  | { readonly kind: "new-block"; readonly declaration: BoundDeclaration; readonly parent: BoundBlock; readonly keyword: string; readonly key: string };

/** Finds what a path names in the files, or refuses it with the nearest name. */
export function findTarget(workspace: Workspace, files: readonly string[], path: string, refuse: Refuse): Target {
  const [first, ...rest] = readPath(path, refuse);
  const symbol = findSymbol(workspace, files, first?.name ?? "", refuse);
  const scope = fileScope(workspace, symbol.uri);
  if (!scope) return refuse(`\`${first?.name}\` cannot be read`);
  if (symbol.kind === "let") return rest.length === 0 ? { kind: "let", scope, symbol } : refuse(`\`${symbol.name.text}\` is a constant and has no properties`);
  const declaration = bindDeclaration(workspace, symbol.node, scope);
  const key = rest.pop();
  if (!declaration) return refuse(`\`${symbol.name.text}\` extends itself`);
  if (!key) return refuse(`name a property of \`${declaration.name}\`, such as \`${declaration.name}.${[...declaration.block.properties.keys()][0] ?? "key"}\``);
  if (key.index !== undefined) return refuse(`\`${key.name}[${key.index}]\` is a block: name a property of it`);
  return findKey(workspace, declaration, rest, key.name, refuse);
}

function findSymbol(workspace: Workspace, files: readonly string[], name: string, refuse: Refuse): LetSymbol | DeclarationSymbol {
  const scopes = files.flatMap((uri) => fileScope(workspace, uri) ?? []);
  const found = new Map<object, LetSymbol | DeclarationSymbol>();
  for (const scope of scopes) {
    const symbol = resolveSymbol(workspace, scope, name);
    if (symbol) found.set(symbol.node, symbol);
  }
  const [symbol, another] = found.values();
  if (!symbol) return refuse(`there is no declaration \`${name}\`${meantBy(name, scopes.flatMap((scope) => [...scope.symbols.keys()]))}`);
  return another ? refuse(`several of the files declare \`${name}\`: name one file`) : symbol;
}

function findKey(workspace: Workspace, declaration: BoundDeclaration, blockPath: readonly PathPart[], key: string, refuse: Refuse): Target {
  let blocks: readonly BoundBlock[] = [declaration.block];
  for (const [depth, part] of blockPath.entries()) {
    const narrowed = depth === 0 ? [] : blocks.filter((block) => block.variant === part.name);
    const inner = narrowed.length > 0 ? narrowed : blocks.flatMap((block) => block.blocks).filter((block) => block.keyword === part.name || block.variant === part.name);
    const [parent] = blocks;
    if (inner.length === 0 && parent) {
      refuseReference(workspace, parent, part.name, [...blockPath.slice(depth + 1).map(({ name }) => name), key], refuse);
      const child = parent.schema?.children.find((candidate) => candidate.keyword === part.name);
      const schema = child && !child.hasKinds ? child.variants[0] : undefined;
      if (!schema || depth < blockPath.length - 1 || part.index !== undefined) return refuse(noBlock(blocks, part.name));
      if (!schema.properties.has(key)) return refuse(noKey(blockTitle(schema), key, schema.properties.keys()));
      return { kind: "new-block", declaration, parent, keyword: schema.keyword, key };
    }
    const chosen = part.index === undefined ? inner : inner.slice(part.index, part.index + 1);
    if (chosen.length === 0) return refuse(`there is no \`${part.name}[${part.index}]\`: \`${titleOf(blocks[0])}\` has ${inner.length} (the first is \`${part.name}[0]\`)`);
    blocks = chosen;
  }
  return chooseBlock(declaration, blocks, key, refuse);
}

/** A path does not follow a key to the declaration that it names: what is written there holds wherever that is used. */
function refuseReference(workspace: Workspace, block: BoundBlock, key: string, rest: readonly string[], refuse: Refuse): void {
  const value = block.properties.has(key) ? settledValue(workspace, block, key).value : undefined;
  if (value?.kind !== "declaration") return;
  const { name } = value.declaration;
  refuse(`\`${key}\` is \`${name}\`, a declaration of its own: write \`${[name, ...rest].join(".")}\``);
}

/** Of several blocks that a path may mean, the one that has the key. */
function chooseBlock(declaration: BoundDeclaration, blocks: readonly BoundBlock[], key: string, refuse: Refuse): Target {
  const holding = blocks.filter((block) => block.properties.has(key) || block.schema?.open || block.schema?.properties.has(key));
  const [block, another] = holding;
  if (!block) {
    const keys = blocks.flatMap((candidate) => [...(candidate.schema?.properties.keys() ?? candidate.properties.keys())]);
    const isBlock = blocks.some((candidate) => candidate.blocks.some((inner) => inner.keyword === key || inner.variant === key));
    if (isBlock) return refuse(`\`${key}\` is a block: name a property of it`);
    const titles = [...new Set(blocks.map(titleOf))].join("` and `");
    return refuse(noKey(titles, key, keys));
  }
  if (another) return refuse(`\`${key}\` stands in several blocks: write ${holding.map((candidate) => `\`${declaration.name}.${candidate.path}.${key}\``).join(" or ")}`);
  return { kind: "key", declaration, block, key };
}

const titleOf = (block: BoundBlock | undefined): string => (block?.schema ? blockTitle(block.schema) : (block?.keyword ?? ""));
const noKey = (title: string, key: string, keys: Iterable<string>): string => `\`${title}\` has no property \`${key}\`${didYouMean(nearest(key, keys))}`;

function noBlock(blocks: readonly BoundBlock[], name: string): string {
  const kinds = blocks.length > 1 ? blocks.flatMap((block) => block.variant ?? []) : [];
  const written = blocks.flatMap((block) => block.blocks.flatMap((inner) => [inner.keyword, ...(inner.variant === undefined ? [] : [inner.variant])]));
  const possible = blocks.flatMap((block) => block.schema?.children.map((child) => child.keyword) ?? []);
  return `\`${titleOf(blocks[0])}\` has no block \`${name}\`${didYouMean(nearest(name, [...kinds, ...written, ...possible]))}`;
}
