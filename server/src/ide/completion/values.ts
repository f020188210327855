/** What may stand in a value: words, units, names, functions, members behind a point. */

import type { NameExpression } from "../../../../grammar/src";
import {
  blocksNamed, declarationSchemas, dimensionOf, evaluate, functionNames, implicitBlock, settledValue, type BoundBlock, type PropertySpec, type PropertyType, type Scope, type Value,
} from "../../core";
import { isPlain, sameDimension, units, type Dimension } from "../../units";
import { plainProperty, typeName } from "../describe";
import { functionDocumentation, wordDocumentation, wordsOfType } from "../words";
import { placeIn, type Around, type Asked } from "./around";
import { fitsKey, importableDeclarations, knownDeclarations, symbolDraft } from "./declarations";
import { nothing, type Draft, type Drafts } from "./draft";
import { metricsOfDeclaration } from "./metrics";
import { beforeWord, ownerPath } from "./writing";

/** What is expected where a value is written. */
export interface Expected {
  /** The key whose value it is, if it is one. */
  readonly spec?: PropertySpec | undefined;
  /** The dimension of a number; `undefined` where any may stand. */
  readonly dimension?: Dimension | undefined;
}

/** `before`: the value's text up to the cursor. */
export function valueDrafts(asked: Asked, around: Around | undefined, before: string, from: number, { spec, dimension }: Expected): Drafts {
  if (/(?:^|[^\w.]|\.\.)\d\w*(?:\.\w*)?$/.test(before)) return nothing(from);
  const wanted = spec ? dimensionOf(spec.type) : dimension;
  const owner = ownerPath(before);
  if (owner) return { drafts: memberDrafts(asked, around, owner, wanted), from };
  switch (beforeWord(before)) {
    case "range": return { drafts: [stepWord], from };
    case "number": return { drafts: unitDrafts(wanted, spec), from };
    case "operand": return nothing(from);
    case "operator": return operandDrafts(asked, around, before, from, spec, wanted);
  }
}

const stepWord: Draft = { label: "step", kind: "keyword", detail: "the distance between two members of the range", newText: "step " };

