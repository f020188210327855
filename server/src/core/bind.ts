import type { Block, BlockDeclaration, Identifier, Member, Property, Span, TextEdit } from "../../../grammar/src";
import type { BoundAssertion, BoundBlock, BoundDeclaration, BoundProperty, FileScope } from "./bound";
import { names, values, type Diagnostic, type FixCandidate, type Place } from "./diagnostics";
import { layerRangesOf } from "./evaluate";
import { blockTitle, declarationSchemas, mostLayers, type BlockSchema, type ChildSchema, type LayerRange } from "./schema";
import { nearest } from "./suggest";
import { withArticle } from "./values";
import { fieldsElsewhere, fieldsWithoutCost } from "./without-cost";
import { fileScope, resolveSymbol, type Workspace } from "./workspace";

/**
 * A declaration joined with its base and its schema. Total: whatever does not fit is a problem of the result, and the
 * rest is bound. `undefined` only where the declaration is reached from its own `extends`.
 */
export function bindDeclaration(workspace: Workspace, node: BlockDeclaration, file: FileScope): BoundDeclaration | undefined {
  const { declarations } = workspace.cache;
  const known = declarations.get(node);
  if (known === "binding") return undefined;
  if (known) return known;
  declarations.set(node, "binding");
  const problems: Diagnostic[] = [];
  const base = resolveBase(workspace, node, file, problems);
  const schema = declarationSchemas[node.keyword];
  const block = bindBlock(workspace, {
    keyword: node.keyword, variant: undefined, schema: schema.block, node, body: node.body, file, parent: undefined, path: "", own: true,
  }, base?.block, problems);
  const assertions = bindAssertions(node, file, base, schema.hasAssertions, problems);
  const bound: BoundDeclaration = { keyword: node.keyword, name: node.name?.text ?? "", node, file, base, block, assertions, problems };
  declarations.set(node, bound);
  return bound;
}

/** The longest chain of `extends`; far beyond any design, far below the stack. */
const longestChain = 500;

function resolveBase(workspace: Workspace, node: BlockDeclaration, file: FileScope, problems: Diagnostic[]): BoundDeclaration | undefined {
  const { base } = node;
  if (!base) return undefined;
  const place: Place = { uri: file.uri, span: base };
  if (!declarationSchemas[node.keyword].canExtend) {
    problems.push(names.noExtends.at(place, { keyword: node.keyword }));
    return undefined;
  }
  const symbol = resolveSymbol(workspace, file, base.text);
  if (!symbol) {
    if (file.symbols.has(base.text)) return undefined; // the import that failed says why
    problems.push(unknownDeclaration(workspace, file, base, node.keyword));
    return undefined;
  }
  if (symbol.kind === "let" || symbol.node.keyword !== node.keyword) {
    const found = symbol.kind === "let" ? "a constant" : withArticle(symbol.node.keyword);
    problems.push(names.wrongBase.at(place, { name: base.text, keyword: node.keyword, found }));
    return undefined;
  }
  const scope = fileScope(workspace, symbol.uri);
  const chain = workspace.cache;
  if (chain.bases >= longestChain) {
    chain.metLimit = true;
    problems.push(values.tooDeep.at(place, {}));
    return undefined;
  }
  chain.bases += 1;
  const bound = scope && bindDeclaration(workspace, symbol.node, scope);
  chain.bases -= 1;
  if (!bound) problems.push(names.circularValue.at(place, { name: base.text }));
  return bound;
}

/** An unknown name where a declaration should stand, with the library's declaration of that name or the nearest name of that kind. */
export function unknownDeclaration(workspace: Workspace, file: FileScope, name: Identifier, keyword: string): Diagnostic {
  const offered = notImported(workspace, file, name, keyword);
  if (offered) return offered;
  const candidates = [...file.symbols]
    .filter(([, symbol]) => symbol.kind === "imported" || (symbol.kind === "declaration" && symbol.node.keyword === keyword))
    .map(([candidate]) => candidate);
  const suggestion = nearest(name.text, candidates);
  return names.unknownName.at({ uri: file.uri, span: name }, { name: name.text, suggestion }, replaceFix(name, suggestion));
}

