// What a quick fix promises, held against two texts and what was found in them: lines that an edit left alone are matched
// as a reader would match them, with no knowledge of the edit itself.
import type { Diagnostic } from "../../server/src/core";
import { createLineIndex } from "../../server/src/core";

interface Found {
  readonly text: string;
  readonly problems: readonly Diagnostic[];
}

/** For each line of two texts the passage it belongs to: an unchanged line is one, what stands between two of them is one. */
function passagesOf(before: readonly string[], after: readonly string[]): { readonly before: readonly string[]; readonly after: readonly string[] } {
  const lengths = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0));
  const at = (row: number, column: number) => lengths[row]?.[column] ?? 0;
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      const longest = before[row] === after[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
      (lengths[row] ?? [])[column] = longest;
    }
  }
  const passages = { before: [] as string[], after: [] as string[] };
  let [row, column, common] = [0, 0, 0];
  while (row < before.length || column < after.length) {
    if (row < before.length && column < after.length && before[row] === after[column]) {
      passages.before.push(`unchanged ${common}`);
      passages.after.push(`unchanged ${common}`);
      [row, column, common] = [row + 1, column + 1, common + 1];
    } else if (column >= after.length || (row < before.length && at(row + 1, column) >= at(row, column + 1))) {
      passages.before.push(`behind ${common}`);
      row += 1;
    } else {
      passages.after.push(`behind ${common}`);
      column += 1;
    }
  }
  return passages;
}

const lineOf = ({ text }: Found, { span }: Diagnostic): number => createLineIndex(text).position(span.start).line;

/** The number of the declaration that a line stands in: each ends with a brace at the line's start. */
const declarationOf = ({ text }: Found, line: number): number => text.split("\n").slice(0, line).filter((content) => content.startsWith("}")).length;

/**
 * What a fix breaks of its promise: the diagnostic is gone from its line, and no line has more errors of a code than
 * before. An error may move to the line that the fix wrote, with the same words; a corrected word may uncover errors of
 * its own declaration.
 */
export function brokenPromises(target: Diagnostic, title: string, before: Found, after: Found): readonly string[] {
  const passages = passagesOf(before.text.split("\n"), after.text.split("\n"));
  const count = (found: Found, lines: readonly string[], code: string, passage: string | undefined) =>
    found.problems.filter((problem) => problem.uri === target.uri && problem.code === code && lines[lineOf(found, problem)] === passage).length;
  const home = passages.before[lineOf(before, target)];
  const broken: string[] = [];
  if (count(after, passages.after, target.code, home) >= count(before, passages.before, target.code, home)) broken.push(`${target.code} is still there`);
  const saidAs = (found: Found, { code, message }: Diagnostic) => found.problems.filter((problem) => problem.code === code && problem.message === message).length;
  const isCorrection = title.startsWith("Replace by ");
  const declaration = declarationOf(before, lineOf(before, target));
  for (const problem of after.problems) {
    if (problem.severity !== "error" || problem.uri !== target.uri) continue;
    const line = lineOf(after, problem);
    const passage = passages.after[line];
    if (count(after, passages.after, problem.code, passage) <= count(before, passages.before, problem.code, passage)) continue;
    if (passage?.startsWith("behind") && saidAs(after, problem) <= saidAs(before, problem)) continue;
    if (isCorrection && declarationOf(after, line) === declaration) continue;
    broken.push(`line ${line + 1} has a new ${problem.code}: ${problem.message}`);
  }
  return broken;
}
