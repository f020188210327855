import type { BlockDeclaration, ImportDeclaration, Span } from "../../../grammar/src";
import { evaluateAssertion } from "./assertions";
import { bindDeclaration, removeMember } from "./bind";
import type { BoundBlock, BoundDeclaration, BoundProperty, FileScope, ImportedSymbol, LetSymbol, ResolvedImport } from "./bound";
import { names, syntaxDiagnostics, type Diagnostic } from "./diagnostics";
import { letValue, settledValue } from "./evaluate";
import { blockTitle, declarationSchemas, describeType, type PropertyType } from "./schema";
import { namesIn } from "./names-in";
import { nearest } from "./suggest";
import { readSweep } from "./sweep";
import { subjectProblems } from "./sweep/problems";
import { fieldsWithoutCost } from "./without-cost";
import { exportedNames, fileScope, importCycle, inProgress, resolveSymbol, type Workspace } from "./workspace";

/** The span of a declaration's header: `model DeepSeekV3`. */
export function headerSpan(node: BlockDeclaration): Span {
  return { start: node.keywordSpan.start, end: node.name?.end ?? node.keywordSpan.end };
}

/** The span of a block's header: `attention mla`. */
export function blockHeaderSpan(block: BoundBlock): Span {
  const { node } = block;
  if (node.kind === "declaration") return headerSpan(node);
  return { start: node.keyword.start, end: node.variant?.end ?? node.keyword.end };
}

/** What the grammar says of a file; where a value is missing, the schema knows what kind of value. */
export function syntaxProblems(workspace: Workspace, scope: FileScope): readonly Diagnostic[] {
  return scope.source.parsed.errors.map((error) => {
    const place = { uri: scope.uri, span: error };
    const { fix, missingValue } = error;
    const type = missingValue && typeOfMissing(workspace, scope, missingValue.property, error.start);
    const message = missingValue && type ? `\`${missingValue.property}\` needs ${describeType(type)}: ${missingValue.found}` : error.message;
    return syntaxDiagnostics[error.code].at(place, { message }, fix ? { fixes: () => [{ ...fix, preferred: true }] } : {});
  });
}

/** The type of the property whose value is missing at or before `offset`. */
function typeOfMissing(workspace: Workspace, scope: FileScope, key: string, offset: number): PropertyType | undefined {
  const node = scope.declarations.find((candidate) => candidate.start <= offset && offset <= candidate.end);
  const bound = node?.kind === "declaration" ? bindDeclaration(workspace, node, scope) : undefined;
  const waiting = bound ? [bound.block] : [];
  let found: BoundProperty | undefined;
  for (let block = waiting.pop(); block; block = waiting.pop()) {
    const property = block.properties.get(key);
    const isNearer = property && property.node.start <= offset && property.node.start >= (found?.node.start ?? 0);
    if (isNearer && !property.inherited && property.node.value.kind === "missing") found = property;
    for (const inner of block.blocks) waiting.push(inner);
  }
  return found?.spec?.type;
}

/** What is wrong with the imports and names of a file as such. */
export function nameProblems(workspace: Workspace, scope: FileScope): readonly Diagnostic[] {
  const problems = [
    ...scope.imports.flatMap((entry) => importProblems(workspace, scope, entry)), ...duplicateProblems(scope), ...unusedProblems(workspace, scope),
  ];
  const waiting = scope.declarations.filter(
    (node): node is BlockDeclaration => node.kind === "declaration" && declarationSchemas[node.keyword].hasMetrics && !declarationSchemas[node.keyword].computed,
  );
  const [first] = waiting;
  if (first) {
    const kinds = [...new Set(waiting.map((node) => node.keyword))];
    const statements = waiting.flatMap((node) => (node.body?.members ?? []).filter((member) => member.kind === "require" || member.kind === "measured"));
    problems.push(names.notComputedYet.at({ uri: scope.uri, span: headerSpan(first) }, { kinds, statements: statements.length }));
  }
  return problems;
}

