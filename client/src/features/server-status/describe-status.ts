import { l10n } from "vscode";
import type { StatusParams } from "../../../../server/src/lsp/protocol";
import type { ServerState } from "../../infrastructure/server";

export interface StatusDescription {
  readonly text: string;
  readonly detail: string;
  readonly busy: boolean;
  readonly severity: "information" | "warning" | "error";
  readonly action: "output" | "restart";
}

/** What the status item says: the server's own trouble first, then what was found in the open document. */
export function describeStatus(
  state: ServerState,
  ofServer: StatusParams | undefined,
  ofDocument: StatusParams | undefined,
): StatusDescription {
  if (state === "stopped") {
    return { text: l10n.t("dsco: stopped"), detail: l10n.t("the server does not run"), busy: false, severity: "error", action: "restart" };
  }
  if (state === "starting") {
    return { text: "dsco", detail: l10n.t("starting"), busy: true, severity: "information", action: "output" };
  }
  if (ofServer?.state === "error") {
    return { text: l10n.t("dsco: fault"), detail: l10n.t("the server met a fault; see its output"), busy: false, severity: "error", action: "output" };
  }
  const busy = ofServer?.state === "busy" || ofDocument?.state === "busy";
  if (ofDocument === undefined) return { text: "dsco", detail: l10n.t("ready"), busy, severity: "information", action: "output" };
  if (ofDocument.state === "error") {
    return { text: l10n.t("dsco: fault"), detail: l10n.t("this file could not be checked; see the output"), busy, severity: "error", action: "output" };
  }
  return {
    text: "dsco",
    detail: `${errorsText(ofDocument.errors)}, ${warningsText(ofDocument.warnings)}`,
    busy,
    severity: ofDocument.errors > 0 ? "error" : ofDocument.warnings > 0 ? "warning" : "information",
    action: "output",
  };
}

const errorsText = (count: number): string => (count === 1 ? l10n.t("1 error") : l10n.t("{0} errors", count));
const warningsText = (count: number): string => (count === 1 ? l10n.t("1 warning") : l10n.t("{0} warnings", count));
