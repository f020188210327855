import { LSPErrorCodes, ErrorCodes, ResponseError, type CancellationToken } from "vscode-languageserver";
import type { Workspace } from "../core";
import { Cancelled } from "../rules";
import { logFault, type Session } from "./session";
import { toInternal } from "./uris";

/** What a handler is asked about: the workspace of the version that the editor meant. */
export interface Asked {
  readonly uri: string;
  readonly workspace: Workspace;
  readonly token: CancellationToken;
}

const cancelled = () => new ResponseError(LSPErrorCodes.RequestCancelled, "The request was cancelled.");
const changed = () => new ResponseError(LSPErrorCodes.ContentModified, "The text has changed since the request was made.");

/** The document that a request is about. */
export const ofDocument = (params: { readonly textDocument: { readonly uri: string } }): string => params.textDocument.uri;

/**
 * A handler that cannot harm the connection: a cancelled request and one about a text that has changed meanwhile end
 * with an error that says so, never with an empty answer; a fault is logged and ends this request alone.
 */
export function guarded<Params, Result>(
  session: Session, what: string, uriOf: (params: Params) => string, run: (params: Params, asked: Asked) => Result | Promise<Result>,
  whenChanged: () => Error = changed,
): (params: Params, token: CancellationToken) => Promise<Result> {
  return async (params, token) => {
    try {
      const uri = toInternal(uriOf(params));
      const version = session.documents.get(uri)?.version;
      // Changes and cancellations that arrived together with the request are looked at first.
      await session.host.letMessagesIn();
      const check = () => {
        if (token.isCancellationRequested) throw cancelled();
        if (session.documents.get(uri)?.version !== version) throw whenChanged();
      };
      check();
      const result = await run(params, { uri, workspace: session.state.current(), token });
      check();
      return result;
    } catch (fault) {
      if (fault instanceof ResponseError) throw fault;
      if (fault instanceof Cancelled) throw cancelled();
      logFault(session, `A fault in ${what}`, fault);
      throw new ResponseError(ErrorCodes.InternalError, `dsco met a fault in ${what}; its log says more.`);
    }
  };
}

/** A notification's handler whose fault is logged and ends nothing. */
export function guardedNotification<Params>(session: Pick<Session, "connection">, what: string, run: (params: Params) => void): (params: Params) => void {
  return (params) => {
    try {
      run(params);
    } catch (fault) {
      logFault(session, `A fault in ${what}`, fault);
    }
  };
}
