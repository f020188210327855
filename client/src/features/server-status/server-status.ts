import type { LanguageStatusItem } from "vscode";
import { Disposable, l10n, LanguageStatusSeverity, languages, Uri, window, workspace } from "vscode";
import type { StatusParams } from "../../../../server/src/lsp/protocol";
import type { Server } from "../../infrastructure/server";
import { describeStatus, type StatusDescription } from "./describe-status";

const severities: Record<StatusDescription["severity"], LanguageStatusSeverity> = {
  information: LanguageStatusSeverity.Information,
  warning: LanguageStatusSeverity.Warning,
  error: LanguageStatusSeverity.Error,
};

/** The item behind the braces in the status bar: whether the server runs and what it found in the open file. */
export function registerServerStatus(server: Server): Disposable {
  const item = languages.createLanguageStatusItem("dsco.server", { language: "dsco" });
  item.name = "dsco";
  const byDocument = new Map<string, StatusParams>();
  let ofServer: StatusParams | undefined;

  const update = () => {
    const uri = window.activeTextEditor?.document.uri.toString();
    show(item, describeStatus(server.state(), ofServer, uri === undefined ? undefined : byDocument.get(uri)));
  };
  update();

  return Disposable.from(
    item,
    server.onDidChangeState(() => {
      ofServer = undefined;
      update();
    }),
    server.onNotification("dsco/status", (status) => {
      if (status.uri === undefined) ofServer = status;
      else byDocument.set(Uri.parse(status.uri).toString(), status);
      update();
    }),
    window.onDidChangeActiveTextEditor(update),
    workspace.onDidCloseTextDocument((document) => byDocument.delete(document.uri.toString())),
  );
}

function show(item: LanguageStatusItem, description: StatusDescription): void {
  item.text = description.text;
  item.detail = description.detail;
  item.busy = description.busy;
  item.severity = severities[description.severity];
  item.command =
    description.action === "restart"
      ? { command: "dsco.restartServer", title: l10n.t("Restart") }
      : { command: "dsco.showOutput", title: l10n.t("Output") };
}
