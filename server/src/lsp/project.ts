import type { CancellationToken } from "vscode-languageserver";
import type { Project } from "../ide";
import { Cancelled } from "../rules";
import { standardLibrary } from "../std";
import { guarded, type Asked } from "./requests";
import { openableUri, type Session } from "./session";

/** Files that are read before messages are let in again. */
const filesAtOnce = 32;

/**
 * The files of the workspace, with their texts read: a few at once, so that a key that is pressed meanwhile does not wait
 * for all. An editor that reports no changes of files has them read anew. Throws `Cancelled`.
 */
async function readProject(session: Session, token: CancellationToken): Promise<Project> {
  const { state, host, client } = session;
  const { registersFileWatchers } = client();
  if (!registersFileWatchers) state.lookAgain();
  const uris = await state.everyFile();
  for (const [index, uri] of uris.entries()) {
    if (index % filesAtOnce === 0) await host.letMessagesIn();
    if (token.isCancellationRequested) throw new Cancelled();
    state.textOf(uri);
  }
  const library = [...standardLibrary.keys()].filter((uri) => openableUri(session, uri) !== undefined);
  return { uris: [...uris, ...library], textOf: (uri) => (uri.startsWith("std:") ? standardLibrary.get(uri) : state.textOf(uri)) };
}

/** As `guarded`, for a question that concerns every file. */
export function guardedProject<Params, Result>(
  session: Session, what: string, uriOf: (params: Params) => string, run: (params: Params, asked: Asked, project: Project) => Result | Promise<Result>,
): (params: Params, token: CancellationToken) => Promise<Result> {
  return (params, token) => {
    let project: Project = { uris: [], textOf: () => undefined };
    const before = async () => {
      project = await readProject(session, token);
    };
    return guarded<Params, Result>(session, what, uriOf, (given, asked) => run(given, asked, project), { before })(params, token);
  };
}
