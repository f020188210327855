import { commands, Disposable, EventEmitter, Uri, window, workspace } from "vscode";
import type { DscoCommands, ExplainParams } from "../../../../server/src/lsp/protocol";
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
  return Disposable.from(
    changed,
    workspace.registerTextDocumentContentProvider(explanationScheme, {
      onDidChange: changed.event,
      provideTextDocumentContent: async (uri, token) => {
        const params = explanationOf(uri);
        const explanation = params && (await server.request("dsco/explain", params, token));
        return explanation?.markdown ?? `\`${uri.path.slice(1, -".md".length)}\` is not in the file any more.\n`;
      },
    }),
    server.onNotification("dsco/status", (status) => {
      if (status.state !== "ready") return;
      for (const document of workspace.textDocuments) {
        if (document.uri.scheme === explanationScheme && explanationOf(document.uri)?.uri === status.uri) changed.fire(document.uri);
      }
    }),
    registerCommand<DscoCommands["dsco.showExplanation"]>("dsco.showExplanation", "show the explanation", showExplanation),
  );
}

async function showExplanation(params: ExplainParams): Promise<void> {
  const uri = Uri.from({ scheme: explanationScheme, ...explanationPath(params) });
  // VS Code's own Markdown extension draws the page; where it is switched off, the Markdown itself is readable.
  const known = await commands.getCommands(true);
  if (known.includes("markdown.showPreviewToSide")) await commands.executeCommand("markdown.showPreviewToSide", uri);
  else await window.showTextDocument(uri, { preview: true, preserveFocus: true });
}
