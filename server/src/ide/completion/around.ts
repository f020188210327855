import type { Block, BlockDeclaration, Body } from "../../../../grammar/src";
import {
  bindDeclaration, declarationNamed, declarationSchemas, type BlockSchema, type BoundBlock, type BoundDeclaration, type FileScope, type Scope, type Workspace,
} from "../../core";

/** What every part of completion is asked about. */
export interface Asked {
  readonly workspace: Workspace;
  readonly scope: FileScope;
  readonly offset: number;
  /** The address of every file that may be imported, this one among them. */
  readonly files: readonly string[];
  /** The text of one of them, where it is known without parsing. */
  readonly textOf: ((uri: string) => string | undefined) | undefined;
}

/** The block that the cursor stands in. */
export interface Around {
  readonly node: BlockDeclaration;
  readonly bound: BoundDeclaration | undefined;
  /** From the declaration's schema along the blocks; it needs no block to be right. */
  readonly schema: BlockSchema | undefined;
  readonly block: BoundBlock | undefined;
  readonly body: Body;
  readonly isTop: boolean;
  /** In a sweep: the plan whose properties, figures and names it speaks of. */
  readonly varied: BoundDeclaration | undefined;
}

/** The block around the cursor; a block that is not closed yet reaches as far as its indentation. */
export function blockAround(asked: Asked): Around | undefined {
  const { workspace, scope, offset } = asked;
  const { declarations } = scope;
  const at = declarations.findLastIndex((candidate) => candidate.kind === "declaration" && candidate.body !== undefined && candidate.body.open.end <= offset);
  const node = declarations[at];
  if (node?.kind !== "declaration" || !node.body) return undefined;
  const next = declarations[at + 1]?.start ?? Number.POSITIVE_INFINITY;
  if (!holds(scope.source.text, node, node.body, offset, next)) return undefined;
  const bound = bindDeclaration(workspace, node, scope);
  let around: Around = {
    node, bound, schema: declarationSchemas[node.keyword].block, block: bound?.block, body: node.body, isTop: true, varied: variedBy(workspace, scope, node),
  };
  for (;;) {
    const { members, close, end } = around.body;
    const index = members.findLastIndex((member) => member.kind === "block" && member.body.open.end <= offset);
    const inner = members[index];
    const limit = members[index + 1]?.start ?? close?.start ?? (end > offset ? end : Number.POSITIVE_INFINITY);
    if (inner?.kind !== "block" || !holds(scope.source.text, inner, inner.body, offset, limit)) return around;
    around = { ...around, schema: schemaOf(around.schema, inner), block: around.block?.blocks.find((block) => block.node === inner), body: inner.body, isTop: false };
  }
}

function schemaOf(outer: BlockSchema | undefined, { keyword, variant }: Block): BlockSchema | undefined {
  const child = outer?.children.find((candidate) => candidate.keyword === keyword.text);
  return child?.hasKinds ? child.variants.find((schema) => schema.variant === variant?.text) : child?.variants[0];
}

/** `limit`: where what follows begins. */
function holds(text: string, header: { readonly start: number }, body: Body, offset: number, limit: number): boolean {
  if (body.close) return offset <= body.close.start;
  if (offset <= body.end) return true;
  return offset <= limit && (lineStart(text, offset) === lineStart(text, header.start) || indentOf(text, offset) > indentOf(text, header.start));
}

const lineStart = (text: string, offset: number): number => Math.max(text.lastIndexOf("\n", offset - 1), text.lastIndexOf("\r", offset - 1)) + 1;

/** The blanks before the first word of the line, or before the offset where the line has no word yet. */
function indentOf(text: string, offset: number): number {
  const start = lineStart(text, offset);
  return /^[ \t]*/.exec(text.slice(start, Math.max(start, offset)))?.[0].length ?? 0;
}

function variedBy(workspace: Workspace, scope: FileScope, { keyword, of }: BlockDeclaration): BoundDeclaration | undefined {
  return keyword === "sweep" && of ? declarationNamed(workspace, scope, of.text) : undefined;
}

/** What the names in an expression of the block are looked up in. `key`: whose value it is. */
export function placeIn({ workspace, scope }: Asked, around: Around | undefined, key?: string): Scope {
  const varied = around?.varied;
  return { workspace, file: scope, block: varied?.block ?? around?.block, key, metricsOf: varied ?? (key === undefined ? around?.bound : undefined), problems: [] };
}
