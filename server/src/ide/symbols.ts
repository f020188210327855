import type { Block, BlockDeclaration, Declaration, DeclarationKeyword, Expression, Member, Span } from "../../../grammar/src";
import { bindDeclaration, fileScope, type FileScope, type Range, type Source, type Workspace } from "../core";
import { lensFigures } from "./code-lens";

export type OutlineKind = DeclarationKeyword | "let" | "block" | "property" | "require" | "measured" | "where" | "maximize" | "minimize";

/** One entry of the outline. */
export interface OutlineSymbol {
  readonly name: string;
  readonly detail: string;
  readonly kind: OutlineKind;
  readonly range: Range;
  /** Inside `range`: the name. */
  readonly selectionRange: Range;
  readonly children: readonly OutlineSymbol[];
}

/**
 * Declarations with their first figures, their blocks, and their properties and statements with the values as written.
 * Unnamed parts stand under their keyword. One by one: the figures of a long file take a while, in which its reader may write on.
 */
export function* eachSymbol(workspace: Workspace, uri: string): Generator<OutlineSymbol> {
  const scope = fileScope(workspace, uri);
  for (const node of scope?.source.parsed.file.declarations ?? []) if (scope) yield* declarationSymbol(workspace, scope, node);
}

function declarationSymbol(workspace: Workspace, scope: FileScope, node: Declaration): readonly OutlineSymbol[] {
  const { source } = scope;
  if (node.kind === "import") return [];
  if (node.kind === "let") {
    return node.name ? [symbol(source, node.name.text, textOf(source, node.value), "let", node, node.name)] : [];
  }
  const name = node.name?.text ?? node.keyword;
  return [symbol(source, name, declarationDetail(workspace, scope, node), node.keyword, node, node.name ?? node.keywordSpan, members(source, node.body?.members ?? []))];
}

/** Figures that stand beside a name: as many as are read at a glance. */
const mostFigures = 3;

/** `model extends Base: 671.0B total, 37.55B active, 70.27 KB KV a token`. */
export function declarationDetail(workspace: Workspace, scope: FileScope, node: BlockDeclaration): string {
  const header = [node.keyword, node.base && `extends ${node.base.text}`, node.of && `of ${node.of.text}`].filter(Boolean).join(" ");
  const bound = bindDeclaration(workspace, node, scope);
  const figures = bound ? lensFigures(workspace, bound).slice(0, mostFigures) : [];
  return figures.length === 0 ? header : `${header}: ${figures.join(", ")}`;
}

const members = (source: Source, list: readonly Member[]): readonly OutlineSymbol[] => list.flatMap((member) => memberSymbol(source, member));

function memberSymbol(source: Source, member: Member): readonly OutlineSymbol[] {
  switch (member.kind) {
    case "block": return [blockSymbol(source, member)];
    case "property": {
      const [first] = member.path;
      const last = member.path[member.path.length - 1];
      if (!first || !last) return [];
      return [symbol(source, member.path.map((part) => part.text).join("."), textOf(source, member.value), "property", member, { start: first.start, end: last.end })];
    }
    case "require": return [symbol(source, "require", textOf(source, { start: member.left.start, end: member.right.end }), "require", member, member.keywordSpan)];
    case "measured": return [symbol(source, "measured", textOf(source, { start: member.metric.start, end: member.value.end }), "measured", member, member.keywordSpan)];
    case "where": return [symbol(source, "where", textOf(source, { start: member.left.start, end: member.right.end }), "where", member, member.keywordSpan)];
    case "objective": return [symbol(source, member.sense, textOf(source, member.metric), member.sense, member, member.keywordSpan)];
  }
}

function blockSymbol(source: Source, block: Block): OutlineSymbol {
  const { keyword, variant } = block;
  const name = variant ? `${keyword.text} ${variant.text}` : keyword.text;
  return symbol(source, name, "", "block", block, { start: keyword.start, end: variant?.end ?? keyword.end }, members(source, block.body.members));
}

function symbol(
  source: Source, name: string, detail: string, kind: OutlineKind, whole: Span, selection: Span, children: readonly OutlineSymbol[] = [],
): OutlineSymbol {
  return { name, detail, kind, range: source.lines.range(whole), selectionRange: source.lines.range(selection), children };
}

const longestDetail = 60;

/** The text of a value on one line, shortened where it is long. */
function textOf(source: Source, { start, end }: Span | Expression): string {
  const text = source.text.slice(start, Math.min(end, start + 4 * longestDetail)).replace(/\s+/g, " ").trim();
  return text.length > longestDetail ? `${text.slice(0, longestDetail)}…` : text;
}
