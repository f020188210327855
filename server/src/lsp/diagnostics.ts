import {
  DocumentDiagnosticReportKind, LSPErrorCodes, ResponseError, type CancellationToken, type Diagnostic, type DocumentDiagnosticParams,
  type DocumentDiagnosticReport, type WorkspaceDiagnosticParams, type WorkspaceDiagnosticReport,
} from "vscode-languageserver";
import { hashOf, type Workspace } from "../core";
import { diagnostics, withSeverities, type FileDiagnostic } from "../ide";
import { toDiagnostic } from "./convert";
import { ofDocument } from "./params";
import { toEditorPlaces } from "./places";
import type { StatusParams } from "./protocol";
import { guarded } from "./requests";
import { editorUri, logFault, openableUri, type Session } from "./session";
import { createWorkspaceDiagnostics } from "./workspace-diagnostics";

/** Edits that follow one another faster than this are checked once. Of pushed diagnostics only: pulled ones never wait. */
const pushDelayMilliseconds = 4;

export interface DiagnosticsFeature {
  /** Answers an editor that asks. */
  readonly pull: (params: DocumentDiagnosticParams, token: CancellationToken) => Promise<DocumentDiagnosticReport>;
  /** Answers an editor that asks for those of all files: as soon as some of them are others than it has. */
  readonly pullAll: (params: WorkspaceDiagnosticParams, token: CancellationToken) => Promise<WorkspaceDiagnosticReport>;
  /** These documents may have other diagnostics now: pushed to an editor that does not ask. Files that are not open may too. */
  readonly touched: (uris: Iterable<string>) => void;
  /** A document was closed: what was said of it is taken back. */
  readonly closed: (uri: string, editorUri: string) => void;
  /** The editor has said goodbye: what still waits ends. */
  readonly ended: () => void;
}

/** One way for an editor: pulled where it asks, else pushed with the version of the text. */
export function createDiagnostics(session: Session): DiagnosticsFeature {
  const waiting = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const convert = (found: readonly FileDiagnostic[]): Diagnostic[] => found.map((diagnostic) => toDiagnostic(diagnostic, (uri) => openableUri(session, uri)));

  const tellStatus = (uri: string, found: readonly FileDiagnostic[] | undefined) => {
    const document = session.documents.get(uri);
    if (!document) return;
    const count = (severity: FileDiagnostic["severity"]) => found?.filter((diagnostic) => diagnostic.severity === severity).length ?? 0;
    const status: StatusParams = {
      state: found ? "ready" : "error", uri: document.editorUri, errors: count("error"), warnings: count("warning"), version: document.version,
    };
    void session.connection.sendNotification("dsco/status", status);
  };

  /** The settings of an editor that can be asked may come later: then the document may be another one. */
  const settingsOf = (uri: string) => session.settings().of(editorUri(session, uri));

  const push = () => {
    timer = undefined;
    const uris = [...waiting];
    waiting.clear();
    if (session.phase() === "running") for (const uri of uris) void pushOne(uri);
  };

  const pushOne = async (uri: string): Promise<void> => {
    const document = session.documents.get(uri);
    if (!document) return;
    try {
      const { diagnostics: { severity } } = await settingsOf(uri);
      if (session.documents.get(uri) !== document || session.phase() !== "running") return;
      const workspace = session.state.current();
      const found = withSeverities(diagnostics(workspace, uri), severity);
      const items = toEditorPlaces(session, workspace, document.editorUri, convert(found));
      void session.connection.sendDiagnostics({ uri: document.editorUri, version: document.version, diagnostics: items });
      tellStatus(uri, found);
    } catch (fault) {
      logFault(session, `A fault in the diagnostics of ${document.editorUri}`, fault);
      tellStatus(uri, undefined);
    }
  };

  /** A list that the editor has is not sent again: its id is that of what it says, places as the editor counts them. */
  const report = (workspace: Workspace, uri: string, previousId: string | undefined, items: Diagnostic[]): DocumentDiagnosticReport => {
    const resultId = hashOf(JSON.stringify(toEditorPlaces(session, workspace, editorUri(session, uri), items)));
    return resultId === previousId ? { kind: DocumentDiagnosticReportKind.Unchanged, resultId } : { kind: DocumentDiagnosticReportKind.Full, resultId, items };
  };

  const all = createWorkspaceDiagnostics(session, async (workspace, uri, previousId) => {
    const { diagnostics: { severity } } = await session.settings().of(settingsPlace(session, uri));
    try {
      return report(workspace, uri, previousId, convert(withSeverities(diagnostics(workspace, uri), severity)));
    } catch (fault) {
      logFault(session, `A fault in the diagnostics of ${editorUri(session, uri)}`, fault);
      return undefined;
    }
  });

  return {
    pull: guarded<DocumentDiagnosticParams, DocumentDiagnosticReport>(session, "the diagnostics", ofDocument, async (params, { uri, workspace, token }) => {
      try {
        const document = session.documents.get(uri);
        const { diagnostics: { severity } } = await settingsOf(uri);
        // an editor asks once more when it closes a document: one that is no file of the workspace has nothing to say any more
        const isShown = document !== undefined || (await session.state.everyFile()).includes(uri);
        if (session.documents.get(uri) !== document) throw askAgain();
        const found = isShown ? withSeverities(diagnostics(workspace, uri, token), severity) : [];
        const answer = report(workspace, uri, params.previousResultId, convert(found));
        tellStatus(uri, found);
        return answer;
      } catch (fault) {
        if (!token.isCancellationRequested && !(fault instanceof ResponseError)) tellStatus(uri, undefined);
        throw fault;
      }
    }, { whenChanged: askAgain }),
    pullAll: all.pull,
    touched: (uris) => {
      all.changed();
      if (session.client().pullsDiagnostics) return;
      for (const uri of uris) waiting.add(uri);
      if (timer === undefined) timer = setTimeout(push, pushDelayMilliseconds);
      else timer.refresh();
    },
    closed: (uri, editorUri) => {
      waiting.delete(uri);
      if (!session.client().pullsDiagnostics) void session.connection.sendDiagnostics({ uri: editorUri, diagnostics: [] });
    },
    ended: all.changed,
  };
}

/** Settings are those of a folder: of many files that are not open the editor is asked once. */
function settingsPlace(session: Session, uri: string): string {
  const folder = session.documents.get(uri) ? undefined : session.state.folders().find((each) => uri.startsWith(each));
  return folder ?? editorUri(session, uri);
}

/** The protocol's way to say "ask once more" of diagnostics. */
const askAgain = () => new ResponseError(LSPErrorCodes.ServerCancelled, "The text has changed since the request was made.", { retriggerRequest: true });
