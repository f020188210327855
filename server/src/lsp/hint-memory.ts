import type { Position, Range } from "../core";
import type { InlayHint } from "../ide";
import { lineMapping } from "./line-mapping";

/**
 * What the hints of a document last said, so that they do not blink while a line is broken for a moment: a hint on a line that says
 * what it said stays until the text can be read again.
 */
export interface HintMemory {
  /** The hints of a range of a text: those found now and, of a broken text, those that were there before. */
  readonly kept: (uri: string, text: string, range: Range, found: readonly InlayHint[], isBroken: boolean) => readonly InlayHint[];
  readonly forget: (uri: string) => void;
}

export const staleHint = "From before the last edit: the text is in error.";

export function createHintMemory(): HintMemory {
  const byUri = new Map<string, { readonly text: string; readonly hints: readonly InlayHint[] }>();
  return {
    kept: (uri, text, range, found, isBroken) => {
      const known = byUri.get(uri) ?? { text, hints: [] };
      const { unchanged } = lineMapping(known.text, text);
      const isFoundAt = new Set(found.map(({ kind, position }) => placeOf(kind, position)));
      const before = known.hints.flatMap((hint) => {
        const line = unchanged(hint.position.line);
        const position = line === undefined ? undefined : { ...hint.position, line };
        return position === undefined || isFoundAt.has(placeOf(hint.kind, position)) ? [] : [{ ...hint, position }];
      });
      const within = before.filter(({ position }) => isWithin(position.line, range));
      const stale = isBroken ? within : [];
      byUri.set(uri, { text, hints: [...found, ...stale, ...before.filter((hint) => !within.includes(hint))] });
      return [...found, ...stale.map((hint) => ({ ...hint, tooltip: `${staleHint}\n\n${hint.tooltip}` }))];
    },
    forget: (uri) => void byUri.delete(uri),
  };
}

const placeOf = (kind: string, { line, character }: Position): string => `${kind} ${line}:${character}`;

const isWithin = (line: number, { start, end }: Range): boolean => start.line <= line && line <= end.line;
