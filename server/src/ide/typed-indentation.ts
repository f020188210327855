import { fileScope, type Position, type Workspace } from "../core";
import type { RangeEdit } from "./plain";
import { commentEnd, stringEnd } from "./scan";

/** Blanks a level, as the formatter writes them. */
const indentWidth = 2;

/** The characters after which a line is indented anew. */
export const indentingCharacters = ["}", "\n"] as const;

/**
 * After a closing brace or a line end was typed: the indentation of the line that the cursor stands on, and nothing else. The text need
 * not be whole: braces are counted. Inside brackets, comments and texts nothing is changed.
 */
export function typedIndentation(workspace: Workspace, uri: string, position: Position, typed: string): readonly RangeEdit[] {
  const scope = fileScope(workspace, uri);
  if (!scope || !indentingCharacters.some((character) => character === typed)) return [];
  const { text, lines, parsed } = scope.source;
  const start = lines.offset({ line: position.line, character: 0 });
  const rest = /^[ \t]*/.exec(text.slice(start, lines.offset({ line: position.line, character: Number.MAX_SAFE_INTEGER })))?.[0] ?? "";
  const first = text.charAt(start + rest.length);
  const isClosing = first === "}";
  if (typed === "}" && !(isClosing && start + rest.length === lines.offset(position) - 1)) return [];
  const chunk = parsed.chunks.findLast((candidate) => candidate.start <= start)?.start ?? 0;
  const depth = depthAt(text, chunk, start);
  if (depth === undefined) return [];
  const wanted = " ".repeat(indentWidth * Math.max(0, depth - (isClosing ? 1 : 0)));
  if (rest === wanted) return [];
  return [{ range: lines.range({ start, end: start + rest.length }), newText: wanted }];
}

/** The braces that are open at an offset; `undefined` inside brackets and comments. */
function depthAt(text: string, from: number, offset: number): number | undefined {
  let depth = 0;
  let brackets = 0;
  for (let at = from; at < offset; at += 1) {
    const character = text.charAt(at);
    const comment = commentEnd(text, at);
    if (comment !== undefined) {
      if (comment > offset) return undefined;
      at = comment - 1;
    } else if (character === '"') at = stringEnd(text, at + 1);
    else if (character === "{" || character === "}") {
      depth = Math.max(0, depth + (character === "{" ? 1 : -1));
      brackets = 0;
    } else if (character === "(" || character === "[") brackets += 1;
    else if (character === ")" || character === "]") brackets = Math.max(0, brackets - 1);
  }
  return brackets > 0 ? undefined : depth;
}