function operandDrafts(asked: Asked, around: Around | undefined, before: string, from: number, spec: PropertySpec | undefined, wanted: Dimension | undefined): Drafts {
  const isWhole = /^[\s[]*\w*$/.test(before) || around?.node.keyword === "sweep";
  if (spec?.type.kind === "reference" && isWhole) {
    const fits = spec.type.to === "plan" ? fitsKey(asked.workspace, spec.key) : undefined;
    return { drafts: [...knownDeclarations(asked, spec.type.to, fits), ...importableDeclarations(asked, spec.type.to, "", fits)], from };
  }
  if (spec && (spec.type.kind === "boolean" || spec.type.kind === "word")) return { drafts: [...wordDrafts(spec), ...namesOfWords(asked, around, spec)], from };
  const prefix = /\w*$/.exec(before)?.[0] ?? "";
  const others = prefix === "" ? [] : importableDeclarations(asked, undefined, prefix.charAt(0));
  return { drafts: [...(spec && isWhole ? wordDrafts(spec) : []), ...nameDrafts(asked, around, spec?.key, wanted), ...functionDrafts(), ...others], from, isIncomplete: prefix === "" };
}

/** The words of a type; its default is named. */
const wordDrafts = (spec: PropertySpec): readonly Draft[] => wordsOfType(spec.type).map((label) => ({
  label, kind: "word", detail: spec.default?.expression === label ? "default" : "", documentation: wordDocumentation(label), rank: 0,
}));

/** The names whose value is one of the words that a property takes: `weights` for `experts`, never a number. */
function namesOfWords(asked: Asked, around: Around | undefined, { key, type }: PropertySpec): readonly Draft[] {
  const wanted = new Set(wordsOfType(type));
  const place = placeIn(asked, around, key);
  return nameDrafts(asked, around, key).filter(({ label }) => {
    if (wanted.has(label)) return false;
    const value = evaluate(nameOf([label]), place);
    return (value?.kind === "word" && wanted.has(value.word)) || (value?.kind === "boolean" && wanted.has(String(value.value)));
  });
}

const nameOf = (parts: readonly string[]): NameExpression =>
  ({ kind: "name", parts: parts.map((text) => ({ kind: "identifier", text, start: 0, end: 0 })), start: 0, end: 0 });

/** Behind a number: the units of the dimension that is wanted, the usual one first; none where a plain number is. */
function unitDrafts(wanted: Dimension | undefined, spec: PropertySpec | undefined): readonly Draft[] {
  if (wanted && isPlain(wanted)) return [];
  const usual = spec?.type.kind === "quantity" ? spec.type.example.split(" ")[1] : undefined;
  return [...units.values()].filter((unit) => !wanted || sameDimension(unit.dimension, wanted))
    .map((unit) => ({ label: unit.name, kind: "unit", detail: unit.name === usual ? "usual unit" : "unit", rank: unit.name === usual ? 0 : 1 }));
}

/** The names that an expression sees: properties and blocks around it, constants and declarations of the file. What fits the dimension comes first. */
export function nameDrafts(asked: Asked, around: Around | undefined, key?: string, wanted?: Dimension): readonly Draft[] {
  const { workspace, scope } = asked;
  const found = new Map<string, Draft>();
  const hidden = new Set(key === undefined ? [] : [key]);
  for (let block = placeIn(asked, around).block; block; block = block.parent) {
    const specs = specsWithValue(block);
    const shown = specs.filter(({ type }) => !wanted || isNumber(type) || type.kind === "reference").map((spec) => propertyDraft(asked, block, spec, wanted));
    for (const draft of [...shown, ...blockNames(block)]) if (!hidden.has(draft.label) && !found.has(draft.label)) found.set(draft.label, draft);
    // what is of no use here still hides a name further out
    for (const spec of specs) hidden.add(spec.key);
  }
  for (const name of scope.symbols.keys()) if (!found.has(name) && !hidden.has(name)) found.set(name, { ...symbolDraft(workspace, scope, name), rank: 3 });
  return [...found.values()];
}

const specsWithValue = (block: BoundBlock): readonly PropertySpec[] =>
  (block.schema ? [...block.schema.properties.values()].filter((spec) => block.properties.has(spec.key) || spec.default) : []);

const propertyDraft = ({ workspace }: Asked, block: BoundBlock, spec: PropertySpec, wanted: Dimension | undefined): Draft => ({
  label: spec.key, kind: "property", detail: typeName(spec.type), rank: rankOf(spec.type, wanted) + (block.properties.has(spec.key) ? 0 : 2),
  documentation: spec.documentation, more: () => ({ detail: `${typeName(spec.type)}: ${plainProperty(settledValue(workspace, block, spec.key))}` }),
});

const isNumber = ({ kind }: PropertyType): boolean => kind === "number" || kind === "token-count" || kind === "fraction" || kind === "quantity" || kind === "number-or-auto";

function rankOf(type: PropertyType, wanted: Dimension | undefined): number {
  if (!wanted) return 0;
  if (!isNumber(type)) return 3;
  return sameDimension(dimensionOf(type), wanted) ? 0 : 1;
}

/** Nested blocks by the name that means exactly one: their keyword, else their kind. */
function blockNames(block: BoundBlock): readonly Draft[] {
  const names = new Map<string, BoundBlock>();
  for (const inner of block.blocks) {
    const name = [inner.keyword, inner.variant].find((candidate) => candidate !== undefined && blocksNamed(block, candidate).length === 1);
    if (name !== undefined) names.set(name, inner);
  }
  return [...names].map(([label, inner]) => ({ label, kind: "block", detail: "block", documentation: inner.schema?.documentation, rank: 4 }));
}

const functionDrafts = (): readonly Draft[] =>
  functionNames.map((label) => ({ label, kind: "function", detail: "function", documentation: functionDocumentation[label], newText: `${label}(`, snippet: `${label}($0)`, rank: 5 }));

/** Behind `Owner.`: its properties and blocks with their values, and its metrics. */
function memberDrafts(asked: Asked, around: Around | undefined, path: readonly string[], wanted: Dimension | undefined): readonly Draft[] {
  const owner = evaluate(nameOf(path), { ...placeIn(asked, around), problems: [] });
  const block = owner && blockOf(owner);
  if (!owner || !block) return [];
  const metrics = owner.kind === "declaration" ? metricsOfDeclaration(asked.workspace, owner.declaration).map((draft) => ({ ...draft, rank: 6 + (draft.rank ?? 0) })) : [];
  const keys = [...(block.schema?.properties.values() ?? [])].map((spec) => memberKey(asked, block, spec, wanted));
  return [...keys, ...blockNames(block), ...implicitBlocks(asked, block), ...metrics];
}

function memberKey({ workspace }: Asked, block: BoundBlock, spec: PropertySpec, wanted: Dimension | undefined): Draft {
  const hasValue = block.properties.has(spec.key) || spec.default !== undefined;
  return {
    label: spec.key, kind: "property", detail: hasValue ? typeName(spec.type) : "not written", rank: hasValue ? rankOf(spec.type, wanted) : 5,
    documentation: spec.documentation, ...(hasValue ? { more: () => ({ detail: `${typeName(spec.type)}: ${plainProperty(settledValue(workspace, block, spec.key))}` }) } : {}),
  };
}

/** Blocks that nobody wrote and that have defaults, such as `precision`. */
const implicitBlocks = ({ workspace }: Asked, block: BoundBlock): readonly Draft[] =>
  (block.schema?.children ?? []).filter(({ keyword }) => implicitBlock(workspace, block, keyword)).map(({ keyword, documentation }) => ({ label: keyword, kind: "block", detail: "block, by default", documentation, rank: 4 }));

function blockOf(owner: Value): BoundBlock | undefined {
  if (owner.kind === "declaration") return owner.declaration.block;
  return owner.kind === "block" ? owner.block : undefined;
}

/** The key at the end of a path that a sweep varies, seen from its plan: `parallelism.ep`. */
export function specAtPath(asked: Asked, around: Around, path: readonly string[]): PropertySpec | undefined {
  const key = path.at(-1) ?? "";
  if (path.length === 1 && around.node.keyword !== "sweep") return around.schema?.properties.get(key);
  if (path.length === 1) return around.schema?.properties.get(key) ?? declarationSchemas.plan.block.properties.get(key);
  return blockAtPath(asked, around, path.slice(0, -1))?.schema?.properties.get(key);
}

/** The block that the first parts of such a path lead to. */
export function blockAtPath(asked: Asked, around: Around, path: readonly string[]): BoundBlock | undefined {
  const owner = evaluate(nameOf(path), { ...(placeIn(asked, around) satisfies Scope), problems: [] });
  return owner && blockOf(owner);
}
