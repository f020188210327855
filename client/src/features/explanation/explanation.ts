import { commands, Disposable, EventEmitter, extensions, l10n, Uri, ViewColumn, window, workspace } from "vscode";
import type { DscoCommands } from "../../../../server/src/lsp/protocol";
import { registerCommand } from "../../infrastructure/commands";
import { explanationScheme } from "../../infrastructure/schemes";
import type { Server } from "../../infrastructure/server";
import { explanationOf, explanationPath } from "./explanation-path";

/**
 * `dsco.showExplanation`, the command of lenses and hovers: where a figure comes from, as a page beside the editor
 * that follows the text.
 */
export function registerExplanation(server: Server): Disposable {
  const changed = new EventEmitter<Uri>();
  /** The pages that were asked for, and whether their tabs were seen yet: a page whose tab is gone is forgotten. */
  const pages = new Map<string, { readonly uri: Uri; readonly hadTab: boolean }>();
  const refresh = (uri: Uri) => {
    // VS Code closes a document that only a preview shows after some minutes; the preview then reads it again when told.
    if (workspace.textDocuments.some((document) => document.uri.toString() === uri.toString())) changed.fire(uri);
    else void commands.executeCommand("markdown.preview.refresh");
  };
  return Disposable.from(
    changed,
    workspace.registerTextDocumentContentProvider(explanationScheme, {
      onDidChange: changed.event,
      provideTextDocumentContent: async (uri, token) => {
        const params = explanationOf(uri);
        const explanation = params && (await server.request("dsco/explain", params, token));
        return explanation?.markdown ?? `${l10n.t("`{0}` is not in the file any more.", nameOf(uri))}\n`;
      },
    }),
    server.onNotification("dsco/status", (status) => {
      if (status.state !== "ready") return;
      // Whatever file changed: a figure may use what it imports.
      for (const [key, { uri, hadTab }] of pages) {
        if (hadTab && !hasTab(uri)) pages.delete(key);
        else {
          pages.set(key, { uri, hadTab: hasTab(uri) });
          refresh(uri);
        }
      }
    }),
    registerCommand<DscoCommands["dsco.showExplanation"]>("dsco.showExplanation", (reason) => l10n.t("dsco could not show the explanation: {0}", reason), async (params) => {
      const uri = Uri.from({ scheme: explanationScheme, ...explanationPath(params) });
      pages.set(uri.toString(), { uri, hadTab: false });
      await show(uri);
    }),
  );
}

async function show(uri: Uri): Promise<void> {
  const preview = "markdown.showPreviewToSide";
  if (await isThere(preview)) {
    const editor = window.activeTextEditor;
    await commands.executeCommand(preview, uri);
    // The preview takes the focus; who was writing goes on writing.
    if (editor) await window.showTextDocument(editor.document, editor.viewColumn);
  } else {
    // VS Code's own Markdown extension, which draws the page, is switched off; the Markdown itself is readable.
    await window.showTextDocument(uri, { preview: true, preserveFocus: true, viewColumn: ViewColumn.Beside });
  }
}

/** The command's extension is activated by the command: it is asked for first, and may be switched off or lack a browser's part. */
async function isThere(command: string): Promise<boolean> {
  try {
    await extensions.getExtension("vscode.markdown-language-features")?.activate();
  } catch {
    return false;
  }
  return (await commands.getCommands()).includes(command);
}

/** The figure's name, `DeepSeekV3.kv_bytes_per_token`, which is also in the label of the page's tab. */
function nameOf(uri: Uri): string {
  return uri.path.slice(1, -".md".length);
}

function hasTab(uri: Uri): boolean {
  return window.tabGroups.all.some(({ tabs }) => tabs.some(({ label }) => label.includes(nameOf(uri))));
}
