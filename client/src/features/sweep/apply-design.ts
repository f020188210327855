import { l10n, Range, Uri, window, workspace, WorkspaceEdit } from "vscode";
import type { DesignParams } from "../../../../server/src/lsp/protocol";
import type { Server } from "../../infrastructure/server";

/** Writes a design into the plan, with one step to undo it, or says why it cannot be. */
export async function applyDesign(server: Server, params: DesignParams, plan: string): Promise<void> {
  const found = await server.request("dsco/sweep/apply", params);
  if (found.kind === "refused") return void window.showWarningMessage(l10n.t("Design {0} was not applied: {1}.", params.design, withoutCode(found.reason)));
  if (found.files.length === 0) return void window.showInformationMessage(l10n.t("{0} is this design already.", plan));
  const edit = new WorkspaceEdit();
  for (const { uri, version, edits } of found.files) {
    const address = Uri.parse(uri, true);
    const open = workspace.textDocuments.find((document) => document.uri.toString() === address.toString());
    if (open && version !== null && open.version !== version) return void window.showWarningMessage(l10n.t("The text has changed meanwhile: try again."));
    for (const { range: { start, end }, newText } of edits) edit.replace(address, new Range(start.line, start.character, end.line, end.character), newText);
  }
  if (!(await workspace.applyEdit(edit))) return void window.showWarningMessage(l10n.t("The files could not be edited."));
  const done = l10n.t("{0} is design {1} now.", plan, params.design);
  void window.showInformationMessage([done, ...found.notes.map((note) => `${withoutCode(note)}.`)].join(" "));
}

/** Messages of VS Code show no code. */
const withoutCode = (text: string): string => text.replace(/`/g, "");
