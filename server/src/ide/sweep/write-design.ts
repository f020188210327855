/** A design of a sweep written into the files: each value where the plan's facts stand. */

import type { TextEdit } from "../../../../grammar/src";
import { openWorkspace } from "../../analysis";
import {
  createSource, fileScope, importEdit, ownDeclaration, resolveSymbol, settledValue, startWithDocs, targetOf,
  type BoundDeclaration, type Choice, type FileScope, type Source, type VariedKey, type Workspace,
} from "../../core";
import { pointAt, type Space } from "../../explore";
import { applyEdits } from "../../rules";
import { overrideLine, writeKey } from "../../rules/edits";
import { dimensionSymbol, isPlain } from "../../units";
import { importPath } from "../completion/imports";
import { composed } from "./edits";

export interface WrittenDesign {
  /** The files as the edits leave them. */
  readonly workspace: Workspace;
  readonly plan: BoundDeclaration;
  /** By address, in places of the files as they were. */
  readonly edits: ReadonlyMap<string, readonly TextEdit[]>;
}

/** Says in a clause why a value cannot be written. */
export class NotWritten extends Error {}

/** The files under an edit after another. */
interface Draft {
  workspace: Workspace;
  readonly original: Workspace;
  readonly sources: Map<string, Source>;
  readonly edits: Map<string, readonly TextEdit[]>;
}

/**
 * Short paths come first: where `hardware.gpu.memory` leads depends on which `hardware` it is. `workspace`: the files as they are now;
 * `space` may be of a version before. Throws `NotWritten`.
 */
export function writeDesign(workspace: Workspace, space: Space, design: number): WrittenDesign {
  const draft: Draft = { workspace, original: workspace, sources: new Map(), edits: new Map() };
  const point = pointAt(space, design);
  const ordered = [...space.axes.entries()].sort(([, left], [, right]) => left.parts.length - right.parts.length);
  for (const [index, axis] of ordered) {
    const choice = axis.choices[point[index] ?? 0];
    const plan = planOf(draft.workspace, space);
    const chain = plan && chainOf(draft.workspace, plan, axis.parts);
    const target = chain?.at(-1);
    if (!choice || !plan || !chain || !target) throw new NotWritten(`the design has no \`${axis.path}\` any more`);
    if (!hasValue(draft.workspace, target, choice)) writeValue(draft, plan, chain, choice, space.sweep.file.uri);
  }
  const plan = planOf(draft.workspace, space);
  if (!plan) throw new NotWritten(`there is no plan \`${space.plan.name}\` any more`);
  return { workspace: draft.workspace, plan, edits: draft.edits };
}

/** The plan of a space, as the files have it now. */
export function planOf(workspace: Workspace, { plan: { name, file } }: Pick<Space, "plan">): BoundDeclaration | undefined {
  const scope = fileScope(workspace, file.uri);
  const bound = scope && ownDeclaration(workspace, scope, name);
  return bound?.keyword === "plan" ? bound : undefined;
}

/** The keys on the way that name declarations, and the one at the end of the path. */
function chainOf(workspace: Workspace, plan: BoundDeclaration, parts: readonly string[]): readonly VariedKey[] | undefined {
  const keys = parts.map((_, index) => targetOf(workspace, plan, parts.slice(0, index + 1)));
  const last = keys.at(-1);
  return last && [...keys.slice(0, -1).flatMap((key) => (key?.spec.type.kind === "reference" ? [key] : [])), last];
}

function hasValue(workspace: Workspace, { block, key }: VariedKey, { override: { plain, value } }: Choice): boolean {
  const found = settledValue(workspace, block, key);
  if (value.kind !== "declaration") return found.plain === plain;
  return found.value?.kind === "declaration" && isSame(found.value.declaration, value.declaration);
}

const isSame = (one: BoundDeclaration, other: BoundDeclaration): boolean => one.name === other.name && one.file.uri === other.file.uri;

const isEditable = ({ file }: BoundDeclaration): boolean => !file.uri.startsWith("std:");