/** A name that the library has and the file does not import; with `keyword`, one of that kind. */
export function notImported(workspace: Workspace, file: FileScope, name: Identifier, keyword?: string): Diagnostic | undefined {
  const offers = workspace.library.find(name.text).filter((offer) => keyword === undefined || offer.keyword === keyword);
  const [first] = offers;
  if (!first) return undefined;
  return names.unknownName.at({ uri: file.uri, span: name }, { name: name.text, suggestion: undefined, hint: `: import it from "${first.uri}"` }, {
    fixes: () => offers.map(({ uri }) => ({ title: `Import \`${name.text}\` from ${uri}`, edits: [importEdit(file, name.text, uri)], preferred: offers.length === 1 })),
  });
}

/** The edit that imports a name: into the import of that file where there is one, else as a line below the imports. `path`: how the import names the file. */
export function importEdit(file: FileScope, name: string, uri: string, path = uri): TextEdit {
  const { text } = file.source;
  const known = file.imports.find((entry) => entry.uri === uri)?.node.names.at(-1);
  if (known) return { start: known.end, end: known.end, newText: `, ${name}` };
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const line = `import { ${name} } from "${path}"`;
  const last = file.imports.at(-1)?.node;
  const start = last ? last.end + (/^[^\r\n]*/.exec(text.slice(last.end))?.[0].length ?? 0) : text.startsWith("\ufeff") ? 1 : 0;
  return { start, end: start, newText: last ? `${newline}${line}` : `${line}${newline}${newline}` };
}

/** The fix that writes a suggested name. */
export function replaceFix(span: Span, replacement: string | undefined) {
  if (replacement === undefined) return {};
  return { fixes: () => [{ title: `Replace by \`${replacement}\``, edits: [{ start: span.start, end: span.end, newText: replacement }], preferred: true, corrects: true }] };
}

/** A block before its members are bound. */
type Shell = Omit<BoundBlock, "properties" | "blocks" | "replacedBy">;

/** Mutable while it is built; handed out as a BoundBlock. */
interface Draft extends BoundBlock {
  readonly properties: Map<string, BoundProperty>;
  readonly blocks: Draft[];
  readonly replacedBy: Draft[];
}

function bindBlock(workspace: Workspace, shell: Shell, base: BoundBlock | undefined, problems: Diagnostic[]): Draft {
  const draft: Draft = { ...shell, properties: new Map(), blocks: [], replacedBy: [] };
  for (const member of shell.body?.members ?? []) {
    if (member.kind === "property") bindProperty(draft, member, problems);
  }
  for (const [key, property] of base?.properties ?? []) {
    const own = draft.properties.get(key);
    draft.properties.set(key, own ? { ...own, overrides: property } : { ...property, inherited: true });
  }
  bindChildren(workspace, draft, shell.body?.members ?? [], base, problems);
  return draft;
}

const titleOf = (block: { readonly schema: BlockSchema | undefined; readonly keyword: string }): string =>
  block.schema ? blockTitle(block.schema) : block.keyword;

