import { hashOf } from "../core";
import type { Picture } from "../drawing";
import { panel, type PanelOf } from "../ide";
import { invalidParams } from "./params";
import type { DscoRequests, PanelAnswer, PanelParams, PanelPicture, SamePicture, ShortReport } from "./protocol";
import { guarded } from "./requests";
import { editorUri, type Session } from "./session";
import { figureOptions } from "./settings";

/** What stands beside the editor and follows it. */
export function registerPanelRequests(session: Session): void {
  const { connection } = session;
  connection.onRequest("dsco/panel", guarded<PanelParams, DscoRequests["dsco/panel"]["result"]>(
    session, "the report panel", ofPanel, async ({ declaration, line, width, known = [] }, { uri, workspace }): Promise<PanelAnswer> => {
      const version = session.documents.get(uri)?.version ?? 0;
      const options = figureOptions(await session.settings().of(editorUri(session, uri)));
      const found = panel(workspace, uri, { declaration, line, width }, options);
      if (found.kind === "report") return { kind: "report", version, report: toReport(session, found, known) };
      if (found.kind === "none") return { kind: "none", version };
      const { rest, ...broken } = found;
      return { ...broken, version, ...(rest ? { rest: toReport(session, rest, known) } : {}) };
    }));
}

function toReport(session: Session, found: PanelOf, known: readonly string[]): ShortReport {
  const { declaration: { name, keyword, file }, summary, headline, fits, place, parts, figures, checks, pictures, missing } = found;
  const there = <Item extends { readonly uri: string }>(item: Item): Item => ({ ...item, uri: editorUri(session, item.uri) });
  return {
    uri: editorUri(session, file.uri), declaration: name, kind: keyword, summary, headline, ...(fits === undefined ? {} : { fits }), place, figures,
    parts: parts.map(there),
    checks: checks.map(({ holds, ...check }) => there({ ...check, ...(holds === undefined ? {} : { holds }) })),
    pictures: pictures.map((picture) => withHash({ ...picture, svg: withEditorPlaces(session, picture.svg) }, known)),
    missing: missing.map(({ title, reason }) => ({ title, reason })),
  };
}

function withHash({ id, title, summary, svg, table }: Picture, known: readonly string[]): PanelPicture | SamePicture {
  const picture = { id, title, summary, svg, table };
  const hash = hashOf(JSON.stringify(picture));
  return known.includes(hash) ? { hash } : { ...picture, hash };
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
function ofPanel({ uri, declaration, line, width, known }: PanelParams): string {
  const isPlaced = declaration === undefined && typeof line === "number" && Number.isInteger(line) && line >= 0;
  if (typeof declaration !== "string" && !isPlaced) throw invalidParams("no declaration and no line");
  if (width !== undefined && !(typeof width === "number" && Number.isFinite(width) && width > 0)) throw invalidParams("no width");
  if (known !== undefined && !(Array.isArray(known) && known.every((hash) => typeof hash === "string"))) throw invalidParams("no hashes of pictures");
  return uri;
}
