/** How long an answer may be. A model pays for every word: what is left out is said, with how to ask for it. */
export const limits = {
  /** Characters of one answer's text. */
  text: 30_000,
  /** Characters of one message, value or name. */
  message: 600,
  diagnostics: { usual: 40, most: 200 },
  /** Of an answer about something else. */
  findingsBeside: 8,
  /** Fixes are proved by checking the design again: of a few findings, and of none where a whole file is in disorder. */
  fixedDiagnostics: 10,
  findingsToFix: 300,
  fixesOfOne: 3,
  declarations: 40,
  figures: 250,
  inputs: 150,
  breakdown: 80,
  facts: 100,
  library: 200,
  sweep: { usual: 1000, most: 4000, front: 30, reasons: 20 },
} as const;

/** A text at most as long as one message may be. */
export const clip = (text: string, most: number = limits.message): string => (text.length <= most ? text : `${text.slice(0, most)}…`);

/** The lines of an answer; those that have no room are counted. `more`: how to ask for them. */
export function bounded(lines: readonly string[], more: string): string {
  let length = 0;
  const end = lines.findIndex((line) => (length += line.length + 1) > limits.text);
  if (end < 0) return lines.join("\n");
  return [...lines.slice(0, end), `… ${lines.length - end} more lines are left out: ${more}`].join("\n");
}
