import type { Member } from "../../../grammar/src";
import { fileScope, type Workspace } from "../core";

export interface FoldedLines {
  readonly startLine: number;
  readonly endLine: number;
  readonly kind: "comment" | "imports" | undefined;
}

/** Declarations and blocks, runs of comments and of imports: each over at least two lines. */
export function foldingRanges(workspace: Workspace, uri: string): readonly FoldedLines[] {
  const scope = fileScope(workspace, uri);
  if (!scope) return [];
  const { source: { text, lines, parsed: { file } } } = scope;
  const lineOf = (offset: number) => lines.position(offset).line;
  const folded: FoldedLines[] = [];
  const add = (startLine: number, endLine: number, kind?: FoldedLines["kind"]) => {
    if (endLine > startLine) folded.push({ startLine, endLine, kind });
  };
  // The closing brace stays visible.
  const addBody = (start: number, body: { readonly end: number; readonly close: unknown }) => {
    const last = lineOf(body.end);
    const hasOwnLine = body.close !== undefined && text.slice(lines.offset({ line: last, character: 0 }), body.end).trim() === "}";
    add(lineOf(start), hasOwnLine ? last - 1 : last);
  };
  const visit = (member: Member): void => {
    if (member.kind !== "block") return;
    addBody(member.start, member.body);
    member.body.members.forEach(visit);
  };
  for (const node of file.declarations) {
    if (node.kind !== "declaration" || !node.body) continue;
    addBody(node.keywordSpan.start, node.body);
    node.body.members.forEach(visit);
  }
  const run = (spans: readonly { readonly start: number; readonly end: number }[], kind: FoldedLines["kind"]) => {
    let first: number | undefined;
    let last = -1;
    for (const span of spans) {
      const start = lineOf(span.start);
      if (first === undefined || start !== last + 1) {
        if (first !== undefined) add(first, last, kind);
        first = start;
      }
      last = lineOf(span.end);
    }
    if (first !== undefined) add(first, last, kind);
  };
  const ownLine = (offset: number) => text.slice(lines.offset({ line: lineOf(offset), character: 0 }), offset).trim() === "";
  run(file.comments.filter((comment) => ownLine(comment.start)), "comment");
  run(file.declarations.filter((node) => node.kind === "import"), "imports");
  return folded.sort((left, right) => left.startLine - right.startLine || right.endLine - left.endLine);
}
