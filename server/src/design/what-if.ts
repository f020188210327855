/** `NAME.path=VALUE`: an edit of the text in memory, so that a what-if means exactly what writing it would mean. */
import { parse, type BlockDeclaration, type Body, type Span, type TextEdit } from "../../../grammar/src";
import { formatLayers, openWorkspace } from "../analysis";
import {
  createSource, layerRangesOf, letValue, settledValue, type BoundBlock, type BoundDeclaration, type Diagnostic, type FileScope, type LoadSource, type Source, type Workspace,
} from "../core";
import { applyEdits } from "../rules";
import { findTarget, type Refuse, type Target } from "./property-path";
import { WrongUse } from "./wrong-use";

/** One edit: `DeepSeekV3.moe.top_k`, `4`. */
export interface WhatIf {
  readonly path: string;
  readonly value: string;
}

/**
 * The same files with each edit applied in turn. `option`: what stands before an edit where the user writes one, such as `--set `.
 * Throws `WrongUse` where a path or a value does not fit.
 */
export function applyWhatIf(load: LoadSource, files: readonly string[], whatIfs: readonly WhatIf[], option: string): LoadSource {
  const edited = new Map<string, Source>();
  const current: LoadSource = (uri) => {
    const source = edited.get(uri);
    return source ? { kind: "source", source } : load(uri);
  };
  for (const { path, value } of whatIfs) {
    const refuse = (problem: string): never => {
      throw new WrongUse(`${option}${path}: ${problem}`);
    };
    requireExpression(value, refuse);
    const { scope, edit } = editFor(openWorkspace(current), files, path, value, refuse);
    const { uri, text, version } = scope.source;
    edited.set(uri, createSource(uri, applyEdits(text, [edit]), version, scope.source));
    requireValid(openWorkspace(current), files, path, refuse);
  }
  return current;
}

/** Reads one edit. Throws `WrongUse` where it is none. */
export function readWhatIf(whatIf: string, option: string): WhatIf {
  const equals = whatIf.indexOf("=");
  const path = equals < 0 ? whatIf : whatIf.slice(0, equals).trim();
  if (equals < 0 || path === "") throw new WrongUse(`${option}${whatIf}: write \`NAME.path=VALUE\`, such as \`DeepSeekV3.moe.top_k=4\``);
  return { path, value: whatIf.slice(equals + 1).trim() };
}

/** `with Base.moe.top_k = 4, Base.layers = 8`: the edits as a header names them. */
export const whatIfText = (whatIfs: readonly WhatIf[]): string => `with ${whatIfs.map(({ path, value }) => `${path} = ${value}`).join(", ")}`;

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
