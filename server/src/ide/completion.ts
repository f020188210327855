import { declarationKeywords, type Block, type BlockDeclaration, type Body, type DeclarationKeyword, type NameExpression } from "../../../grammar/src";
import { computedKinds, figureOf, metricIds } from "../analysis";
import {
  bindDeclaration, blockTitle, declarationSchemas, evaluate, exportedNames, fileScope, functionNames, resolveSymbol, type BlockSchema, type BoundBlock,
  type BoundDeclaration, type ChildSchema, type FileScope, type Position, type PropertySpec, type PropertyType, type Range, type Scope, type Workspace,
} from "../core";
import type { Figure } from "../cost/metric";
import { standardLibrary } from "../std";
import { dimensions, isPlain, sameDimension, units, type Dimension } from "../units";
import { describeSpecType } from "./describe";
import { documentation } from "./markdown";
import { functionDocumentation, wordDocumentation } from "./words";

export type CompletionKind = "keyword" | "property" | "block" | "kind" | "word" | "unit" | "metric" | "function" | "declaration" | "constant" | "file" | "statement";

/** One word or line that may stand at the cursor. */
export interface Completion {
  readonly label: string;
  readonly kind: CompletionKind;
  /** A few words beside the label. */
  readonly detail: string;
  /** Markdown. */
  readonly documentation: string | undefined;
  readonly newText: string;
  /** `newText` with places to fill in (`$1`, `$0`), for editors that know them. */
  readonly snippet: string | undefined;
  /** What `newText` replaces: the word before the cursor. */
  readonly range: Range;
  /** Required keys come first, and what figures can be computed of. */
  readonly rank: number;
  /** One of a few words comes next: an editor may offer them at once. */
  readonly leadsToWords: boolean;
}

type Optional = "newText" | "snippet" | "rank" | "leadsToWords";
type Draft = Omit<Completion, "range" | Optional> & Partial<Pick<Completion, Optional>>;

/** What may stand at a position: keys and blocks, values of the property's type, names, metrics, units, paths. */
export function completion(workspace: Workspace, uri: string, position: Position): readonly Completion[] {
  const scope = fileScope(workspace, uri);
  if (!scope) return [];
  const { text, lines, parsed } = scope.source;
  const offset = lines.offset(position);
  const inside = (span: { readonly start: number; readonly end: number }) => span.start < offset && offset < span.end;
  if (parsed.file.comments.some((comment) => inside(comment) || (comment.kind !== "block" && comment.start < offset && offset === comment.end))) return [];
  const asked = { workspace, scope, offset };
  const { drafts, from } = draftsAt(asked, text);
  const range = { start: lines.position(from), end: position };
  return drafts.map((draft) => ({ newText: draft.label, snippet: undefined, rank: 1, leadsToWords: false, ...draft, range }));
}

interface Asked {
  readonly workspace: Workspace;
  readonly scope: FileScope;
  readonly offset: number;
}

interface Drafts {
  readonly drafts: readonly Draft[];
  /** Where the word begins that the choice replaces. */
  readonly from: number;
}

