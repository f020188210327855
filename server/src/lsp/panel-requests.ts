import { panel, type PanelOf } from "../ide";
import { invalidParams } from "./params";
import type { DscoRequests, PanelAnswer, PanelParams, PanelReport } from "./protocol";
import { guarded } from "./requests";
import { editorUri, type Session } from "./session";
import { figureOptions } from "./settings";

/** What stands beside the editor and follows it. */
export function registerPanelRequests(session: Session): void {
  const { connection } = session;
  connection.onRequest("dsco/panel", guarded<PanelParams, DscoRequests["dsco/panel"]["result"]>(
    session, "the report panel", ofPanel, async ({ declaration, line, width }, { uri, workspace }): Promise<PanelAnswer> => {
      const version = session.documents.get(uri)?.version ?? 0;
      const options = figureOptions(await session.settings().of(editorUri(session, uri)));
      const found = panel(workspace, uri, { declaration, line, width }, options);
      if (found.kind === "report") return { kind: "report", version, report: toReport(session, found) };
      if (found.kind === "none") return { kind: "none", version };
      const { rest, ...broken } = found;
      return { ...broken, version, ...(rest ? { rest: toReport(session, rest) } : {}) };
    }));
}

function toReport(session: Session, { declaration: { name, keyword, file }, summary, headline, fits, place, parts, figures, checks, pictures, missing }: PanelOf): PanelReport {
  const there = <Item extends { readonly uri: string }>(item: Item): Item => ({ ...item, uri: editorUri(session, item.uri) });
  return {
    uri: editorUri(session, file.uri), declaration: name, kind: keyword, summary, headline, ...(fits === undefined ? {} : { fits }), place, figures,
    parts: parts.map(there),
    checks: checks.map(({ holds, ...check }) => there({ ...check, ...(holds === undefined ? {} : { holds }) })),
    pictures: pictures.map(({ id, title, summary: words, svg, table }) => ({ id, title, summary: words, svg: withEditorPlaces(session, svg), table })),
    missing: missing.map(({ title, reason }) => ({ title, reason })),
  };
}

/** The places of a picture's marks, at addresses as the editor spells them. */
function withEditorPlaces(session: Session, svg: string): string {
  const spelled = new Map<string, string>();
  return svg.replace(/ data-place="([^"#]*)#/g, (_, address: string) => {
    const known = spelled.get(address) ?? escaped(editorUri(session, unescaped(address)));
    spelled.set(address, known);
    return ` data-place="${known}#`;
  });
}

const escaped = (text: string): string => text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
const unescaped = (text: string): string => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&quot;/g, '"').replace(/&amp;/g, "&");

/** For `guarded`: the document of a question for a panel. Throws for parameters that name neither a declaration nor a line. */
function ofPanel({ uri, declaration, line, width }: PanelParams): string {
  const isPlaced = declaration === undefined && typeof line === "number" && Number.isInteger(line) && line >= 0;
  if (typeof declaration !== "string" && !isPlaced) throw invalidParams("no declaration and no line");
  if (width !== undefined && !(typeof width === "number" && Number.isFinite(width) && width > 0)) throw invalidParams("no width");
  return uri;
}
