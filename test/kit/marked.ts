// Files with marks in them: `$0` is the place that is asked about, `«…»` what the answer should hold.
import { createLineIndex, type Position, type Range } from "../../server/src/core";
import { openFiles, uriOf, type OpenFiles } from "./workspace";

export type Files = Readonly<Record<string, string>>;

export interface MarkedFiles extends OpenFiles {
  /** The texts without marks. */
  readonly files: Files;
  /** Of the file with `$0`. */
  readonly uri: string;
  readonly position: Position;
  /** The texts with these places in `«…»`, and `$0` where it was: equal to what was given where the answer is as marked. */
  readonly withMarks: (places: readonly { readonly uri: string; readonly range: Range }[]) => Files;
  /** As given. */
  readonly expected: Files;
}

/** The first `$0` of the files is asked about; the first file where there is none. */
export function openMarked(marked: Files): MarkedFiles {
  const texts = Object.fromEntries(Object.entries(marked).map(([path, text]) => [path, text.replace(/[«»]/g, "")]));
  const files = Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, text.replace("$0", "")]));
  const [path, text] = Object.entries(texts).find(([, candidate]) => candidate.includes("$0")) ?? Object.entries(texts)[0] ?? ["", ""];
  const position = createLineIndex(files[path] ?? "").position(Math.max(0, text.indexOf("$0")));
  const withMarks = (places: readonly { readonly uri: string; readonly range: Range }[]): Files =>
    Object.fromEntries(Object.entries(files).map(([name, content]) => {
      const lines = createLineIndex(content);
      const spans = places.filter(({ uri }) => uri === uriOf(name)).map(({ range }) => [lines.offset(range.start), lines.offset(range.end)] as const);
      const inserts = spans.flatMap(([start, end]) => [{ at: start, mark: "«", order: 1 }, { at: end, mark: "»", order: 2 }]);
      if (name === path && text.includes("$0")) inserts.push({ at: lines.offset(position), mark: "$0", order: 3 });
      const sorted = inserts.sort((left, right) => right.at - left.at || right.order - left.order);
      return [name, sorted.reduce((result, { at, mark }) => result.slice(0, at) + mark + result.slice(at), content)];
    }));
  return { ...openFiles(files), files, uri: uriOf(path), position, withMarks, expected: marked };
}
