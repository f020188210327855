import { commands, Disposable, l10n, QuickPickItemKind, window, type QuickPickItem } from "vscode";
import type { DeclarationFigures, DscoCommands, ExplainParams } from "../../../../server/src/lsp/protocol";
import { registerCommand } from "../../infrastructure/commands";
import { isDeclarationName } from "../../infrastructure/declaration-name";
import { createPages, pageName } from "../../infrastructure/pages";
import { reportScheme } from "../../infrastructure/schemes";
import type { Server } from "../../infrastructure/server";
import { figureChoices, reportPath } from "./report-choice";

/** `dsco.report`: every figure of the file, or of the one that a lens names, as a page that follows the text. `dsco.explain`: where a figure that is chosen comes from. */
export function registerReport(server: Server): Disposable {
  const pages = createPages(server, reportScheme, async (address, token) => {
    const report = await server.request("dsco/report", { uri: address.query }, token);
    return report?.markdown ?? `${l10n.t("{0}: the file is gone.", pageName(address))}\n`;
  });
  return Disposable.from(
    pages,
    registerCommand<readonly [unknown?]>("dsco.report", (reason) => l10n.t("dsco could not report: {0}", reason), async (asked) => {
      const uri = isDeclarationName(asked) ? asked.uri : designEditor()?.document.uri.toString();
      if (uri !== undefined) await pages.open(reportPath(uri));
    }),
    registerCommand<readonly []>("dsco.explain", (reason) => l10n.t("dsco could not explain: {0}", reason), async () => {
      const editor = designEditor();
      if (!editor) return;
      const uri = editor.document.uri.toString();
      const chosen = await choose(await server.request("dsco/figures", { uri }), uri, editor.selection.active.line);
      if (!chosen) return;
      const args: DscoCommands["dsco.showExplanation"] = [chosen];
      await commands.executeCommand("dsco.showExplanation", ...args);
    }),
  );
}

/** The editor with a design; where there is none, that is said. */
function designEditor() {
  const editor = window.activeTextEditor;
  if (editor?.document.languageId === "dsco") return editor;
  void window.showInformationMessage(l10n.t("Open a .dsco file: its figures are meant."));
  return undefined;
}

/** `undefined` where there is nothing to choose, which is said, and where the user changes their mind. */
async function choose(declarations: readonly DeclarationFigures[], uri: string, line: number): Promise<ExplainParams | undefined> {
  if (declarations.length === 0) {
    void window.showInformationMessage(l10n.t("This file declares nothing that has figures."));
    return undefined;
  }
  const items = figureChoices(declarations, line).map((choice): QuickPickItem & { readonly figure?: Omit<ExplainParams, "uri"> } =>
    ("heading" in choice ? { label: choice.heading, kind: QuickPickItemKind.Separator } : choice));
  const picked = await window.showQuickPick(items, { title: l10n.t("Explain a Figure…"), placeHolder: l10n.t("Which figure?"), matchOnDescription: true, matchOnDetail: true });
  return picked?.figure && { uri, ...picked.figure };
}
