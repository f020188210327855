/** `--set NAME.path=VALUE`: an edit of the text in memory, so that a what-if means exactly what writing it would mean. */
import { parse, type BlockDeclaration, type Body, type Span, type TextEdit } from "../../../grammar/src";
import { formatLayers, openWorkspace } from "../analysis";
import {
  bindDeclaration, blockTitle, createSource, didYouMean, fileScope, layerRangesOf, letValue, nearest, resolveSymbol, settledValue,
  type BoundBlock, type BoundDeclaration, type DeclarationSymbol, type Diagnostic, type FileScope, type LetSymbol, type LoadSource, type Source, type Workspace,
} from "../core";
import { applyEdits } from "../rules";
import { WrongUse } from "./command";

/** The same files with each edit applied in turn. Throws `WrongUse` where a path or a value does not fit. */
export function applyWhatIf(load: LoadSource, files: readonly string[], whatIfs: readonly string[]): LoadSource {
  const edited = new Map<string, Source>();
  const current: LoadSource = (uri) => {
    const source = edited.get(uri);
    return source ? { kind: "source", source } : load(uri);
  };
  for (const whatIf of whatIfs) {
    const { path, value } = split(whatIf);
    const refuse = (problem: string): never => {
      throw new WrongUse(`--set ${path}: ${problem}`);
    };
    requireExpression(value, refuse);
    const { scope, edit } = editFor(openWorkspace(current), files, path, value, refuse);
    const { uri, text, version } = scope.source;
    edited.set(uri, createSource(uri, applyEdits(text, [edit]), version, scope.source));
    requireValid(openWorkspace(current), files, path, refuse);
  }
  return current;
}

type Refuse = (problem: string) => never;

function split(whatIf: string): { readonly path: string; readonly value: string } {
  const equals = whatIf.indexOf("=");
  const path = equals < 0 ? whatIf : whatIf.slice(0, equals).trim();
  if (equals < 0 || path === "") throw new WrongUse(`--set ${whatIf}: write \`NAME.path=VALUE\`, such as \`DeepSeekV3.moe.top_k=4\``);
  return { path, value: whatIf.slice(equals + 1).trim() };
}

/** The value is one expression and nothing else: it cannot end the property and bring in another. */
function requireExpression(value: string, refuse: Refuse): void {
  if (value === "") refuse("the value is missing");
  if (/[\r\n]/.test(value)) refuse("the value must stand on one line");
  const before = "let value = ";
  const { file, errors } = parse(before + value);
  const [error] = errors;
  if (error) refuse(error.message);
  const [declaration] = file.declarations;
  const isWhole = file.declarations.length === 1 && file.comments.length === 0 && declaration?.kind === "let" &&
    declaration.value.start === before.length && declaration.value.end === before.length + value.length;
  if (!isWhole) refuse(`\`${value}\` is not one value`);
}

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
type Target =
  | { readonly kind: "let"; readonly scope: FileScope; readonly symbol: LetSymbol }
  | { readonly kind: "key"; readonly declaration: BoundDeclaration; readonly block: BoundBlock; readonly key: string }
  | { readonly kind: "new-block"; readonly declaration: BoundDeclaration; readonly parent: BoundBlock; readonly keyword: string; readonly key: string };

function findTarget(workspace: Workspace, files: readonly string[], path: string, refuse: Refuse): Target {
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
  return findKey(declaration, rest, key.name, refuse);
}

function findSymbol(workspace: Workspace, files: readonly string[], name: string, refuse: Refuse): LetSymbol | DeclarationSymbol {
  const scopes = files.flatMap((uri) => fileScope(workspace, uri) ?? []);
  const found = new Map<object, LetSymbol | DeclarationSymbol>();
  for (const scope of scopes) {
    const symbol = resolveSymbol(workspace, scope, name);
    if (symbol) found.set(symbol.node, symbol);
  }
  const [symbol, another] = found.values();
  if (!symbol) return refuse(`there is no declaration \`${name}\`${didYouMean(nearest(name, scopes.flatMap((scope) => [...scope.symbols.keys()])))}`);
  return another ? refuse(`several of the files declare \`${name}\`: name one file`) : symbol;
}