function importProblems(workspace: Workspace, scope: FileScope, entry: ResolvedImport): readonly Diagnostic[] {
  const { from } = entry.node;
  if (!from) return []; // the grammar has said so
  const place = { uri: scope.uri, span: from };
  if (entry.uri === undefined) return [names.fileNotFound.at(place, { path: from.value, reason: entry.failure ?? "this is not a path" })];
  const cycle = importCycle(workspace, scope, entry);
  if (cycle) return [names.importCycle.at(place, { path: [scope.uri, ...cycle].map(shortName) })];
  const target = fileScope(workspace, entry.uri);
  if (!target) {
    const loaded = workspace.load(entry.uri);
    if (loaded.kind === "pending") return [];
    return [names.fileNotFound.at(place, { path: from.value, reason: loaded.kind === "failed" ? loaded.reason : "it cannot be read" })];
  }
  const offered = exportedNames(target);
  return entry.node.names
    .filter((node) => !offered.includes(node.name.text))
    .map((node) => {
      const suggestion = nearest(node.name.text, offered);
      const fixes = suggestion === undefined ? {} : {
        fixes: () => [{ title: `Import \`${suggestion}\``, edits: [{ start: node.name.start, end: node.name.end, newText: suggestion }], preferred: true }],
      };
      return names.notExported.at({ uri: scope.uri, span: node.name }, { name: node.name.text, path: from.value, suggestion }, fixes);
    });
}

const shortName = (uri: string): string => decodeURIComponent(uri.slice(uri.lastIndexOf("/") + 1) || uri);

function duplicateProblems(scope: FileScope): readonly Diagnostic[] {
  const problems: Diagnostic[] = [];
  const report = (span: Span, name: string) => {
    const first = scope.symbols.get(name);
    if (!first || first.name.start === span.start) return;
    const what = first.kind === "imported" ? "an import" : first.kind === "let" ? "a constant" : `the ${first.node.keyword}`;
    problems.push(names.duplicateName.at({ uri: scope.uri, span }, { name, what }, {
      related: [{ uri: scope.uri, span: first.name, message: "first declared here" }],
    }));
  };
  for (const { node } of scope.imports) {
    for (const entry of node.names) report(entry.alias ?? entry.name, (entry.alias ?? entry.name).text);
  }
  for (const node of scope.declarations) if (node.name) report(node.name, node.name.text);
  return problems;
}

/** An import that failed has its own message. */
function unusedProblems(workspace: Workspace, scope: FileScope): readonly Diagnostic[] {
  const imported = [...scope.symbols.values()].filter(
    (symbol): symbol is ImportedSymbol => symbol.kind === "imported" && resolveSymbol(workspace, scope, symbol.name.text) !== undefined,
  );
  if (imported.length === 0) return [];
  const used = new Set(scope.declarations.flatMap((node) => [...namesIn(node)]));
  return imported
    .filter((symbol) => !used.has(symbol.name.text))
    .map((symbol) => names.unusedImport.at({ uri: scope.uri, span: symbol.node }, { name: symbol.name.text }, {
      unnecessary: true,
      fixes: () => [{ title: `Remove the import of \`${symbol.name.text}\``, edits: [removeImport(scope, symbol.from.node, symbol)], preferred: true }],
    }));
}

function removeImport(scope: FileScope, declaration: ImportDeclaration, symbol: ImportedSymbol) {
  const { node } = symbol;
  if (declaration.names.length === 1) return removeMember({ file: scope }, declaration);
  const index = declaration.names.indexOf(node);
  const next = declaration.names[index + 1];
  const previous = declaration.names[index - 1];
  if (next) return { start: node.start, end: next.start, newText: "" };
  return { start: previous?.end ?? node.start, end: node.end, newText: "" };
}

/** What is wrong with one declaration or constant: structure, values, required keys, statements. */
export function declarationProblems(workspace: Workspace, scope: FileScope, node: FileScope["declarations"][number]): readonly Diagnostic[] {
  if (node.kind === "let") {
    if (!node.name) return [];
    const symbol: LetSymbol = { kind: "let", name: node.name, node, uri: scope.uri };
    const found = letValue(workspace, symbol);
    return found === inProgress ? [] : found.problems;
  }
  const bound = bindDeclaration(workspace, node, scope);
  if (!bound) return [];
  const problems: Diagnostic[] = [...bound.problems];
  const ofSpace = node.keyword === "sweep" ? readSweep(workspace, bound).problems : node.of ? subjectProblems(workspace, bound, node.of) : [];
  for (const problem of ofSpace) problems.push(problem);
  blockProblems(workspace, bound, bound.block, problems);
  for (const assertion of bound.assertions) {
    if (assertion.inherited) continue;
    for (const problem of evaluateAssertion(workspace, bound, assertion).problems) problems.push(problem);
  }
  return problems;
}

