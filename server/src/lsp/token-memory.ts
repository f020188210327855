import type { SemanticTokens, SemanticTokensDelta } from "vscode-languageserver";

/** The tokens that an editor was last given of each document, so that the next answer names only what has changed. */
export interface TokenMemory {
  /** All tokens of a document, under a new id. */
  readonly whole: (uri: string, data: readonly number[]) => SemanticTokens;
  /** What has changed since the answer with an id; all tokens where that answer is not the last one. */
  readonly since: (uri: string, previousId: string, data: readonly number[]) => SemanticTokens | SemanticTokensDelta;
}

/** `isOpen`: of a document that is closed nothing is kept. */
export function createTokenMemory(isOpen: (uri: string) => boolean): TokenMemory {
  const byUri = new Map<string, { readonly id: string; readonly data: readonly number[] }>();
  let last = 0;
  const remember = (uri: string, data: readonly number[]): string => {
    const id = String((last += 1));
    for (const known of byUri.keys()) if (!isOpen(known)) byUri.delete(known);
    byUri.set(uri, { id, data });
    return id;
  };
  const whole = (uri: string, data: readonly number[]): SemanticTokens => ({ resultId: remember(uri, data), data: [...data] });
  return {
    whole,
    since: (uri, previousId, data) => {
      const before = byUri.get(uri);
      if (before?.id !== previousId) return whole(uri, data);
      return { resultId: remember(uri, data), edits: [...difference(before.data, data)] };
    },
  };
}

/** The one stretch in which two lists differ; none where they are equal. */
export function difference(before: readonly number[], after: readonly number[]): SemanticTokensDelta["edits"] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let tail = 0;
  while (tail < before.length - start && tail < after.length - start && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  const deleteCount = before.length - start - tail;
  const data = after.slice(start, after.length - tail);
  return deleteCount === 0 && data.length === 0 ? [] : [{ start, deleteCount, data }];
}