function draftsAt(asked: Asked, text: string): Drafts {
  const { offset } = asked;
  const line = text.slice(Math.max(text.lastIndexOf("\n", offset - 1), text.lastIndexOf("\r", offset - 1)) + 1, offset).slice(-longestLine);
  const word = /\w*$/.exec(line)?.[0] ?? "";
  const from = offset - word.length;
  const path = /^\s*import\b[^"]*"([^"]*)$/.exec(line)?.[1];
  if (path !== undefined) return { drafts: paths(asked.scope), from: offset - path.length };
  if (/^\s*import\s*\{[^}]*$/.test(line)) return { drafts: importedNames(asked), from };
  const around = surroundings(asked);
  if (!around) return { drafts: atTop(asked, line), from };
  const statement = line.slice(statementStart(line));
  const value = /^[\s\w.]*?(?:=|<=|>=|<|>|==)([^=<>].*|)$/s.exec(statement);
  if (value) return valueDrafts(asked, around, statement, value[1] ?? "", from);
  const statementWord = /^\s*(require|measured|where|maximize|minimize)\s+.*$/s.exec(statement)?.[1];
  if (statementWord !== undefined) return { drafts: dotted(asked, around, statement) ?? [...metrics(asked, around), ...names(asked, around)], from };
  const keyword = /^\s*(\w+)\s+\w*$/.exec(statement)?.[1];
  if (keyword !== undefined) return { drafts: kinds(around.schema?.children.find((child) => child.keyword === keyword)), from };
  return { drafts: /^\s*\w*$/.test(statement) ? members(around) : [], from };
}

/** What stands further left on a line says nothing of what is written at its end. */
const longestLine = 1000;

/** The statement that is being written begins behind the last brace or comma; brackets keep it together. */
function statementStart(line: string): number {
  let start = 0;
  let depth = 0;
  for (let index = 0; index < line.length; index += 1) {
    const character = line[index];
    if (character === "(" || character === "[") depth += 1;
    else if (character === ")" || character === "]") depth = Math.max(0, depth - 1);
    else if (depth === 0 && (character === "{" || character === "}" || character === ",")) start = index + 1;
  }
  return start;
}

// ── where the cursor is ─────────────────────────────────────────────────────────────────────────────────────────────

interface Around {
  readonly node: BlockDeclaration;
  readonly bound: BoundDeclaration | undefined;
  /** From the declaration's schema along the blocks; it needs no block to be right. */
  readonly schema: BlockSchema | undefined;
  readonly block: BoundBlock | undefined;
  readonly body: Body;
  readonly isTop: boolean;
}

function surroundings({ workspace, scope, offset }: Asked): Around | undefined {
  const holds = (body: Body | undefined): body is Body => body !== undefined && body.open.end <= offset && offset <= (body.close?.start ?? body.end);
  const node = scope.declarations.find((candidate): candidate is BlockDeclaration => candidate.kind === "declaration" && holds(candidate.body));
  if (!node?.body) return undefined;
  const bound = bindDeclaration(workspace, node, scope);
  let around: Around = { node, bound, schema: declarationSchemas[node.keyword].block, block: bound?.block, body: node.body, isTop: true };
  for (;;) {
    const inner = around.body.members.find((member): member is Block => member.kind === "block" && holds(member.body));
    if (!inner) return around;
    const child = around.schema?.children.find((candidate) => candidate.keyword === inner.keyword.text);
    const schema = child?.hasKinds ? child.variants.find((variant) => variant.variant === inner.variant?.text) : child?.variants[0];
    around = { node, bound, schema, block: around.block?.blocks.find((block) => block.node === inner), body: inner.body, isTop: false };
  }
}

// ── outside of declarations ─────────────────────────────────────────────────────────────────────────────────────────

function atTop(asked: Asked, line: string): readonly Draft[] {
  const base = /^\s*(\w+)\s+(\w+)\s+(extends|of)\s+\w*$/.exec(line);
  if (base) {
    const wanted = base[3] === "extends" ? base[1] : base[1] === "sweep" ? "plan" : "model";
    return declarations(asked, (keyword) => keyword === wanted).filter(({ label }) => label !== base[2]);
  }
  if (/^\s*let\s+\w+\s*=/.test(line)) return dotted(asked, undefined, line) ?? unitsBehind(line, undefined) ?? [...names(asked, undefined), ...functions()];
  if (!/^\s*\w*$/.test(line)) return [];
  return [
    ...declarationKeywords.map((keyword): Draft => ({
      label: keyword, kind: "keyword", detail: "declaration", documentation: declarationSchemas[keyword].block.documentation,
      newText: `${keyword} `, snippet: `${keyword} \${1:Name} {\n  $0\n}`,
    })),
    { label: "import", kind: "keyword", detail: "names of another file", documentation: undefined, newText: "import ", snippet: 'import { $0 } from "${1:std:hardware/nvidia}"' },
    { label: "let", kind: "keyword", detail: "a constant", documentation: undefined, newText: "let ", snippet: "let ${1:name} = $0" },
  ];
}

const paths = (scope: FileScope): readonly Draft[] =>
  [...standardLibrary.keys()].filter((address) => address !== scope.uri).map((label) => ({ label, kind: "file", detail: "standard library", documentation: undefined }));

function importedNames({ workspace, scope, offset }: Asked): readonly Draft[] {
  const entry = scope.imports.find(({ node }) => node.start <= offset && offset <= node.end);
  const target = entry?.uri === undefined ? undefined : fileScope(workspace, entry.uri);
  const written = new Set(entry?.node.names.map((name) => name.name.text));
  return target ? exportedNames(target).filter((name) => !written.has(name)).map((name) => symbolDraft(workspace, target, name)) : [];
}

// ── keys, blocks, statements ────────────────────────────────────────────────────────────────────────────────────────

function members({ schema, body, node, isTop }: Around): readonly Draft[] {
  if (!schema) return [];
  const written = new Set(body.members.flatMap((member) => (member.kind === "property" ? [member.path[0]?.text ?? ""] : member.kind === "block" ? [member.keyword.text] : [])));
  const keys = [...schema.properties.values()].filter((spec) => !written.has(spec.key)).map(keyDraft);
  const blocks = schema.children.filter((child) => child.many || !written.has(child.keyword)).flatMap(blockDrafts);
  return [...keys, ...blocks, ...(isTop ? statements(node) : [])];
}

function keyDraft(spec: PropertySpec): Draft {
  const usual = spec.default ? `, by default ${spec.default.expression}` : "";
  return {
    label: spec.key, kind: "property", detail: spec.required ? "required" : `optional${usual}`,
    documentation: `${spec.documentation}\n\n${describeSpecType(spec)}`, newText: `${spec.key} = `, rank: spec.required ? 0 : 1,
    leadsToWords: wordsOf(spec.type).length > 0,
  };
}

function blockDrafts(child: ChildSchema): readonly Draft[] {
  return child.variants.map((schema) => {
    const title = blockTitle(schema);
    return { label: title, kind: "block", detail: "block", documentation: schema.documentation, newText: `${title} { }`, snippet: `${title} {\n  $0\n}`, rank: 2 };
  });
}

function kinds(child: ChildSchema | undefined): readonly Draft[] {
  if (!child?.hasKinds) return [];
  return child.variants.map((schema) => ({
    label: schema.variant ?? "", kind: "kind", detail: child.keyword, documentation: schema.documentation, newText: `${schema.variant ?? ""} { }`,
    snippet: `${schema.variant ?? ""} {\n  $0\n}`, rank: 0,
  }));
}

function statements({ keyword }: BlockDeclaration): readonly Draft[] {
  const draft = (label: string, detail: string, snippet: string): Draft => ({ label, kind: "statement", detail, documentation: undefined, newText: `${label} `, snippet, rank: 4 });
  if (keyword === "sweep") {
    return [draft("where", "a condition", "where $0"), draft("maximize", "an objective", "maximize $0"), draft("minimize", "an objective", "minimize $0")];
  }
  if (!declarationSchemas[keyword].hasAssertions) return [];
  return [draft("require", "an error where it does not hold", "require ${1:metric} <= $0"), draft("measured", "a published value", 'measured ${1:metric} = $2 from "$0"')];
}

// ── values ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function valueDrafts(asked: Asked, around: Around, statement: string, written: string, from: number): Drafts {
  const key = /^\s*(\w+)\s*=/.exec(statement)?.[1];
  const spec = key === undefined ? undefined : around.schema?.properties.get(key);
  const member = dotted(asked, around, statement);
  if (member) return { drafts: member, from };
  const metric = /^\s*(?:require|measured|where)\s+(\w+)/.exec(statement)?.[1];
  const dimension = spec ? dimensionOf(spec.type) : metric === undefined ? undefined : asked.workspace.metrics.dimension(around.node.keyword, metric);
  const behindNumber = unitsBehind(written, dimension);
  if (behindNumber) return { drafts: behindNumber, from: asked.offset - (/[A-Za-z/]*$/.exec(written)?.[0].length ?? 0) };
  if (spec?.type.kind === "reference") {
    const { to } = spec.type;
    return { drafts: declarations(asked, (keyword) => keyword === to), from };
  }
  if (spec && (spec.type.kind === "boolean" || spec.type.kind === "word")) return { drafts: [...words(spec.type), ...namesOfWords(asked, around, spec)], from };
  return { drafts: [...(spec ? words(spec.type) : []), ...names(asked, around, key), ...functions()], from };
}

/** The names whose value is one of the words that a property takes: `weights` for `experts`, never a number. */
function namesOfWords(asked: Asked, around: Around, { key, type }: PropertySpec): readonly Draft[] {
  const wanted = new Set(wordsOf(type));
  const place: Scope = { workspace: asked.workspace, file: asked.scope, block: around.block, key, metricsOf: undefined, problems: [] };
  return names(asked, around, key).filter(({ label }) => {
    const value = evaluate({ kind: "name", parts: [{ kind: "identifier", text: label, start: 0, end: 0 }], start: 0, end: 0 }, place);
    return (value?.kind === "word" && wanted.has(value.word)) || (value?.kind === "boolean" && wanted.has(String(value.value)));
  });
}

function dimensionOf(type: PropertyType): Dimension {
  if (type.kind === "quantity") return type.dimension;
  return type.kind === "token-count" ? dimensions.tokens : dimensions.none;
}

const wordsOf = (type: PropertyType): readonly string[] =>
  type.kind === "word" ? type.words : type.kind === "boolean" ? ["true", "false"] : type.kind === "number-or-auto" ? ["auto"] : [];

function words(type: PropertyType): readonly Draft[] {
  return wordsOf(type).map((label) => ({ label, kind: "word", detail: "", documentation: wordDocumentation(label), rank: 0 }));
}

/** Behind a number stand units: those of the dimension that is wanted, or all; none where a plain number is. */
function unitsBehind(written: string, dimension: Dimension | undefined): readonly Draft[] | undefined {
  if (!/(?:^|[^\w.])\d[\d_.]*\s+[A-Za-z/]*$/.test(written)) return undefined;
  if (dimension && isPlain(dimension)) return [];
  return [...units.values()].filter((unit) => !dimension || sameDimension(unit.dimension, dimension)).map((unit) => ({ label: unit.name, kind: "unit", detail: "unit", documentation: undefined }));
}

/** The figures of the declaration; those that such a design cannot have, as a training plan a TPOT, come last. */
const metrics = ({ workspace }: Asked, { node, bound }: Around): readonly Draft[] =>
  metricIds(node.keyword).map((id) => ({ ...metricDraft(node.keyword, id), rank: bound && isInapplicable(figureOf(workspace, bound, id)) ? 3 : 0 }));

const isInapplicable = (figure: Figure): boolean => figure.kind === "unavailable" && figure.inapplicable === true;

function metricDraft(keyword: DeclarationKeyword, id: string): Draft {
  const metric = computedKinds[keyword]?.metrics.find((candidate) => candidate.id === id);
  return { label: id, kind: "metric", detail: metric?.title ?? "metric", documentation: metric?.documentation };
}

/** The names that an expression sees: properties of the blocks around it, constants and declarations of the file. */
function names({ workspace, scope }: Asked, around: Around | undefined, key?: string): readonly Draft[] {
  const found = new Map<string, Draft>();
  for (let block = around?.block; block; block = block.parent) {
    for (const name of block.properties.keys()) {
      if (name !== key && !found.has(name)) found.set(name, { label: name, kind: "property", detail: "property", documentation: block.properties.get(name)?.spec?.documentation });
    }
  }
  for (const name of scope.symbols.keys()) if (!found.has(name)) found.set(name, symbolDraft(workspace, scope, name));
  return [...found.values()];
}

function symbolDraft(workspace: Workspace, scope: FileScope, name: string): Draft {
  const symbol = resolveSymbol(workspace, scope, name);
  if (!symbol) return { label: name, kind: "declaration", detail: "imported", documentation: undefined };
  const doc = symbol.node.doc === undefined ? undefined : documentation(symbol.node.doc);
  return symbol.kind === "let"
    ? { label: name, kind: "constant", detail: "constant", documentation: doc }
    : { label: name, kind: "declaration", detail: symbol.node.keyword, documentation: doc };
}

function declarations({ workspace, scope }: Asked, wanted: (keyword: string) => boolean): readonly Draft[] {
  return [...scope.symbols.keys()].flatMap((name) => {
    const symbol = resolveSymbol(workspace, scope, name);
    return symbol?.kind === "declaration" && wanted(symbol.node.keyword) ? [symbolDraft(workspace, scope, name)] : [];
  });
}

const functions = (): readonly Draft[] =>
  functionNames.map((label) => ({ label, kind: "function", detail: "function", documentation: functionDocumentation[label], newText: `${label}(`, snippet: `${label}($0)`, rank: 2 }));

/** Behind `Owner.`: its properties, blocks and metrics; `undefined` where there is no point. */
function dotted({ workspace, scope }: Asked, around: Around | undefined, line: string): readonly Draft[] | undefined {
  const path = /([A-Za-z_][\w.]*)\.\w*$/.exec(line)?.[1];
  if (path === undefined) return undefined;
  const parts = path.split(".").map((text) => ({ kind: "identifier" as const, text, start: 0, end: 0 }));
  const expression: NameExpression = { kind: "name", parts, start: 0, end: 0 };
  const place: Scope = { workspace, file: scope, block: around?.block, key: undefined, metricsOf: undefined, problems: [] };
  const owner = evaluate(expression, place);
  const block = owner?.kind === "declaration" ? owner.declaration.block : owner?.kind === "block" ? owner.block : undefined;
  if (!owner || !block) return [];
  const own = owner.kind === "declaration" ? metricIds(owner.declaration.keyword).map((id) => ({ ...metricDraft(owner.declaration.keyword, id), rank: 1 })) : [];
  const keys = [...(block.schema?.properties.values() ?? [])].map((spec): Draft => ({ label: spec.key, kind: "property", detail: "property", documentation: spec.documentation, rank: 0 }));
  const inner = [...new Set(block.blocks.map((child) => child.keyword))].map((label): Draft => ({ label, kind: "block", detail: "block", documentation: undefined, rank: 0 }));
  return [...keys, ...inner, ...own];
}