function findKey(declaration: BoundDeclaration, blockPath: readonly PathPart[], key: string, refuse: Refuse): Target {
  let blocks: readonly BoundBlock[] = [declaration.block];
  for (const [depth, part] of blockPath.entries()) {
    const narrowed = depth === 0 ? [] : blocks.filter((block) => block.variant === part.name);
    const inner = narrowed.length > 0 ? narrowed : blocks.flatMap((block) => block.blocks).filter((block) => block.keyword === part.name || block.variant === part.name);
    const [parent] = blocks;
    if (inner.length === 0 && parent) {
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

interface PlannedEdit {
  readonly scope: FileScope;
  readonly edit: TextEdit;
}

function editFor(workspace: Workspace, files: readonly string[], path: string, value: string, refuse: Refuse): PlannedEdit {
  const target = findTarget(workspace, files, path, refuse);
  if (target.kind === "let") return { scope: target.scope, edit: replacing(target.symbol.node.value, value) };
  const { declaration } = target;
  const scope = declaration.file;
  if (target.kind === "new-block") {
    const text = `${target.keyword} { ${target.key} = ${value} }`;
    return { scope, edit: insertion(scope, ownBody(declaration, target.parent, refuse), wrapped(workspace, declaration, target.parent, text, refuse)) };
  }
  const { block, key } = target;
  const property = block.properties.get(key);
  if (property && !property.inherited) return { scope, edit: replacing(property.node.value, value) };
  const text = `${key} = ${value}`;
  return { scope, edit: insertion(scope, ownBody(declaration, block, refuse), wrapped(workspace, declaration, block, text, refuse)) };
}

const replacing = (span: Span, newText: string): TextEdit => ({ start: span.start, end: span.end, newText });

/** The body, written in the declaration itself, that is nearest around a block. */
function ownBody(declaration: BoundDeclaration, block: BoundBlock, refuse: Refuse): Body {
  let at: BoundBlock | undefined = block;
  while (at && !(at.own && at.body)) at = at.parent;
  return at?.body ?? (declaration.node satisfies BlockDeclaration).body ?? refuse(`\`${declaration.name}\` has no block \`{ … }\` to write in`);
}

/** A text for a block that the base alone has: with the headers that make it override the base's block. */
function wrapped(workspace: Workspace, declaration: BoundDeclaration, block: BoundBlock, text: string, refuse: Refuse): string {
  let result = text;
  for (let at: BoundBlock | undefined = block; at?.parent && !at.own; at = at.parent) {
    const same = at;
    const alike = at.parent.blocks.filter((other) => other.keyword === same.keyword && other.variant === same.variant);
    const header = at.variant === undefined ? at.keyword : `${at.keyword} ${at.variant}`;
    const ranges = alike.length > 1 ? layerRangesOf(workspace, at) : undefined;
    if (alike.length > 1 && !ranges) refuse(`\`${declaration.name}\` inherits several \`${header}\` blocks without \`layers\`: write the one meant in the file`);
    const layers = ranges ? `layers = [${ranges.map((range) => (range.from === range.to ? formatLayers([range.from]) : `${range.from}..${range.to} step ${range.step}`)).join(", ")}], ` : "";
    result = `${header} { ${layers}${result} }`;
  }
  return result;
}

/** Written directly behind the brace and on its line, so that no other line of the file moves. */
function insertion(scope: FileScope, body: Body, text: string): TextEdit {
  const at = body.open.end;
  const rest = /^[^\r\n]*/.exec(scope.source.text.slice(at, at + 1000))?.[0] ?? "";
  const isLast = /^\s*(?:\/\/.*|\}.*)?$/.test(rest);
  return { start: at, end: at, newText: isLast ? ` ${text} ` : ` ${text},` };
}

/** A value of another type, unit or range is wrong use; what it does to the rest of the design is the answer asked for. */
function requireValid(workspace: Workspace, files: readonly string[], path: string, refuse: Refuse): void {
  const [problem] = problemsOf(workspace, findTarget(workspace, files, path, refuse));
  if (problem) refuse(problem.message);
}

function problemsOf(workspace: Workspace, target: Target): readonly Diagnostic[] {
  switch (target.kind) {
    case "new-block": return [];
    case "key": return settledValue(workspace, target.block, target.key).problems;
    case "let": {
      const found = letValue(workspace, target.symbol);
      return typeof found === "symbol" ? [] : found.problems;
    }
  }
}
