import type { Disposable } from "vscode";
import { env, l10n, Uri, window, workspace, WorkspaceEdit } from "vscode";
import type { ImportTarget } from "../../../../server/src/lsp/protocol";
import { registerCommand } from "../../infrastructure/commands";
import type { Server } from "../../infrastructure/server";
import { failureText, successText } from "./import-text";

interface Config {
  readonly text: string;
  readonly path?: string;
}

/** `dsco.importConfig`: a config of Hugging Face, from a file or the clipboard, becomes a model in a new document, or in the empty one whose lens was clicked. */
export function registerImport(server: Server): Disposable {
  return registerCommand<readonly [unknown?]>("dsco.importConfig", (reason) => l10n.t("dsco could not import the config: {0}", reason), async (picked) => {
    const config = picked instanceof Uri ? await fromFile(picked) : await ask();
    if (!config) return;
    const { model, remarks } = await server.request("dsco/importConfig", config);
    if (model === null) {
      void window.showErrorMessage(failureText(remarks));
      return;
    }
    if (!(isImportTarget(picked) && (await writtenInto(Uri.parse(picked.into), model)))) {
      await window.showTextDocument(await workspace.openTextDocument({ language: "dsco", content: model }));
    }
    const said = successText(remarks);
    if (said !== undefined) void window.showInformationMessage(said);
  });
}

const fromFile = async (uri: Uri): Promise<Config> => ({ text: new TextDecoder().decode(await workspace.fs.readFile(uri)), path: uri.path });

/** Behind what stands in a document; false where the editor refuses. */
async function writtenInto(uri: Uri, model: string): Promise<boolean> {
  const document = await workspace.openTextDocument(uri);
  const edit = new WorkspaceEdit();
  edit.insert(uri, document.lineAt(document.lineCount - 1).range.end, document.lineCount > 1 || document.getText() !== "" ? `\n${model}` : model);
  if (!(await workspace.applyEdit(edit))) return false;
  await window.showTextDocument(document);
  return true;
}

const isImportTarget = (value: unknown): value is ImportTarget => typeof value === "object" && value !== null && "into" in value && typeof value.into === "string";

/** `undefined` where the user changes their mind. */
async function ask(): Promise<Config | undefined> {
  const open = window.activeTextEditor?.document;
  const choices = [
    { label: l10n.t("From a File…"), take: pickFile },
    { label: l10n.t("From the Clipboard"), take: async (): Promise<Config> => ({ text: await env.clipboard.readText() }) },
    ...(open && ["json", "jsonc", "yaml", "shellscript"].includes(open.languageId)
      ? [{ label: l10n.t("From the Open Editor"), take: async (): Promise<Config> => ({ text: open.getText(), path: open.uri.path }) }]
      : []),
  ];
  const choice = await window.showQuickPick(choices, { title: l10n.t("Import Hugging Face Config"), placeHolder: l10n.t("Where is the config.json?") });
  return choice?.take();
}

async function pickFile(): Promise<Config | undefined> {
  const [uri] = (await window.showOpenDialog({ title: l10n.t("Import Hugging Face Config"), filters: { [l10n.t("Configs")]: ["json", "yaml", "yml", "sh", "txt"] } })) ?? [];
  return uri && fromFile(uri);
}
