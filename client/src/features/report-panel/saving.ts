import { l10n, Uri, window, workspace } from "vscode";
import type { DeclarationName } from "../../../../server/src/lsp/protocol";
import type { FromReport } from "../../../webview/report/messages";
import type { Server } from "../../infrastructure/server";

export type Save = Extract<FromReport, { readonly type: "save" }>;

/** Writes a picture, or the whole report, into a file that the user chooses. A failure is one sentence. */
export async function save(server: Server, { uri, declaration }: DeclarationName, asked: Save): Promise<void> {
  try {
    const name = asked.format === "html" ? declaration : `${declaration}-${asked.name}`;
    const chosen = await window.showSaveDialog({ defaultUri: Uri.joinPath(Uri.parse(uri, true), `../${name}.${asked.format}`), filters: { [asked.format.toUpperCase()]: [asked.format] } });
    if (!chosen) return;
    await workspace.fs.writeFile(chosen, asked.format === "html" ? await reportFile(server, { uri, declaration }) : bytesOf(asked));
    window.setStatusBarMessage(l10n.t("Saved {0}", workspace.asRelativePath(chosen)), 5000);
  } catch (error) {
    void window.showErrorMessage(l10n.t("dsco could not save the file: {0}", error instanceof Error ? error.message : String(error)));
  }
}

async function reportFile(server: Server, name: DeclarationName): Promise<Uint8Array> {
  const page = await server.request("dsco/reportPage", name);
  if (!page) throw new Error(l10n.t("{0} is not in the file any more.", name.declaration));
  return new TextEncoder().encode(page.html);
}

export const bytesOf = ({ format, data }: Exclude<Save, { readonly format: "html" }>): Uint8Array =>
  (format === "svg" ? new TextEncoder().encode(data) : Uint8Array.from(atob(data), (byte) => byte.charCodeAt(0)));
