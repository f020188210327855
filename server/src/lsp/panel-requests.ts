import { panel } from "../ide";
import { invalidParams } from "./params";
import type { DscoRequests, PanelAnswer, PanelParams } from "./protocol";
import { guarded } from "./requests";
import { editorUri, type Session } from "./session";
import { figureOptions } from "./settings";

/** What stands beside the editor and follows it. */
export function registerPanelRequests(session: Session): void {
  const { connection } = session;
  connection.onRequest("dsco/panel", guarded<PanelParams, DscoRequests["dsco/panel"]["result"]>(
    session, "the report panel", ofPanel, async ({ declaration, line }, { uri, workspace }): Promise<PanelAnswer> => {
      const version = session.documents.get(uri)?.version ?? 0;
      const options = figureOptions(await session.settings().of(editorUri(session, uri)));
      const found = panel(workspace, uri, { declaration, line }, options);
      if (found.kind !== "report") return { ...found, version };
      const { declaration: { name, keyword, file }, summary, place, figures } = found;
      return { kind: "report", version, report: { uri: editorUri(session, file.uri), declaration: name, kind: keyword, summary, place, figures } };
    }));
}

/** For `guarded`: the document of a question for a panel. Throws for parameters that name neither a declaration nor a line. */
function ofPanel({ uri, declaration, line }: PanelParams): string {
  const isPlaced = declaration === undefined && typeof line === "number" && Number.isInteger(line) && line >= 0;
  if (typeof declaration !== "string" && !isPlaced) throw invalidParams("no declaration and no line");
  return uri;
}
