import {
  DocumentDiagnosticReportKind, type CancellationToken, type DocumentDiagnosticReport, type WorkspaceDiagnosticParams, type WorkspaceDiagnosticReport, type WorkspaceDocumentDiagnosticReport,
} from "vscode-languageserver";
import { hashOf, type Workspace } from "../core";
import { Cancelled } from "../rules";
import { ofAllFiles } from "./params";
import { guarded } from "./requests";
import { editorUri, type Session } from "./session";
import { toInternal } from "./uris";

/** Milliseconds without a change before files that nobody looks at are read: whoever types comes first. */
const rest = 300;

/** Of a file without diagnostics, or of one that is gone. */
const nothing = hashOf("[]");

export interface WorkspaceDiagnostics {
  /** Answers when some file has other diagnostics than the editor knows of: until then there is nothing to say. */
  readonly pull: (params: WorkspaceDiagnosticParams, token: CancellationToken) => Promise<WorkspaceDiagnosticReport>;
  /** A text, a file, a setting or the phase of the server is another one now. */
  readonly changed: () => void;
}

/** `reportOf`: of one file of a workspace, `unchanged` where the editor has it by its id; `undefined` where it cannot be said now. */
export function createWorkspaceDiagnostics(
  session: Session, reportOf: (workspace: Workspace, uri: string, previousId: string | undefined) => Promise<DocumentDiagnosticReport | undefined>,
): WorkspaceDiagnostics {
  const { state, documents, host } = session;
  const listeners = new Set<() => void>();
  let changes = 0;
  let last = 0;

  /** Resolves at the next change, when nobody waits any more, or after some milliseconds. */
  const change = (token: CancellationToken, milliseconds?: number): Promise<void> => new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      cancelling.dispose();
      listeners.delete(done);
      resolve();
    };
    const timer = milliseconds === undefined ? undefined : setTimeout(done, milliseconds);
    const cancelling = token.onCancellationRequested(done);
    listeners.add(done);
  });

  const check = (token: CancellationToken): void => {
    if (token.isCancellationRequested || session.phase() !== "running") throw new Cancelled();
  };

  const quiet = async (token: CancellationToken): Promise<void> => {
    for (let left = last + rest - performance.now(); left > 0; left = last + rest - performance.now()) {
      await change(token, left);
      check(token);
    }
  };

  /** What every file has, or `undefined` where something has changed meanwhile. */
  const look = async (known: ReadonlyMap<string, string>, token: CancellationToken): Promise<readonly WorkspaceDocumentDiagnosticReport[] | undefined> => {
    const before = changes;
    const files = await state.everyFile();
    const reports: WorkspaceDocumentDiagnosticReport[] = [];
    for (const uri of files) {
      await host.letMessagesIn();
      check(token);
      if (changes !== before) return undefined;
      const report = await reportOf(state.current(), uri, known.get(uri));
      if (report) reports.push({ ...report, uri: editorUri(session, uri), version: documents.get(uri)?.version ?? null });
    }
    if (changes !== before) return undefined;
    const gone = [...known].filter(([uri, id]) => id !== nothing && !files.includes(uri));
    return [...reports, ...gone.map(([uri]): WorkspaceDocumentDiagnosticReport => ({ kind: DocumentDiagnosticReportKind.Full, resultId: nothing, items: [], uri: editorUri(session, uri), version: null }))];
  };

  const found = async ({ previousResultIds }: WorkspaceDiagnosticParams, token: CancellationToken): Promise<readonly WorkspaceDocumentDiagnosticReport[]> => {
    const known = new Map(previousResultIds.map(({ uri, value }) => [toInternal(uri), value]));
    for (;;) {
      await quiet(token);
      const before = changes;
      const reports = await look(known, token);
      if (reports?.some(({ kind }) => kind === DocumentDiagnosticReportKind.Full)) return reports;
      if (reports && changes === before) await change(token);
      check(token);
    }
  };

  return {
    pull: (params, token) => {
      let items: readonly WorkspaceDocumentDiagnosticReport[] = [];
      // all of it before the workspace of the answer is taken, by which its places are counted
      const before = async () => {
        items = await found(params, token);
      };
      return guarded<WorkspaceDiagnosticParams, WorkspaceDiagnosticReport>(session, "the diagnostics of all files", ofAllFiles, () => ({ items: [...items] }), { before })(params, token);
    },
    changed: () => {
      changes += 1;
      last = performance.now();
      for (const tell of [...listeners]) tell();
    },
  };
}
