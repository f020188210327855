import { enteringProperties, isResolvedKey, usersOf } from "../analysis";
import { bindDeclaration, fileScope, type BoundBlock, type BoundDeclaration, type FileScope, type Position, type PropertyValue, type Range, type Workspace } from "../core";
import { Cancelled, type Cancellation } from "../rules";
import { defaultsOf, type UsualValue } from "./defaults";
import { code } from "./markdown";
import { layoutHints, measuredHints, resolvedIn, resolvedText, type Hint } from "./plan-hints";

/** What hints say: each kind can be switched off. */
export const hintKinds = ["defaults", "derivedValues", "measuredRatios"] as const;
export type HintKind = (typeof hintKinds)[number];

/** A few words that stand in the text without being written there. */
export interface InlayHint {
  readonly kind: HintKind;
  readonly position: Position;
  /** `head_dim = 16`, `= 128`, `estimate 20.10 s, x1.01` */
  readonly label: string;
  /** Markdown: of defaults each one with its value and source, those that enter no figure too. */
  readonly tooltip: string;
}

const mostInLabel = 3;

/**
 * The defaults that an author did not write and that a figure rests on: one hint a block, behind its opening brace
 * where the block has lines of its own, else behind its last property. Where the base of a declaration is not known,
 * neither is what is left out. Behind each `auto` stands what it comes to, behind each measurement the figure that is computed.
 */
export function inlayHints(
  workspace: Workspace, uri: string, range: Range, cancellation?: Cancellation, wanted: ReadonlySet<HintKind> = new Set(hintKinds),
): readonly InlayHint[] {
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
    return hintKinds.filter((kind) => wanted.has(kind)).flatMap((kind) => makers[kind](workspace, scope, bound).filter(({ offset }) => from <= offset && offset <= to)
      .map(({ offset, label, tooltip }) => ({ kind, position: lines.position(offset), label, tooltip })));
  });
}

const makers: Readonly<Record<HintKind, (workspace: Workspace, scope: FileScope, bound: BoundDeclaration) => readonly Hint[]>> = {
  defaults: (workspace, scope, bound) => defaultHints(workspace, scope, bound),
  derivedValues: layoutHints,
  measuredRatios: (workspace, _, bound) => measuredHints(workspace, bound),
};

const knowsBases = ({ node, base }: BoundDeclaration): boolean => node.base === undefined || (base !== undefined && knowsBases(base));

interface Asked {
  readonly workspace: Workspace;
  readonly scope: FileScope;
  readonly bound: BoundDeclaration;
  /** The properties that figures rest on: of the declaration itself and of the plans and services that use it. */
  readonly entering: readonly ReadonlySet<PropertyValue>[];
}

function defaultHints(workspace: Workspace, scope: FileScope, bound: BoundDeclaration): readonly Hint[] {
  const entering = [bound, ...usersOf(workspace, scope, bound)].map((each) => enteringProperties(workspace, each));
  return blockHints({ workspace, scope, bound, entering }, bound.block);
}

function blockHints(asked: Asked, block: BoundBlock): readonly Hint[] {
  const { workspace, scope: { source: { lines } }, entering } = asked;
  const inner = block.blocks.filter((child) => child.own).flatMap((child) => blockHints(asked, child));
  const { body } = block;
  if (!body?.close) return inner;
  const usual = defaultsOf(workspace, block);
  const shown = usual.filter(({ property }) => entering.some((properties) => properties.has(property)) && saysSomething(property)).flatMap((value) => resolved(asked, value));
  if (shown.length === 0) return inner;
  const isOneLine = lines.position(body.open.start).line === lines.position(body.close.end).line;
  const offset = isOneLine ? (body.members.at(-1)?.end ?? body.open.end) : body.open.end;
  return [{ offset, label: labelOf(shown), tooltip: tooltipOf(usual) }, ...inner];
}

/** `dp = auto`, which nobody wrote either, with what it comes to: `dp = auto (128)`. An `auto` that comes to nothing says as much as a default of nothing. */
function resolved({ workspace, scope, bound }: Asked, usual: UsualValue): readonly UsualValue[] {
  const { key, plain } = usual.property;
  if (bound.keyword !== "parallelism" || plain !== "auto" || !isResolvedKey(key)) return [usual];
  const text = resolvedText(resolvedIn(workspace, scope, bound, key));
  if (text === undefined) return [usual];
  return ["false", "none", "1"].includes(text) ? [] : [{ ...usual, text: `${usual.text} (${text})` }];
}

/** A default that switches nothing on is what a reader expects. */
const saysSomething = ({ plain }: PropertyValue): boolean =>
  plain !== false && plain !== "false" && plain !== "none" && plain !== 0 && plain !== 1;

const labelOf = (shown: readonly UsualValue[]): string =>
  [...shown.slice(0, mostInLabel).map(({ text }) => text), ...(shown.length > mostInLabel ? ["…"] : [])].join(", ");

const tooltipOf = (usual: readonly UsualValue[]): string =>
  ["By default:", "", ...usual.map(({ text, source }) => `* ${code(text)}: ${source}`)].join("\n");