function bindProperty(draft: Draft, node: Property, problems: Diagnostic[]): void {
  const [first, second] = node.path;
  if (!first) return;
  const { file, schema } = draft;
  const place: Place = { uri: file.uri, span: first };
  if (second) {
    if (draft.keyword !== "sweep" && !(schema?.open ?? true)) {
      const last = node.path[node.path.length - 1] ?? second;
      const key = node.path.map((part) => part.text).join(".");
      problems.push(names.dottedKey.at({ uri: file.uri, span: { start: first.start, end: last.end } }, { key }));
    }
    return;
  }
  const key = first.text;
  const spec = schema?.properties.get(key);
  if (schema && !schema.open && !spec && !variesDeclaration(draft, key)) {
    if (fieldsWithoutCost.has(key)) {
      problems.push(names.unknownKey.at(place, { key, block: titleOf(draft), suggestion: undefined, hint: ": it costs nothing, leave it out" }, {
        fixes: () => [{ title: `Remove \`${key}\``, edits: [removeMember(draft, node)], preferred: true }],
      }));
      return;
    }
    const elsewhere = draft.keyword === "model" ? fieldsElsewhere.get(key) : undefined;
    if (elsewhere !== undefined) {
      problems.push(names.unknownKey.at(place, { key, block: titleOf(draft), suggestion: undefined, hint: `: ${elsewhere}` }));
      return;
    }
    const suggestion = (draft.keyword === "sweep" ? pathOf(key) : undefined) ?? nearest(key, schema.properties.keys());
    const block = schema.children.find((candidate) => candidate.keyword === key);
    problems.push(block
      ? names.unknownKey.at(place, { key, block: titleOf(draft), suggestion: undefined }, {
          related: [{ uri: file.uri, span: first, message: `\`${key}\` is a block: \`${key} ${block.hasKinds ? `${block.variants[0]?.variant ?? ""} ` : ""}{ … }\`` }],
        })
      : names.unknownKey.at(place, { key, block: titleOf(draft), suggestion }, replaceFix(first, suggestion)));
    return;
  }
  const earlier = draft.properties.get(key);
  if (earlier) {
    problems.push(names.duplicateKey.at(place, { key }, {
      related: [{ uri: file.uri, span: earlier.node, message: "first written here" }],
      fixes: () => [{ title: `Remove this \`${key}\``, edits: [removeMember(draft, node)] }],
    }));
    return;
  }
  draft.properties.set(key, { key, spec, node, file, inherited: false });
}

/** What a plan is made of, in the order in which a name is looked for. */
const planParts = ["parallelism", "workload", "hardware", "model"] as const;

/** In a sweep a whole declaration can vary: `hardware = [A, B]`. */
const variesDeclaration = (draft: Draft, key: string): boolean => draft.keyword === "sweep" && planParts.some((part) => part === key);

/** What a sweep calls a key of one of the plan's parts: `parallelism.tp`. */
function pathOf(key: string): string | undefined {
  const part = planParts.find((candidate) => declarationSchemas[candidate].block.properties.has(key));
  return part && `${part}.${key}`;
}

/** The edit that removes a member with its line where nothing else stands on it, else with its comma. */
export function removeMember(block: { readonly file: FileScope }, node: Span): { readonly start: number; readonly end: number; readonly newText: string } {
  const { text } = block.file.source;
  const lineStart = Math.max(text.lastIndexOf("\n", node.start - 1), text.lastIndexOf("\r", node.start - 1)) + 1;
  const rest = /^[ \t]*(?:\/\/[^\r\n]*)?(\r\n|\n|\r|$)/.exec(text.slice(node.end));
  if (text.slice(lineStart, node.start).trim() === "" && rest) return { start: lineStart, end: node.end + rest[0].length, newText: "" };
  const comma = /^[ \t]*,[ \t]*/.exec(text.slice(node.end));
  if (comma) return { start: node.start, end: node.end + comma[0].length, newText: "" };
  const before = /,?[ \t]*$/.exec(text.slice(0, node.start));
  return { start: node.start - (before?.[0].length ?? 0), end: node.end, newText: "" };
}

