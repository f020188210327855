import type { CancellationToken } from "vscode";
import { commands, Disposable, EventEmitter, extensions, Uri, ViewColumn, window, workspace } from "vscode";
import type { Server } from "./server";

/** Where a page is: the path names its tab, `/NAME.md`; the query says what it is about. */
export interface PageAddress {
  readonly path: string;
  readonly query: string;
}

export interface Pages extends Disposable {
  /** Opens a page beside the editor. */
  readonly open: (address: PageAddress) => Promise<void>;
}

/**
 * Markdown pages of one scheme that the server writes. They stand beside the editor and follow the text: whatever file
 * changes, for a figure may use what it imports.
 */
export function createPages(server: Server, scheme: string, markdownOf: (address: PageAddress, token: CancellationToken) => Promise<string>): Pages {
  const changed = new EventEmitter<Uri>();
  /** The pages that were asked for, and whether their tabs were seen yet: a page whose tab is gone is forgotten. */
  const pages = new Map<string, { readonly uri: Uri; readonly hadTab: boolean }>();
  const refresh = (uri: Uri) => {
    // VS Code closes a document that only a preview shows after some minutes; the preview then reads it again when told.
    if (workspace.textDocuments.some((document) => document.uri.toString() === uri.toString())) changed.fire(uri);
    else void commands.executeCommand("markdown.preview.refresh");
  };
  const registered = Disposable.from(
    changed,
    workspace.registerTextDocumentContentProvider(scheme, { onDidChange: changed.event, provideTextDocumentContent: markdownOf }),
    server.onNotification("dsco/status", (status) => {
      if (status.state !== "ready") return;
      for (const [key, { uri, hadTab }] of pages) {
        if (hadTab && !hasTab(uri)) pages.delete(key);
        else {
          pages.set(key, { uri, hadTab: hasTab(uri) });
          refresh(uri);
        }
      }
    }),
  );
  return {
    dispose: () => registered.dispose(),
    open: async (address) => {
      const uri = Uri.from({ scheme, ...address });
      pages.set(uri.toString(), { uri, hadTab: false });
      await show(uri);
    },
  };
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

/** What a page is about in a few words, `DeepSeekV3.kv_bytes_per_token`, which are also in the label of its tab. */
export const pageName = ({ path }: PageAddress): string => path.slice(1, -".md".length);

function hasTab(uri: Uri): boolean {
  return window.tabGroups.all.some(({ tabs }) => tabs.some(({ label }) => label.includes(pageName(uri))));
}
