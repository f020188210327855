import type { Span } from "../../../grammar/src";
import { fileScope, type FileScope, type Position, type Range, type Workspace } from "../core";

/** A part of a text, and what selecting more takes in. */
export interface Selection {
  readonly range: Range;
  /** Holds `range` and more; `undefined` for the whole file. */
  readonly parent?: Selection;
}

/** For each position the smallest part around it, a word, up to the whole file. */
export function selectionRanges(workspace: Workspace, uri: string, positions: readonly Position[]): readonly Selection[] {
  const file = fileScope(workspace, uri);
  return positions.map((position) => (file ? selectionAt(file, position) : { range: { start: position, end: position } }));
}

function selectionAt({ source: { text, lines, parsed } }: FileScope, position: Position): Selection {
  const offset = lines.offset(position);
  const whole: Span = { start: 0, end: text.length };
  const comment = parsed.file.comments.find((candidate) => touches(candidate, offset));
  const nodes = chain(parsed.file, offset).flatMap((node) => [node, ...contentOf(text, node)]);
  const word = wordAt(text, offset);
  let [span, selection]: [Span, Selection] = [whole, { range: lines.range(whole) }];
  for (const next of [...nodes, ...(comment ? [comment] : []), ...(word ? [word] : [])]) {
    const isInside = span.start <= next.start && next.end <= span.end && next.end - next.start < span.end - span.start;
    if (isInside && touches(next, offset)) [span, selection] = [next, { range: lines.range(next), parent: selection }];
  }
  return selection;
}

const touches = ({ start, end }: Span, offset: number): boolean => start <= offset && offset <= end;

/** A record of the tree, as far as this file looks into it. */
interface Node extends Span {
  readonly kind?: string;
  readonly open?: Span;
  readonly close?: Span;
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "start" in value && typeof value.start === "number" && "end" in value && typeof value.end === "number";

/** The nodes around an offset from the outside in. Every node of the tree is a record with its span; what it holds lies inside. */
function chain(root: Node, offset: number): readonly Node[] {
  const found: Node[] = [];
  for (let node: Node | undefined = root; node; node = childAt(node, offset)) found.push(node);
  return found;
}

/** Of two that touch, the one behind the offset: a cursor stands before what it is about to type over. */
function childAt(node: Node, offset: number): Node | undefined {
  let best: Node | undefined;
  for (const [field, value] of Object.entries(node)) {
    if (field === "comments") continue; // they stand between the other nodes
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child) && touches(child, offset) && (!best || child.start > best.start)) best = child;
    }
  }
  return best;
}

/** What stands between the braces of a body, blanks at both ends left out, and between the quotes of a text. */
function contentOf(text: string, node: Node): readonly Span[] {
  if (node.kind === "string") return [{ start: node.start + 1, end: Math.max(node.start + 1, node.end - 1) }];
  if (node.kind !== "body" || !node.open) return [];
  const [start, end] = [node.open.end, node.close?.start ?? node.end];
  const content = text.slice(start, end);
  const from = start + content.length - content.trimStart().length;
  return [{ start: from, end: Math.max(from, start + content.trimEnd().length) }];
}

function wordAt(text: string, offset: number): Span | undefined {
  const before = /[\p{L}\p{M}\p{N}_]*$/u.exec(text.slice(Math.max(0, offset - longestWord), offset))?.[0].length ?? 0;
  const behind = /^[\p{L}\p{M}\p{N}_]*/u.exec(text.slice(offset, offset + longestWord))?.[0].length ?? 0;
  return before + behind > 0 ? { start: offset - before, end: offset + behind } : undefined;
}

const longestWord = 200;
