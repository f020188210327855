import {
  DidChangeConfigurationNotification, DidChangeWatchedFilesNotification, ErrorCodes, ResponseError, TextDocumentSyncKind, type Connection,
  type InitializeError, type InitializeParams, type InitializeResult,
} from "vscode-languageserver";
import { indentingCharacters, tokenModifiers, tokenTypes } from "../ide";
import { codeActionKinds } from "./action-features";
import { traitsOf, type ClientTraits } from "./client-traits";
import { createDiagnostics } from "./diagnostics";
import { createDocuments } from "./documents";
import type { EditorReader } from "./editor-files";
import { registerFeatures } from "./features";
import type { Host } from "./host";
import { createHintMemory } from "./hint-memory";
import { createLensMemory } from "./lens-memory";
import { createLibraryFiles } from "./library-files";
import { fileCapabilities, navigationCapabilities } from "./navigation-features";
import { isChangeOfDocument, isChangeOfFiles, isOfDocument, isOpening, isRecord } from "./params";
import type { DscoEditorRequests } from "./protocol";
import { createRefresh } from "./refresh";
import { guardedNotification } from "./requests";
import { logFault, type Phase, type Session } from "./session";
import { createSettings, type SettingsStore } from "./settings";
import { createWorkspaceState } from "./workspace-state";

/** Serves one editor over a connection until the editor ends it. */
export function serve(connection: Connection, host: Host, version: string): void {
  let client: ClientTraits = traitsOf({});
  let settings: SettingsStore = createSettings(undefined, undefined);
  let phase: Phase = "starting";
  const documents = createDocuments(() => client.positionEncoding);
  const reader: EditorReader = {
    readFile: async (uri) => askEditor(connection, "dsco/readFile", { uri }),
    findFiles: async (folder) => askEditor(connection, "dsco/findFiles", { folder }),
  };
  const session: Session = {
    connection, host, documents, state: createWorkspaceState(documents, host, () => (client.readsFiles ? reader : undefined), (uri) => textChanged(uri)),
    phase: () => phase, client: () => client, settings: () => settings, libraryFiles: createLibraryFiles(host),
  };
  const lenses = createLensMemory();
  const hints = createHintMemory();
  const sweeps = registerFeatures(session, lenses, hints);
  const diagnostics = createDiagnostics(session);
  const refresh = createRefresh(session);
  const everyDocument = () => [...documents.all()].map((document) => document.uri);

  connection.onInitialize((params): InitializeResult | ResponseError<InitializeError> => {
    if (phase !== "starting") return new ResponseError(ErrorCodes.InvalidRequest, "The server has been initialized before.");
    phase = "running";
    client = traitsOf(params.capabilities, params.initializationOptions);
    settings = createSettings(params.initializationOptions, client.answersConfiguration
      ? (uri) => connection.workspace.getConfiguration({ scopeUri: uri, section: "dsco" })
      : undefined, (problem) => connection.console.warn(problem));
    session.state.setFolders(foldersOf(params));
    return { capabilities: capabilities(client), serverInfo: { name: "dsco", version } };
  });

  connection.onShutdown(() => {
    phase = "ended";
    sweeps.dispose();
    diagnostics.ended();
  });

  connection.onInitialized(() => {
    const registered = (what: string, promise: Promise<unknown>) => void promise.catch((fault: unknown) => logFault(session, `The editor did not register ${what}`, fault));
    if (client.registersConfiguration) registered("changes of settings", connection.client.register(DidChangeConfigurationNotification.type, { section: "dsco" }));
    if (client.registersFileWatchers) {
      registered("changes of files", connection.client.register(DidChangeWatchedFilesNotification.type, { watchers: [{ globPattern: "**/*.dsco" }] }));
    }
    // Where every file comes from the editor, they are here before somebody asks a question about all of them.
    if (host.disk === undefined) void session.state.everyFile();
    if (client.hasWorkspaceFolders) {
      connection.workspace.onDidChangeWorkspaceFolders(() => {
        void connection.workspace.getWorkspaceFolders().then((folders) => {
          session.state.setFolders((folders ?? []).map((folder) => folder.uri));
          settings.foldersChanged();
          diagnostics.touched(everyDocument());
          refresh();
        }, (fault: unknown) => logFault(session, "The editor did not name its folders", fault));
      });
    }
  });

  /** The text behind an address is another one now: so may be what other open files mean. */
  const textChanged = (uri: string) => {
    session.state.textChanged();
    sweeps.textChanged();
    const others = session.state.dependents(uri);
    diagnostics.touched(documents.get(uri) ? [uri, ...others] : others);
    if (others.length > 0) refresh();
  };

  connection.onDidOpenTextDocument(guardedNotification(session, "an opened document", isOpening, ({ textDocument }) => {
    textChanged(documents.open(textDocument.uri, textDocument.version, textDocument.text).uri);
  }));
  connection.onDidChangeTextDocument(guardedNotification(session, "a change of a document", isChangeOfDocument, ({ textDocument, contentChanges }) => {
    const document = documents.change(textDocument.uri, textDocument.version, contentChanges);
    if (document) textChanged(document.uri);
  }));
  connection.onDidCloseTextDocument(guardedNotification(session, "a closed document", isOfDocument, ({ textDocument }) => {
    const document = documents.close(textDocument.uri);
    if (!document) return;
    lenses.forget(document.uri);
    hints.forget(document.uri);
    settings.forget(document.editorUri);
    diagnostics.closed(document.uri, document.editorUri);
    session.state.filesChanged([document.uri]);
    textChanged(document.uri);
  }));
  connection.onDidChangeWatchedFiles(guardedNotification(session, "changes of files", isChangeOfFiles, ({ changes }) => {
    session.state.filesChanged(changes.map((change) => change.uri));
    sweeps.textChanged();
    diagnostics.touched(everyDocument());
    refresh();
  }));
  connection.onDidChangeConfiguration(guardedNotification(session, "a change of settings", isRecord, ({ settings: pushed }) => {
    settings.changed(pushed);
    diagnostics.touched(everyDocument());
    refresh();
  }));

  connection.languages.diagnostics.on(diagnostics.pull);
  connection.languages.diagnostics.onWorkspace(diagnostics.pullAll);
  connection.listen();
}