function writeValue(draft: Draft, plan: BoundDeclaration, chain: readonly VariedKey[], choice: Choice, sweepUri: string): void {
  const own = chain.findLastIndex(({ declaration }) => isEditable(declaration));
  const holder = chain[own];
  const target = chain.at(-1);
  if (!holder || !target) throw new NotWritten(`\`${plan.name}\` stands in the standard library`);
  const edits: TextEdit[] = [];
  const { file } = holder.declaration;
  let text = textFor(draft.workspace, file, choice, sweepUri, edits);
  const added: string[] = [];
  const eol = file.source.text.includes("\r\n") ? "\r\n" : "\n";
  const taken = new Set(file.symbols.keys());
  // what no edit reaches is extended here, the innermost first: each is named in the one around it
  for (const { declaration, block, key } of chain.slice(own + 1).reverse()) {
    const line = overrideLine({ workspace: draft.workspace, declaration }, block, { [key]: text });
    if (line === undefined) throw new NotWritten(`\`${declaration.name}\` stands in the standard library, and \`${key}\` is too deep in it to be written elsewhere`);
    const base = visibleName(draft.workspace, file, declaration, edits);
    text = freshName(`${declaration.name}_${plan.name}`, taken);
    taken.add(text);
    added.push(`${declaration.keyword} ${text} extends ${base} {${eol}  ${line}${eol}}${eol}${eol}`);
  }
  if (added.length > 0) {
    const at = startWithDocs(file.source.text, holder.declaration.node.start);
    edits.push({ start: at, end: at, newText: added.join("") });
  }
  const written = writeKey({ workspace: draft.workspace, declaration: holder.declaration }, holder.block, holder.key, text);
  if (!written) throw new NotWritten(`\`${holder.key}\` of \`${holder.declaration.name}\` stands where no edit of its file reaches it`);
  apply(draft, file.uri, [...edits, ...written]);
}

/** The value as the file of the key would say it; the name of a declaration may have to be imported there. */
function textFor(workspace: Workspace, file: FileScope, { text, override: { value } }: Choice, sweepUri: string, edits: TextEdit[]): string {
  if (value.kind === "declaration") return visibleName(workspace, file, value.declaration, edits);
  // what was computed, or what a word of another file meant, is written as the figure that it came to
  if (value.kind === "quantity" && (!/^[\d._]+\s?[A-Za-z/%]*$/.test(text) || file.uri !== sweepUri)) {
    return isPlain(value.dimension) ? String(value.value) : `${value.value} ${dimensionSymbol(value.dimension)}`;
  }
  return text;
}

/** What a declaration is called in a file; where it is not known there, an edit imports it. */
function visibleName(workspace: Workspace, file: FileScope, declaration: BoundDeclaration, edits: TextEdit[]): string {
  const names = [...file.symbols.keys()];
  const known = names.find((name) => {
    const symbol = resolveSymbol(workspace, file, name);
    return symbol?.kind === "declaration" && symbol.uri === declaration.file.uri && symbol.name.text === declaration.name;
  });
  if (known !== undefined) return known;
  const { uri } = declaration.file;
  const path = uri.startsWith("std:") ? uri : importPath(file.uri, uri);
  if (path === undefined || names.includes(declaration.name)) throw new NotWritten(`\`${declaration.name}\` is not known in the file of the plan and cannot be imported there`);
  edits.push(importEdit(file, declaration.name, uri, path));
  return declaration.name;
}

function freshName(wanted: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}_${number}`;
    if (!taken.has(name)) return name;
  }
}

function apply(draft: Draft, uri: string, edits: readonly TextEdit[]): void {
  const before = fileScope(draft.original, uri)?.source;
  const source = draft.sources.get(uri) ?? before;
  if (!source || !before) throw new NotWritten("a file of the plan is gone");
  draft.edits.set(uri, composed(before.text, draft.edits.get(uri) ?? [], edits));
  draft.sources.set(uri, createSource(uri, applyEdits(source.text, edits), source.version, source));
  draft.workspace = openWorkspace((wanted) => {
    const edited = draft.sources.get(wanted);
    return edited ? { kind: "source", source: edited } : draft.original.load(wanted);
  });
}
