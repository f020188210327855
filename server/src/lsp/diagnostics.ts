import {
  DocumentDiagnosticReportKind, LSPErrorCodes, ResponseError, type CancellationToken, type Diagnostic, type DocumentDiagnosticParams,
  type DocumentDiagnosticReport,
} from "vscode-languageserver";
import { diagnostics, withSeverities, type FileDiagnostic } from "../ide";
import { toDiagnostic } from "./convert";
import { ofDocument } from "./params";
import { toEditorPlaces } from "./places";
import type { StatusParams } from "./protocol";
import { guarded } from "./requests";
import { editorUri, logFault, openableUri, type Session } from "./session";

/** Edits that follow one another faster than this are checked once. Of pushed diagnostics only: pulled ones never wait. */
const pushDelayMilliseconds = 4;

export interface DiagnosticsFeature {
  /** Answers an editor that asks. */
  readonly pull: (params: DocumentDiagnosticParams, token: CancellationToken) => Promise<DocumentDiagnosticReport>;
  /** These documents may have other diagnostics now: pushed to an editor that does not ask. */
  readonly touched: (uris: Iterable<string>) => void;
  /** A document was closed: what was said of it is taken back. */
  readonly closed: (uri: string, editorUri: string) => void;
}

/** One way for an editor: pulled where it asks, else pushed with the version of the text. */
export function createDiagnostics(session: Session): DiagnosticsFeature {
  const reports = new Map<string, { readonly id: string; readonly json: string }>();
  const waiting = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastId = 0;

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

  /** The same list as last time is not sent again. */
  const report = (uri: string, previousId: string | undefined, items: Diagnostic[]): DocumentDiagnosticReport => {
    const json = JSON.stringify(items);
    const known = reports.get(uri);
    if (known?.json === json) {
      if (known.id === previousId) return { kind: DocumentDiagnosticReportKind.Unchanged, resultId: known.id };
      return { kind: DocumentDiagnosticReportKind.Full, resultId: known.id, items };
    }
    const id = String((lastId += 1));
    if (session.documents.get(uri)) reports.set(uri, { id, json });
    return { kind: DocumentDiagnosticReportKind.Full, resultId: id, items };
  };

  return {
    pull: guarded<DocumentDiagnosticParams, DocumentDiagnosticReport>(session, "the diagnostics", ofDocument, async (params, { uri, workspace, token }) => {
      try {
        const document = session.documents.get(uri);
        const { diagnostics: { severity } } = await settingsOf(uri);
        if (session.documents.get(uri) !== document) throw askAgain();
        const found = withSeverities(diagnostics(workspace, uri, token), severity);
        const answer = report(uri, params.previousResultId, convert(found));
        tellStatus(uri, found);
        return answer;
      } catch (fault) {
        if (!token.isCancellationRequested && !(fault instanceof ResponseError)) tellStatus(uri, undefined);
        throw fault;
      }
    }, { whenChanged: askAgain }),
    touched: (uris) => {
      if (session.client().pullsDiagnostics) return;
      for (const uri of uris) waiting.add(uri);
      if (timer === undefined) timer = setTimeout(push, pushDelayMilliseconds);
      else timer.refresh();
    },
    closed: (uri, editorUri) => {
      reports.delete(uri);
      waiting.delete(uri);
      if (!session.client().pullsDiagnostics) void session.connection.sendDiagnostics({ uri: editorUri, diagnostics: [] });
    },
  };
}

/** The protocol's way to say "ask once more" of diagnostics. */
const askAgain = () => new ResponseError(LSPErrorCodes.ServerCancelled, "The text has changed since the request was made.", { retriggerRequest: true });