const askEditor = <Method extends keyof DscoEditorRequests>(
  connection: Connection, method: Method, params: DscoEditorRequests[Method]["params"],
): Promise<DscoEditorRequests[Method]["result"]> => connection.sendRequest(method, params);

function foldersOf({ workspaceFolders, rootUri }: InitializeParams): readonly string[] {
  if (workspaceFolders) return workspaceFolders.map((folder) => folder.uri);
  return rootUri ? [rootUri] : [];
}

const capabilities = (client: ClientTraits): InitializeResult["capabilities"] => ({
  positionEncoding: client.positionEncoding,
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
  ...(client.pullsDiagnostics ? { diagnosticProvider: { identifier: "dsco", interFileDependencies: true, workspaceDiagnostics: true } } : {}),
  hoverProvider: true,
  completionProvider: { triggerCharacters: [".", "\"", "/", ":"], resolveProvider: true, completionItem: { labelDetailsSupport: true } },
  ...navigationCapabilities(client),
  foldingRangeProvider: true,
  documentFormattingProvider: true,
  documentRangeFormattingProvider: true,
  documentOnTypeFormattingProvider: { firstTriggerCharacter: indentingCharacters[0], moreTriggerCharacter: indentingCharacters.slice(1) },
  signatureHelpProvider: { triggerCharacters: ["(", ","] },
  codeActionProvider: { codeActionKinds: [...codeActionKinds] },
  codeLensProvider: { resolveProvider: true },
  inlayHintProvider: true,
  semanticTokensProvider: {
    legend: { tokenTypes: [...tokenTypes], tokenModifiers: [...tokenModifiers] }, full: { delta: true }, range: true,
  },
  workspace: { workspaceFolders: { supported: true, changeNotifications: true }, ...fileCapabilities(client) },
});