function bindChildren(
  workspace: Workspace, draft: Draft, members: readonly Member[], base: BoundBlock | undefined, problems: Diagnostic[],
): void {
  const inherited = (base?.blocks ?? []).map((block) => rebind(workspace, draft, block, problems));
  const own: Draft[] = [];
  const merged = new Set<Draft>();
  for (const member of members) {
    if (member.kind !== "block") continue;
    const bound = bindChild(workspace, draft, member, inherited, merged, own, problems);
    if (bound) own.push(bound);
  }
  const kept = inherited.filter((block) => !merged.has(block) && !isReplaced(block, own, merged));
  const all = [...kept, ...own];
  const seen = new Map<string, number>();
  for (const block of all) {
    const child = draft.schema?.children.find((candidate) => candidate.keyword === block.keyword);
    const index = seen.get(block.keyword) ?? 0;
    seen.set(block.keyword, index + 1);
    const local = child?.many ? `${block.keyword}[${index}]` : block.keyword;
    setPath(block, draft.path === "" ? local : `${draft.path}.${local}`);
    draft.blocks.push(block);
  }
}

/** Paths are known once all blocks of the parent are; children follow their parent. */
function setPath(block: Draft, path: string): void {
  const { path: before } = block;
  (block as { path: string }).path = path;
  for (const inner of block.blocks) setPath(inner, before === "" ? `${path}.${inner.path}` : `${path}${inner.path.slice(before.length)}`);
}

/** A base's block inside a declaration that extends it. */
function rebind(workspace: Workspace, parent: Draft, block: BoundBlock, problems: Diagnostic[]): Draft {
  return bindBlock(workspace, {
    keyword: block.keyword, variant: block.variant, schema: block.schema, node: block.node, body: undefined, file: block.file, parent, path: "", own: false,
  }, block, problems);
}

/**
 * A base's block gives way to an own block of another kind: wholly where the block stands alone (`network`) or the new
 * kind names no layers, else on the layers of the new one. An own block that overrides one of the base is such a block
 * where it writes its layers anew.
 */
function isReplaced(block: Draft, own: readonly Draft[], merged: ReadonlySet<Draft>): boolean {
  const rivals = own.filter((rival) => rival.keyword === block.keyword && rival.variant !== block.variant);
  const many = block.parent?.schema?.children.find((candidate) => candidate.keyword === block.keyword)?.many ?? false;
  const writesLayers = (rival: Draft) => rival.properties.get("layers")?.inherited === false;
  if (rivals.some((rival) => !merged.has(rival) && (!many || !writesLayers(rival)))) return true;
  for (const rival of rivals) if (writesLayers(rival)) block.replacedBy.push(rival);
  return false;
}

function bindChild(
  workspace: Workspace, parent: Draft, node: Block, inherited: readonly Draft[], merged: Set<Draft>, own: readonly Draft[], problems: Diagnostic[],
): Draft | undefined {
  const { file, schema: parentSchema } = parent;
  const keyword = node.keyword.text;
  const shell = { keyword, variant: node.variant?.text, node, body: node.body, file, parent, path: "", own: true };
  if (!parentSchema || parentSchema.open) return bindBlock(workspace, { ...shell, schema: undefined }, undefined, problems);
  const child = parentSchema.children.find((candidate) => candidate.keyword === keyword);
  if (!child) {
    const suggestion = ofKind(keyword, node, parentSchema) ?? nearest(keyword, parentSchema.children.map((candidate) => candidate.keyword));
    const extracted = extractedDeclaration(parent, node);
    problems.push(names.unknownBlock.at({ uri: file.uri, span: node.keyword }, { keyword, parent: titleOf(parent), suggestion: extracted ? undefined : suggestion },
      extracted ? { fixes: () => [extracted] } : replaceFix(node.keyword, suggestion)));
    return undefined;
  }
  const schema = childSchema(child, node, inherited, file, problems);
  if (!schema) return bindBlock(workspace, { ...shell, schema: undefined }, undefined, problems);
  if (!child.many && own.some((block) => block.keyword === keyword)) {
    problems.push(names.duplicateBlock.at({ uri: file.uri, span: node.keyword }, { keyword }, {
      fixes: () => [{ title: `Remove this \`${keyword}\``, edits: [removeMember(parent, node)] }],
    }));
    return undefined;
  }
  const complete = { ...shell, schema, variant: schema.variant };
  const meant = baseOf(workspace, complete, inherited.filter((block) => !merged.has(block)), problems);
  if (meant === "ambiguous") return bindBlock(workspace, { ...shell, schema: undefined }, undefined, problems);
  const bound = bindBlock(workspace, complete, meant, problems);
  if (meant) merged.add(meant).add(bound);
  return bound;
}

