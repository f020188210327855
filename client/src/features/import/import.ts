import type { Disposable } from "vscode";
import { env, l10n, Uri, window, workspace } from "vscode";
import { registerCommand } from "../../infrastructure/commands";
import type { Server } from "../../infrastructure/server";
import { failureText, successText } from "./import-text";

interface Config {
  readonly text: string;
  readonly path?: string;
}

/** `dsco.importConfig`: a config of Hugging Face, from a file or the clipboard, becomes a model in a new document. */
export function registerImport(server: Server): Disposable {
  return registerCommand<readonly [unknown?]>("dsco.importConfig", (reason) => l10n.t("dsco could not import the config: {0}", reason), async (picked) => {
    const config = picked instanceof Uri ? await fromFile(picked) : await ask();
    if (!config) return;
    const { model, remarks } = await server.request("dsco/importConfig", config);
    if (model === null) {
      void window.showErrorMessage(failureText(remarks));
      return;
    }
    await window.showTextDocument(await workspace.openTextDocument({ language: "dsco", content: model }));
    const said = successText(remarks);
    if (said !== undefined) void window.showInformationMessage(said);
  });
}

const fromFile = async (uri: Uri): Promise<Config> => ({ text: new TextDecoder().decode(await workspace.fs.readFile(uri)), path: uri.path });

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
