import { l10n } from "vscode";
import type { ReportWords } from "../../../webview/report/messages";

/** What the page says in its own words, in the user's language. */
export const reportWords = (): ReportWords => ({
  nothing: l10n.t("Put the cursor into a plan, a model or a cluster of a .dsco file: it is shown here."),
  pin: l10n.t("Pin"),
  pinned: l10n.t("Stay at this declaration, wherever the cursor goes"),
  saveReport: l10n.t("Save Report…"),
  savePicture: l10n.t("Save \"{0}\" as {1}"),
  figures: l10n.t("Figures"),
  allFigures: l10n.t("All figures"),
  ideal: l10n.t("bound"),
  explain: l10n.t("Where \"{0}\" comes from"),
  checks: l10n.t("Requirements and measurements"),
  holds: l10n.t("Holds"),
  fails: l10n.t("Fails"),
  measured: l10n.t("Measured"),
  table: l10n.t("As a table"),
  missing: l10n.t("{0} not drawn: {1}"),
  broken: l10n.t("From before the last edit: {0}"),
  go: l10n.t("Go to {0}"),
});