function blockProblems(workspace: Workspace, bound: BoundDeclaration, block: BoundBlock, problems: Diagnostic[]): void {
  for (const property of block.properties.values()) {
    if (bound.keyword === "sweep" && !property.spec) continue; // a declaration that varies: its choices were read with the space
    const { problems: found } = settledValue(workspace, block, property.key);
    const own = property.inherited ? inheritedProblems(workspace, bound, block, property.key, found) : found;
    for (const problem of own) problems.push(problem);
  }
  missingProblems(workspace, bound, block, problems);
  for (const inner of block.blocks) blockProblems(workspace, bound, inner, problems);
}

/** A value of the base that fails only here, under an override, is reported at `extends BASE`. */
function inheritedProblems(
  workspace: Workspace, bound: BoundDeclaration, block: BoundBlock, key: string, found: readonly Diagnostic[],
): readonly Diagnostic[] {
  const { node, file } = bound;
  if (found.length === 0 || !node.base) return [];
  const base = bound.base && findBlock(bound.base.block, block);
  const known = base ? settledValue(workspace, base, key).problems.map((problem) => problem.code) : [];
  const span = node.base;
  return found
    .filter((problem) => !known.includes(problem.code))
    .map((problem) => ({
      ...problem, uri: file.uri, span, fixes: () => [],
      related: [{ uri: problem.uri, span: problem.span, message: `\`${key}\` is written here` }],
    }));
}

/** The block of a base that was written at the same place. */
function findBlock(root: BoundBlock, wanted: BoundBlock): BoundBlock | undefined {
  if (wanted.parent === undefined) return root;
  if (root.node === wanted.node) return root;
  for (const inner of root.blocks) {
    const found = findBlock(inner, wanted);
    if (found) return found;
  }
  return undefined;
}

function missingProblems(workspace: Workspace, bound: BoundDeclaration, block: BoundBlock, problems: Diagnostic[]): void {
  const { schema } = block;
  if (!schema || schema.open || (!block.own && bound.base)) return;
  const ofBase = bound.base && block === bound.block ? missingKeys(workspace, bound.base.block) : [];
  const missing = missingKeys(workspace, block).filter((key) => !ofBase.includes(key)); // the base has said the others
  if (missing.length === 0) return;
  const meant = misspelt(block);
  const keys = missing.filter((key) => !meant.has(key));
  if (keys.length === 0 || (bound.node.base && !bound.base)) return;
  const inside = block.node.kind === "block" ? blockTitle(schema) : `${schema.keyword}${bound.name === "" ? "" : ` ${bound.name}`}`;
  problems.push(names.missingKey.at({ uri: bound.file.uri, span: blockHeaderSpan(block) }, { block: inside, keys }));
}

function missingKeys(workspace: Workspace, block: BoundBlock): readonly string[] {
  const { schema } = block;
  if (!schema) return [];
  const needed = [...schema.properties.values()].filter((spec) => spec.required).map((spec) => spec.key);
  for (const condition of schema.conditions) {
    if (settledValue(workspace, block, condition.key).plain === condition.is) needed.push(...condition.needs);
  }
  return needed.filter((key) => !block.properties.has(key));
}

/** Keys that an unknown key of the block was probably meant for: its own message says so. */
function misspelt(block: BoundBlock): ReadonlySet<string> {
  const meant = new Set<string>();
  const keys = block.schema?.properties;
  if (!keys) return meant;
  for (const member of block.body?.members ?? []) {
    if (member.kind !== "property") continue;
    const key = member.path[0]?.text ?? "";
    const suggestion = keys.has(key) || fieldsWithoutCost.has(key) ? undefined : nearest(key, keys.keys());
    if (suggestion !== undefined) meant.add(suggestion);
  }
  return meant;
}
