import type { ImportRemark } from "../../../../server/src/lsp/protocol";

/** What stood in the way, the first of it at its place: `Line 3, column 8: …`. */
export function failureText(remarks: readonly ImportRemark[]): string {
  const errors = remarks.filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (!first) return "The config has no model in it.";
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  return `The config could not be imported. Line ${first.line + 1}, column ${first.character + 1}: ${first.message}${more}.`;
}

/** What is doubtful; `undefined`: nothing. */
export function successText(remarks: readonly ImportRemark[]): string | undefined {
  const doubts = remarks.filter(({ severity }) => severity === "doubt").length;
  if (doubts === 0) return undefined;
  return `The model was imported with ${doubts === 1 ? "one doubt: it stands" : `${doubts} doubts: they stand`} at its head.`;
}
