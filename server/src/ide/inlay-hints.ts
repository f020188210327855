import { enteringProperties } from "../analysis";
import { bindDeclaration, fileScope, type BoundBlock, type BoundDeclaration, type FileScope, type Position, type PropertyValue, type Range, type Workspace } from "../core";
import { Cancelled, type Cancellation } from "../rules";
import { defaultsOf, type UsualValue } from "./defaults";
import { code } from "./markdown";

/** What a block takes by default, at its header. */
export interface DefaultsHint {
  readonly position: Position;
  /** `head_dim = 16`, `precision.weights = bf16, precision.kv_cache = bf16, …` */
  readonly label: string;
  /** Markdown: each default with its value and source, those that enter no figure too. */
  readonly tooltip: string;
}

const mostInLabel = 3;

/**
 * The defaults that an author did not write and that a figure rests on: one hint a block, behind its opening brace
 * where the block has lines of its own, else behind its last property. Where the base of a declaration is not known,
 * neither is what is left out.
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
    if (!bound || !knowsBases(bound)) return [];
    const entering = enteringProperties(workspace, bound);
    return blockHints(workspace, scope, entering, bound.block).filter(({ offset }) => from <= offset && offset <= to).map(({ offset, label, tooltip }) => ({
      position: lines.position(offset), label, tooltip,
    }));
  });
}

const knowsBases = ({ node, base }: BoundDeclaration): boolean => node.base === undefined || (base !== undefined && knowsBases(base));

interface Hint {
  readonly offset: number;
  readonly label: string;
  readonly tooltip: string;
}

function blockHints(workspace: Workspace, scope: FileScope, entering: ReadonlySet<PropertyValue>, block: BoundBlock): readonly Hint[] {
  const inner = block.blocks.filter((child) => child.own).flatMap((child) => blockHints(workspace, scope, entering, child));
  const { body } = block;
  if (!body?.close) return inner;
  const usual = defaultsOf(workspace, block);
  const shown = usual.filter(({ property }) => entering.has(property) && saysSomething(property));
  if (shown.length === 0) return inner;
  const { lines } = scope.source;
  const isOneLine = lines.position(body.open.start).line === lines.position(body.close.end).line;
  const offset = isOneLine ? (body.members.at(-1)?.end ?? body.open.end) : body.open.end;
  return [{ offset, label: labelOf(shown), tooltip: tooltipOf(usual) }, ...inner];
}

/** A default that switches nothing on is what a reader expects. */
const saysSomething = ({ plain }: PropertyValue): boolean => plain !== false && plain !== "false" && plain !== "none" && plain !== 0;

const labelOf = (shown: readonly UsualValue[]): string =>
  [...shown.slice(0, mostInLabel).map(({ text }) => text), ...(shown.length > mostInLabel ? ["…"] : [])].join(", ");

const tooltipOf = (usual: readonly UsualValue[]): string =>
  ["By default:", "", ...usual.map(({ text, source }) => `* ${code(text)}: ${source}`)].join("\n");
