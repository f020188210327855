import { Disposable, env, Uri, ViewColumn, window, type ExtensionContext, type WebviewPanel } from "vscode";
import { pageHtml } from "./page-html";

/** A kind of page beside the editor: `client/webview/NAME/main.ts` is its script, bundled as `dist/webview/NAME.js` and `.css`. */
export interface PageKind<FromPage, State> {
  /** `dsco.report`; the manifest's activation event `onWebviewPanel:` follows from it. */
  readonly viewType: string;
  /** `report` */
  readonly bundle: string;
  readonly title: string;
  /** The texts that the page shows. */
  readonly words: Readonly<Record<string, string>>;
  /** What a page may have sent; anything else is dropped. `ready` need not be among it. */
  readonly isMessage: (message: unknown) => message is FromPage;
  /** What a page may have kept; anything else is as if it had kept nothing. */
  readonly isState: (state: unknown) => state is State;
}

/** An open page as its owner sees it. */
export interface OpenPage<ToPage> {
  readonly panel: WebviewPanel;
  /** Dropped while the page does not listen: hidden pages are unloaded. `onReady` sends everything again. */
  readonly post: (message: ToPage) => void;
}

/** What is behind a page. Disposed of with it. */
export interface PageOwner<FromPage> extends Disposable {
  /** The page listens: it is new, was hidden, or comes back after a reload. It shows nothing yet. */
  readonly onReady: () => void;
  readonly receive: (message: FromPage) => void;
}

export interface WebPages<State> extends Disposable {
  /** Opens a page beside the editor, whose focus stays where it is. */
  readonly open: (state: State) => void;
}

/**
 * Pages of one kind. `own` is told of each page that opens, with what it is about: what `open` was given, or what the page had kept
 * before VS Code was reloaded (`undefined` where it kept nothing that can be read).
 */
export function createWebPages<ToPage, FromPage, State>(
  context: Pick<ExtensionContext, "extensionUri">, kind: PageKind<FromPage, State>,
  own: (page: OpenPage<ToPage>, state: State | undefined) => PageOwner<FromPage>,
): WebPages<State> {
  const folder = Uri.joinPath(context.extensionUri, "dist/webview");
  const options = { enableScripts: true, localResourceRoots: [folder] };

  const attach = (panel: WebviewPanel, state: State | undefined): void => {
    const { webview } = panel;
    panel.iconPath = Uri.joinPath(context.extensionUri, "client/images/file.svg");
    let listens = false;
    const owner = own({ panel, post: (message) => void (listens && webview.postMessage(message)) }, state);
    const listening = webview.onDidReceiveMessage((message: unknown) => {
      if (isReady(message)) {
        listens = true;
        owner.onReady();
      } else if (kind.isMessage(message)) owner.receive(message);
    });
    const hiding = panel.onDidChangeViewState(() => {
      listens &&= panel.visible;
    });
    panel.onDidDispose(() => {
      // Its owner may wait for an answer still: a page that is gone takes no messages.
      listens = false;
      Disposable.from(listening, hiding, owner).dispose();
    });
    const at = (file: string) => webview.asWebviewUri(Uri.joinPath(folder, file)).toString();
    webview.html = pageHtml({
      nonce: createNonce(), source: webview.cspSource, script: at(`${kind.bundle}.js`), style: at(`${kind.bundle}.css`),
      language: env.language, title: kind.title, words: kind.words,
    });
  };

  const serializer = window.registerWebviewPanelSerializer(kind.viewType, {
    deserializeWebviewPanel: (panel, state: unknown) => {
      panel.webview.options = options;
      attach(panel, kind.isState(state) ? state : undefined);
      return Promise.resolve();
    },
  });

  return {
    dispose: () => serializer.dispose(),
    open: (state) => {
      attach(window.createWebviewPanel(kind.viewType, kind.title, { viewColumn: ViewColumn.Beside, preserveFocus: true }, options), state);
    },
  };
}

const isReady = (message: unknown): boolean => typeof message === "object" && message !== null && "type" in message && message.type === "ready";

const createNonce = (): string => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