/** A block where a declaration is to be named: `parallelism { … }` in a plan. It becomes that declaration, and the plan names it. */
function extractedDeclaration(parent: Draft, { keyword: { text: keyword }, variant, body, start, end }: Block): FixCandidate | undefined {
  const type = parent.schema?.properties.get(keyword)?.type;
  const outer = parent.node;
  if (variant || type?.kind !== "reference" || type.to !== keyword || outer.kind !== "declaration" || parent.properties.has(keyword)) return undefined;
  const { symbols, source: { text } } = parent.file;
  const wanted = `${outer.name?.text ?? ""}${keyword.charAt(0).toUpperCase()}${keyword.slice(1)}`;
  const name = [wanted, ...[2, 3, 4].map((number) => `${wanted}${number}`)].find((candidate) => !symbols.has(candidate));
  if (name === undefined) return undefined;
  const indent = /[ \t]*$/.exec(text.slice(0, start))?.[0] ?? "";
  const inner = text.slice(body.open.start, end).replaceAll(new RegExp(`(\r?\n)${indent}`, "g"), "$1");
  const at = startWithDocs(text, outer.start);
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  return {
    title: `Extract \`${keyword} { … }\` as the declaration \`${name}\``, preferred: true, corrects: true,
    edits: [{ start: at, end: at, newText: `${keyword} ${name} ${inner}${newline}${newline}` }, { start, end, newText: `${keyword} = ${name}` }],
  };
}

