/** What is being written at an offset, seen from the text before it: it need not be right, or whole. */

import { commentEnd, stringEnd } from "../scan";

/** The statement before the cursor. */
export interface Statement {
  /** From its first character to the cursor; comments are blanked out. */
  readonly text: string;
  readonly start: number;
  /** The cursor stands inside quotation marks. */
  readonly inString: boolean;
}

/**
 * Reads from the start of a declaration to the cursor. A statement begins behind a brace, behind a comma or a line end outside of
 * brackets; a line that looks like a new statement ends brackets that were not closed.
 */
export function statementBefore(text: string, from: number, offset: number): Statement {
  let start = from;
  let depth = 0;
  let shown = "";
  const restart = (at: number) => {
    start = at;
    depth = 0;
    shown = "";
  };
  for (let at = from; at < offset; at += 1) {
    const character = text.charAt(at);
    if (character === '"') {
      const end = stringEnd(text, at + 1);
      if (end >= offset) return { text: shown + text.slice(at, offset), start, inString: true };
      shown += text.slice(at, end + 1);
      at = end;
      continue;
    }
    const comment = commentEnd(text, at);
    if (comment !== undefined) {
      shown += " ".repeat(Math.min(comment, offset) - at);
      at = comment - 1;
      continue;
    }
    if (character === "{" || character === "}" || (character === "," && depth === 0)) restart(at + 1);
    else if ((character === "\n" || character === "\r") && (depth === 0 || beginsStatement(text, at + 1))) restart(at + 1);
    else {
      if (character === "(" || character === "[") depth += 1;
      else if (character === ")" || character === "]") depth = Math.max(0, depth - 1);
      shown += character;
    }
  }
  return { text: shown, start, inString: false };
}

const beginning = /[ \t]*(?:\w+(?:[ \t]+\w+)?[ \t]*\{|[\w.]+[ \t]*=(?!=)|\}|(?:require|measured|where|maximize|minimize)[ \t])/y;

function beginsStatement(text: string, at: number): boolean {
  beginning.lastIndex = at;
  return beginning.test(text);
}

export type StatementWord = "require" | "measured" | "where" | "maximize" | "minimize";

export type Writing =
  /** The first word of a statement: a key, a block, `require`. */
  | { readonly kind: "word" }
  /** `attention m`, the kind of a block. */
  | { readonly kind: "block-kind"; readonly keyword: string }
  /** `parallelism.e`, a key to vary. */
  | { readonly kind: "key-path"; readonly path: readonly string[] }
  /** Behind `key =`. */
  | { readonly kind: "value"; readonly path: readonly string[]; readonly before: string }
  /** `require kv`: where a figure is named. */
  | { readonly kind: "figure"; readonly statement: StatementWord; readonly before: string }
  /** Behind its comparison. */
  | { readonly kind: "bound"; readonly statement: StatementWord; readonly figure: string; readonly before: string }
  | { readonly kind: "nothing" };

export function writingOf(statement: string): Writing {
  const [, word, rest = ""] = /^\s*(require|measured|where|maximize|minimize)\s(.*)$/s.exec(statement) ?? [];
  if (word !== undefined) {
    const comparison = /^(.*?)(?:<=|>=|==|=|<|>)(.*)$/s.exec(rest);
    if (!comparison) return { kind: "figure", statement: word as StatementWord, before: rest };
    return { kind: "bound", statement: word as StatementWord, figure: (comparison[1] ?? "").trim(), before: comparison[2] ?? "" };
  }
  const [, left, value = ""] = /^\s*(\w+(?:\s*\.\s*\w+)*)\s*=(?!=)(.*)$/s.exec(statement) ?? [];
  if (left !== undefined) return { kind: "value", path: partsOf(left), before: value };
  const path = /^\s*(\w+(?:\s*\.\s*\w+)*)\s*\.\s*\w*$/.exec(statement)?.[1];
  if (path !== undefined) return { kind: "key-path", path: partsOf(path) };
  const keyword = /^\s*(\w+)\s+\w*$/.exec(statement)?.[1];
  if (keyword !== undefined) return { kind: "block-kind", keyword };
  return /^\s*\w*$/.test(statement) ? { kind: "word" } : { kind: "nothing" };
}

const partsOf = (path: string): readonly string[] => path.split(".").map((part) => part.trim());

/** The names before the last point of an expression that is being written: `hardware.gpu` of `0.9 * hardware.gpu.m`. */
export function ownerPath(expression: string): readonly string[] | undefined {
  const path = /(?:^|[^\w.])([A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*)\s*\.\s*\w*$/.exec(expression)?.[1];
  return path === undefined ? undefined : partsOf(path);
}

/** What stands before the word at the end of an expression. */
export type Before =
  /** An operand can begin. */
  | "operator"
  /** A number that a unit may follow. */
  | "number"
  /** `0..60 `: a step may follow. */
  | "range"
  /** A whole operand: an operator must come next. */
  | "operand";

export function beforeWord(expression: string): Before {
  const rest = expression.replace(/\w*$/, "");
  if (/\.\.\s*[\w.]+\s+$/.test(rest)) return "range";
  if (/(?:^|[^\w.])\d[\d_]*(?:\.\d[\d_]*)?(?:e[+-]?\d+)?(?:[KMBT]i?)?\s+$/i.test(rest)) return "number";
  return /[\w)\]"%]\s*$/.test(rest) ? "operand" : "operator";
}
