import type { CancellationToken, Disposable, LogOutputChannel } from "vscode";
import { l10n, window, workspace } from "vscode";
import type { BaseLanguageClient, ErrorHandler, LanguageClientOptions } from "vscode-languageclient";
import { CloseAction, ErrorAction, RevealOutputChannelOn, State } from "vscode-languageclient";
import type { DscoInitialization, DscoNotifications, DscoRequests } from "../../../server/src/lsp/protocol";
import { createFanOut } from "./fan-out";
import { answerFileRequests } from "./files";
import { createRestartPolicy } from "./restart-policy";
import { standardLibraryScheme } from "./schemes";

export type ServerState = "starting" | "running" | "stopped";

/** The language server as the features see it. */
export interface Server extends Disposable {
  /** Never rejects: a server that does not start is reported to the user. */
  readonly start: () => Promise<void>;
  /** Ends the server if it runs and starts it; never rejects. */
  readonly restart: () => Promise<void>;
  readonly state: () => ServerState;
  readonly onDidChangeState: (listener: (state: ServerState) => void) => Disposable;
  readonly request: <Method extends keyof DscoRequests>(
    method: Method,
    params: DscoRequests[Method]["params"],
    token?: CancellationToken,
  ) => Promise<DscoRequests[Method]["result"]>;
  readonly onNotification: <Method extends keyof DscoNotifications>(
    method: Method,
    listener: (params: DscoNotifications[Method]) => void,
  ) => Disposable;
}

/** How the server is reached: in a process on a desktop, in a worker on the web. */
export type CreateClient = (options: LanguageClientOptions) => BaseLanguageClient;

/** Also those of the open folders, whatever file system they are on. Not `git:` and its like: the left side of a difference needs no diagnostics of its own. */
const schemesOf = (folders: typeof workspace.workspaceFolders): readonly string[] =>
  [...new Set(["file", "untitled", "vscode-vfs", standardLibraryScheme, ...(folders ?? []).map(({ uri }) => uri.scheme)])];

export function createServer(createClient: CreateClient, output: LogOutputChannel): Server {
  const policy = createRestartPolicy();

  const errorHandler: ErrorHandler = {
    error: () => ({ action: ErrorAction.Continue, handled: true }),
    closed: () => {
      if (policy.mayRestart(Date.now())) {
        return { action: CloseAction.Restart, handled: true, message: l10n.t("The dsco server ended by itself and is started again.") };
      }
      const message = l10n.t("The dsco server keeps ending by itself and was left stopped: diagnostics and figures no longer follow the text.");
      void reportStopped(message);
      return { action: CloseAction.DoNotRestart, handled: true, message };
    },
  };

  const initializationOptions: DscoInitialization = { runsCommands: true, readsFiles: true, readsLibrary: true };
  const clientOptions: LanguageClientOptions = {
    initializationOptions,
    documentSelector: schemesOf(workspace.workspaceFolders).map((scheme) => ({ scheme, language: "dsco" })),
    outputChannel: output,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    synchronize: { fileEvents: workspace.createFileSystemWatcher("**/*.dsco") },
    errorHandler,
    // False: do not try again by itself; `start` reports it.
    initializationFailedHandler: () => false,
    markdown: { isTrusted: { enabledCommands: ["dsco.showExplanation"] } },
  };
  const client = createClient(clientOptions);
  const fileRequests = answerFileRequests(client);

  const notifications = createFanOut<DscoNotifications>((method, handler) => client.onNotification(method, handler));

  async function reportStopped(message: string): Promise<void> {
    const [again, show] = [l10n.t("Restart"), l10n.t("Show Output")];
    const choice = await window.showErrorMessage(message, again, show);
    if (choice === again) await restart();
    if (choice === show) output.show();
  }

  async function start(): Promise<void> {
    policy.reset();
    try {
      await client.start();
    } catch (error) {
      output.error(error instanceof Error ? error : String(error));
      void reportStopped(l10n.t("The dsco server did not start: diagnostics, hovers and figures are missing."));
    }
  }

  async function restart(): Promise<void> {
    // A client whose start failed has nothing to stop and rejects; starting it again is what was asked for.
    await client.stop().catch((error: unknown) => output.info(`Stopping the server: ${String(error)}`));
    await start();
  }

  return {
    start,
    restart,
    state: () => stateOf(client.state),
    onDidChangeState: (listener) => client.onDidChangeState(({ newState }) => listener(stateOf(newState))),
    // A token that is not there would be sent as a second parameter.
    request: (method, params, token) => (token ? client.sendRequest(method, params, token) : client.sendRequest(method, params)),
    onNotification: notifications.listen,
    dispose: () => {
      fileRequests.dispose();
      void client.dispose().catch((error: unknown) => output.info(`Stopping the server: ${String(error)}`));
    },
  };
}

function stateOf(state: State): ServerState {
  if (state === State.Running) return "running";
  return state === State.Starting ? "starting" : "stopped";
}
