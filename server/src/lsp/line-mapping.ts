/** Where the lines of one text are in another that differs from it in one place. */
export interface LineMapping {
  /** The line that a line has become; one of the place that differs stays at its number. */
  readonly line: (before: number) => number;
  /** The same for a line that says what it said; `undefined` for others. */
  readonly unchanged: (before: number) => number | undefined;
}

export function lineMapping(before: string, after: string): LineMapping {
  const old = before.split(/\r\n|\r|\n/);
  const now = after.split(/\r\n|\r|\n/);
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1;
  const delta = now.length - old.length;
  let tail = old.length;
  while (tail > head && tail + delta > head && old[tail - 1] === now[tail - 1 + delta]) tail -= 1;
  return {
    line: (line) => Math.max(0, Math.min(now.length - 1, line >= tail ? line + delta : line)),
    unchanged: (line) => (line < head ? line : line >= tail && line < old.length ? line + delta : undefined),
  };
}