/** Where the `///` lines above a declaration start. */
export function startWithDocs(text: string, start: number): number {
  let at = start;
  for (;;) {
    const lineEnd = text.lastIndexOf("\n", at - 1);
    if (lineEnd < 0) return at;
    const lineStart = text.lastIndexOf("\n", lineEnd - 1) + 1;
    if (!/^[ \t]*\/\/\//.test(text.slice(lineStart, lineEnd))) return at;
    at = lineStart;
  }
}

/** `ffn moe` for a bare `moe { … }`: the kind stands where the block's name should. */
function ofKind(kind: string, node: Block, { children }: BlockSchema): string | undefined {
  const child = node.variant ? undefined : children.find((candidate) => candidate.hasKinds && candidate.variants.some((schema) => schema.variant === kind));
  return child && `${child.keyword} ${kind}`;
}

function childSchema(child: ChildSchema, node: Block, inherited: readonly Draft[], file: FileScope, problems: Diagnostic[]): BlockSchema | undefined {
  const { variant } = node;
  const keyword = child.keyword;
  if (!child.hasKinds) {
    if (variant) problems.push(names.unexpectedKind.at({ uri: file.uri, span: variant }, { keyword, kind: variant.text }, {
      fixes: () => [{ title: `Remove \`${variant.text}\``, edits: [{ start: node.keyword.end, end: variant.end, newText: "" }], preferred: true }],
    }));
    return child.variants[0];
  }
  const kinds = child.variants.flatMap((schema) => (schema.variant === undefined ? [] : [schema.variant]));
  if (!variant) {
    const alike = inherited.filter((block) => block.keyword === keyword);
    if (alike.length === 1) return alike[0]?.schema;
    problems.push(names.missingKind.at({ uri: file.uri, span: node.keyword }, { keyword, kinds }));
    return undefined;
  }
  const schema = child.variants.find((candidate) => candidate.variant === variant.text);
  if (!schema) {
    const suggestion = nearest(variant.text, kinds);
    problems.push(names.unknownKind.at({ uri: file.uri, span: variant }, { keyword, kind: variant.text, suggestion, kinds }, replaceFix(variant, suggestion)));
  }
  return schema;
}

/** The block of the base that an own block overrides, if any. */
function baseOf(workspace: Workspace, shell: Shell, inherited: readonly Draft[], problems: Diagnostic[]): Draft | "ambiguous" | undefined {
  const alike = inherited.filter((block) => block.keyword === shell.keyword && block.variant === shell.variant);
  if (alike.length <= 1) return alike[0];
  const alone = bindBlock(workspace, shell, undefined, []);
  const layers = (block: BoundBlock) => layerSetText(layerRangesOf(workspace, block) ?? []);
  const equal = alike.filter((block) => alone.properties.has("layers") && layers(block) === layers(alone));
  if (equal.length === 1) return equal[0];
  const block = shell.variant === undefined ? shell.keyword : `${shell.keyword} ${shell.variant}`;
  if (shell.node.kind === "block") {
    problems.push(names.ambiguousOverride.at({ uri: shell.file.uri, span: shell.node.keyword }, { block, base: ownerName(alone) }));
  }
  return "ambiguous";
}

/** The same text for the same set, however it is written: `2..3` and `[3, 2]`. */
function layerSetText(ranges: readonly LayerRange[]): string {
  const set = new Set<number>();
  for (const { from, to, step } of ranges) {
    // Counted by steps: a layer beyond the whole numbers of a double does not grow by adding one.
    for (let index = 0; index <= Math.min((to - from) / step, mostLayers); index += 1) set.add(from + index * step);
  }
  return [...set].sort((left, right) => left - right).join();
}

function ownerName(block: BoundBlock): string {
  let top: BoundBlock = block;
  while (top.parent) top = top.parent;
  return top.node.kind === "declaration" ? (top.node.base?.text ?? top.node.name?.text ?? top.keyword) : top.keyword;
}

function bindAssertions(
  node: BlockDeclaration, file: FileScope, base: BoundDeclaration | undefined, allowed: boolean, problems: Diagnostic[],
): readonly BoundAssertion[] {
  const assertions: BoundAssertion[] = (base?.assertions ?? [])
    .filter((assertion) => assertion.kind === "require")
    .map((assertion) => ({ ...assertion, inherited: true }));
  const misplaced = (statement: string, span: Span, where: string, owner: string) =>
    problems.push(names.misplacedStatement.at({ uri: file.uri, span }, { statement, owner, allowed: where }));
  for (const member of node.body?.members ?? []) {
    if (member.kind === "require" || member.kind === "measured") {
      if (allowed) assertions.push({ kind: member.kind, node: member, file, inherited: false } as BoundAssertion);
      else if (!declarationSchemas[node.keyword].block.open) misplaced(member.kind, member.keywordSpan, "model, hardware and plan", node.keyword);
    } else if ((member.kind === "where" || member.kind === "objective") && node.keyword !== "sweep" && !declarationSchemas[node.keyword].block.open) {
      misplaced(member.kind === "where" ? "where" : member.sense, member.keywordSpan, "a sweep", node.keyword);
    } else if (member.kind === "block") {
      misplacedInside(member, misplaced);
    }
  }
  return assertions;
}

function misplacedInside(block: Block, misplaced: (statement: string, span: Span, where: string, owner: string) => void): void {
  for (const member of block.body.members) {
    if (member.kind === "block") misplacedInside(member, misplaced);
    else if (member.kind === "objective") misplaced(member.sense, member.keywordSpan, "a sweep", block.keyword.text);
    else if (member.kind === "where") misplaced("where", member.keywordSpan, "a sweep", block.keyword.text);
    else if (member.kind !== "property") misplaced(member.kind, member.keywordSpan, "the declaration itself", block.keyword.text);
  }
}
