/** The last lines of a log. */
export interface RecentLines {
  readonly add: (level: string, text: string) => void;
  /** The oldest first. */
  readonly all: () => readonly string[];
}

const mostLines = 100;
const longestLine = 500;

/** Keeps `mostLines` lines, each of at most `longestLine` characters. */
export function createRecentLines(now: () => Date = () => new Date()): RecentLines {
  let lines: readonly string[] = [];
  return {
    add: (level, text) => {
      const added = text.trimEnd().split(/\r?\n/).map((line, index) => {
        const head = index === 0 ? `${now().toISOString().slice(11, 19)} ${level} ` : "  ";
        return `${head}${line.length > longestLine ? `${line.slice(0, longestLine)}…` : line}`;
      });
      lines = [...lines, ...added].slice(-mostLines);
    },
    all: () => lines,
  };
}
