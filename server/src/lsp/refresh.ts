import { CodeLensRefreshRequest } from "vscode-languageserver";
import { logFault, type Session } from "./session";

/** Changes that come in one go (a branch is switched) make the editor ask once. */
const delayMilliseconds = 50;

/** What an editor shows of files whose own text has not changed: it is asked to look again. */
export function createRefresh(session: Session): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = (supported: boolean, what: string, request: () => Promise<void>) => {
    if (supported) request().catch((fault: unknown) => logFault(session, `The editor did not refresh its ${what}`, fault));
  };
  const send = () => {
    timer = undefined;
    // Nothing is asked of an editor that has said goodbye.
    if (session.phase() !== "running") return;
    const { connection } = session;
    const client = session.client();
    ask(client.pullsDiagnostics && client.refreshesDiagnostics, "diagnostics", () => Promise.resolve(connection.languages.diagnostics.refresh()));
    ask(client.refreshesCodeLenses, "lenses", () => connection.sendRequest(CodeLensRefreshRequest.type));
    ask(client.refreshesInlayHints, "hints", () => Promise.resolve(connection.languages.inlayHint.refresh()));
  };
  return () => {
    timer ??= setTimeout(send, delayMilliseconds);
  };
}
