import type { FigureLens, LensName } from "../ide";
import { lineMapping } from "./line-mapping";

/**
 * What the lenses of a document last said, so that lines do not jump and figures do not blink while a model is broken
 * for a moment: a lens keeps its place and its last good figure, and one mark behind them says that they are from before
 * the edit.
 */
export interface LensMemory {
  /** The lenses of a text; with those of models whose header cannot be read now, at the line where it was. */
  readonly placed: (uri: string, text: string, lenses: readonly FigureLens[], isBroken: boolean) => readonly FigureLens[];
  readonly remembers: (uri: string, lens: LensName) => boolean;
  readonly remember: (uri: string, lens: LensName, title: string) => void;
  /** The last good title of a lens; `undefined` where there was none. */
  readonly recall: (uri: string, lens: LensName) => string | undefined;
  readonly forget: (uri: string) => void;
}

interface Remembered {
  text: string;
  lenses: readonly FigureLens[];
  readonly titles: Map<string, string>;
}

const keyOf = ({ declaration, user = "", metric }: LensName): string => `${declaration} ${user} ${metric}`;

export function createLensMemory(): LensMemory {
  const byUri = new Map<string, Remembered>();
  const entry = (uri: string): Remembered => {
    const known = byUri.get(uri) ?? { text: "", lenses: [], titles: new Map<string, string>() };
    byUri.set(uri, known);
    return known;
  };
  return {
    placed: (uri, text, lenses, isBroken) => {
      const known = entry(uri);
      const present = new Set(lenses.map((lens) => lens.declaration));
      const lost = isBroken ? known.lenses.filter((lens) => !present.has(lens.declaration) && known.titles.has(keyOf(lens))) : [];
      const { line } = lost.length === 0 ? { line: (at: number) => at } : lineMapping(known.text, text);
      const all = [...lenses, ...lost.map((lens) => {
        const at = { line: line(lens.range.start.line), character: 0 };
        return { ...lens, isStale: true, range: { start: at, end: at } };
      })];
      known.text = text;
      known.lenses = all;
      const names = new Set(all.map(keyOf));
      for (const name of known.titles.keys()) if (!names.has(name)) known.titles.delete(name);
      return all;
    },
    remember: (uri, lens, title) => void entry(uri).titles.set(keyOf(lens), title),
    recall: (uri, lens) => byUri.get(uri)?.titles.get(keyOf(lens)),
    remembers: (uri, lens) => byUri.get(uri)?.titles.has(keyOf(lens)) ?? false,
    forget: (uri) => void byUri.delete(uri),
  };
}

/** One place for each declaration whose lenses say what they said before the edit: behind the last of them. */
export const stalePlaces = (lenses: readonly FigureLens[]): readonly FigureLens[] =>
  lenses.filter(({ declaration, isStale }, index) => isStale && !lenses.slice(index + 1).some((other) => other.isStale && other.declaration === declaration));
