import {
  bindDeclaration, declarationSchemas, fileScope, settledValue, type BlockSchema, type BoundBlock, type BoundDeclaration, type FileScope, type Position, type Range,
  type Workspace,
} from "../core";
import { Cancelled, type Cancellation } from "../rules";
import { plainProperty } from "./describe";
import { defaultText } from "./hover";
import { code } from "./markdown";

/** What a block takes by default, at its header. */
export interface DefaultsHint {
  readonly position: Position;
  /** `experts = fp8_e4m3, activations = bf16, … 8 more` */
  readonly label: string;
  /** Markdown: each default with its value and source. */
  readonly tooltip: string;
}

const longestLabel = 90;

/**
 * The defaults that an author did not write: one hint a block, behind its opening brace where the block has lines of
 * its own, else behind its closing one.
 */
export function inlayHints(workspace: Workspace, uri: string, range: Range, cancellation?: Cancellation): readonly DefaultsHint[] {
  const scope = fileScope(workspace, uri);
  if (!scope) return [];
  const { lines } = scope.source;
  const from = lines.offset(range.start);
  const to = lines.offset(range.end);
  return scope.declarations.flatMap((node) => {
    if (cancellation?.isCancellationRequested) throw new Cancelled();
    if (node.kind !== "declaration" || node.end < from || node.start > to) return [];
    const bound = bindDeclaration(workspace, node, scope);
    return bound ? blockHints(workspace, scope, bound, bound.block).filter(({ offset }) => from <= offset && offset <= to).map(({ offset, label, tooltip }) => ({
      position: lines.position(offset), label, tooltip,
    })) : [];
  });
}

interface Hint {
  readonly offset: number;
  readonly label: string;
  readonly tooltip: string;
}

function blockHints(workspace: Workspace, scope: FileScope, bound: BoundDeclaration, block: BoundBlock): readonly Hint[] {
  const inner = block.blocks.filter((child) => child.own).flatMap((child) => blockHints(workspace, scope, bound, child));
  const { body, schema } = block;
  if (!body?.close || !schema || schema.open) return inner;
  const entries = [...defaultsOf(workspace, block, schema), ...(declarationSchemas[bound.keyword].computed ? unwrittenBlocks(block, schema) : [])];
  if (entries.length === 0) return inner;
  const { lines } = scope.source;
  const isOneLine = lines.position(body.open.start).line === lines.position(body.close.end).line;
  return [{ offset: isOneLine ? body.close.end : body.open.end, label: labelOf(entries), tooltip: tooltipOf(entries) }, ...inner];
}

interface Entry {
  readonly text: string;
  readonly source: string;
}

function defaultsOf(workspace: Workspace, block: BoundBlock, schema: BlockSchema): readonly Entry[] {
  return [...schema.properties.values()].flatMap((spec) => {
    const found = settledValue(workspace, block, spec.key);
    return found.origin === "default" && found.value !== undefined ? [{ text: `${spec.key} = ${plainProperty(found)}`, source: defaultText(spec) }] : [];
  });
}

/** A block that nobody wrote and that has a default for every key, such as `precision`. */
function unwrittenBlocks(block: BoundBlock, schema: BlockSchema): readonly Entry[] {
  return schema.children.flatMap((child) => {
    const [only] = child.variants;
    if (child.hasKinds || !only || block.blocks.some((written) => written.keyword === child.keyword)) return [];
    const specs = [...only.properties.values()];
    if (!specs.some((spec) => spec.default) || specs.some((spec) => spec.required)) return [];
    return specs.flatMap((spec) => (spec.default ? [{ text: `${child.keyword}.${spec.key} = ${defaultOf(only, spec.default.expression)}`, source: defaultText(spec) }] : []));
  });
}

/** A default may be that of another key: `experts` is as `weights`, which is bf16. */
function defaultOf(schema: BlockSchema, expression: string): string {
  const other = schema.properties.get(expression)?.default?.expression;
  return other === undefined ? expression : defaultOf(schema, other);
}

function labelOf(entries: readonly Entry[]): string {
  let label = "";
  for (const [index, { text }] of entries.entries()) {
    const longer = label === "" ? text : `${label}, ${text}`;
    if (index > 0 && longer.length > longestLabel) return `${label}, … ${entries.length - index} more`;
    label = longer;
  }
  return label;
}

const tooltipOf = (entries: readonly Entry[]): string =>
  ["By default:", "", ...entries.map(({ text, source }) => `* ${code(text)}: ${source}`)].join("\n");
