import { LSPErrorCodes, ErrorCodes, ResponseError, type CancellationToken } from "vscode-languageserver";
import type { Workspace } from "../core";
import { Cancelled } from "../rules";
import { invalidParams, isRecord } from "./params";
import { fromEditor, toEditorPlaces } from "./places";
import { logFault, type Session } from "./session";
import { toInternal } from "./uris";

export { ofActions, ofDocument, ofPlace, ofPlaces, ofRange } from "./params";

/** What a handler is asked about: the workspace of the version that the editor meant. */
export interface Asked {
  readonly uri: string;
  readonly workspace: Workspace;
  readonly token: CancellationToken;
}

const cancelled = () => new ResponseError(LSPErrorCodes.RequestCancelled, "The request was cancelled.");
const notStarted = () => new ResponseError(ErrorCodes.ServerNotInitialized, "The server has not been initialized.");
const ended = () => new ResponseError(ErrorCodes.InvalidRequest, "The server has been shut down.");
const changed = () => new ResponseError(LSPErrorCodes.ContentModified, "The text has changed since the request was made.");

/** Without a file that takes longer, an answer says what can be said; what depends on it is asked for again when it arrives. */
const waitsForFiles = 2000;

/** Resolves with the promise, or when it takes too long or nobody wants the answer any more. */
export async function withinReason(promise: Promise<unknown>, token: CancellationToken): Promise<void> {
  let stop: () => void = () => undefined;
  const enough = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, waitsForFiles);
    const listener = token.onCancellationRequested(() => resolve());
    stop = () => {
      clearTimeout(timer);
      listener.dispose();
    };
  });
  await Promise.race([promise, enough]);
  stop();
}

/** The document that a request is about, as the editor spells it. */
function documentOf<Params>(params: Params, uriOf: (params: Params) => string): string {
  // Every request of these is about something.
  if (!isRecord(params)) throw invalidParams("nothing");
  try {
    const uri: unknown = uriOf(params);
    if (typeof uri === "string") return uri;
  } catch (fault) {
    if (fault instanceof ResponseError) throw fault;
  }
  throw invalidParams("no document");
}

export interface GuardOptions {
  /** The error for a text that has changed since the request was made. */
  readonly whenChanged?: () => Error;
  /** Runs before the workspace of the answer is taken: what it learns of files is part of that workspace. */
  readonly before?: () => Promise<void>;
}

/**
 * A handler that cannot harm the connection: a cancelled request and one about a text that has changed meanwhile end
 * with an error that says so, never with an empty answer; a fault is logged and ends this request alone. `run` is given
 * places as the workspace counts them, and gives them so: here they become the editor's. `uriOf` may throw `invalidParams`.
 */
export function guarded<Params, Result>(
  session: Session, what: string, uriOf: (params: Params) => string, run: (params: Params, asked: Asked) => Result | Promise<Result>,
  { whenChanged = changed, before }: GuardOptions = {},
): (params: Params, token: CancellationToken) => Promise<Result> {
  return async (params, token) => {
    try {
      const phase = session.phase();
      if (phase !== "running") throw phase === "starting" ? notStarted() : ended();
      const editorUri = documentOf(params, uriOf);
      const uri = toInternal(editorUri);
      const document = session.documents.get(uri);
      // Changes and cancellations that arrived together with the request are looked at first.
      await session.host.letMessagesIn();
      const check = () => {
        if (token.isCancellationRequested) throw cancelled();
        if (session.documents.get(uri) !== document) throw whenChanged();
      };
      check();
      const arriving = session.state.importsArriving(uri);
      if (arriving) {
        await withinReason(arriving, token);
        check();
      }
      if (before) {
        await before();
        check();
      }
      const workspace = session.state.current();
      const result = await run(fromEditor(session, workspace, editorUri, params), { uri, workspace, token });
      check();
      return toEditorPlaces(session, workspace, editorUri, result);
    } catch (fault) {
      if (fault instanceof ResponseError) throw fault;
      if (fault instanceof Cancelled) throw cancelled();
      logFault(session, `A fault in ${what}`, fault);
      throw new ResponseError(ErrorCodes.InternalError, `dsco met a fault in ${what}; its log says more.`);
    }
  };
}

/**
 * A notification's handler whose fault is logged and ends nothing. What comes before `initialize` and after `shutdown` is
 * dropped, as the protocol asks; so is what `isValid` refuses, with a warning: nobody waits for an answer.
 */
export function guardedNotification<Params>(
  session: Pick<Session, "connection" | "phase">, what: string, isValid: (params: unknown) => boolean, run: (params: Params) => void,
): (params: Params) => void {
  return (params) => {
    if (session.phase() !== "running") return;
    try {
      if (!isValid(params)) {
        session.connection.console.warn(`The editor has sent ${what} that cannot be read.`);
        return;
      }
      run(params);
    } catch (fault) {
      logFault(session, `A fault in ${what}`, fault);
    }
  };
}
