import { l10n } from "vscode";
import type { ImportRemark } from "../../../../server/src/lsp/protocol";

/** What stood in the way, the first of it at its place: `Line 3, column 8: …`. */
export function failureText(remarks: readonly ImportRemark[]): string {
  const errors = remarks.filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (!first) return l10n.t("The config has no model in it.");
  const { line, character, message } = first;
  if (errors.length === 1) return l10n.t("The config could not be imported. Line {0}, column {1}: {2}.", line + 1, character + 1, message);
  return l10n.t("The config could not be imported. Line {0}, column {1}: {2} (and {3} more).", line + 1, character + 1, message, errors.length - 1);
}

/** What is doubtful; `undefined`: nothing. */
export function successText(remarks: readonly ImportRemark[]): string | undefined {
  const doubts = remarks.filter(({ severity }) => severity === "doubt").length;
  if (doubts === 0) return undefined;
  if (doubts === 1) return l10n.t("The model was imported with one doubt: it stands at its head.");
  return l10n.t("The model was imported with {0} doubts: they stand at its head.", doubts);
}
