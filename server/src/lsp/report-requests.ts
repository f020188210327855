import { buildReport, declarationsOf, figureText, groupMetrics, reportHtml, reportMarkdown, reportOn, starters, type Design } from "../design";
import type { FigureOptions } from "../analysis";
import type { Workspace } from "../core";
import { invalidParams, isRecord } from "./params";
import type { DscoRequests } from "./protocol";
import { guarded } from "./requests";
import { editorUri, type Session } from "./session";
import { defaultSettings, figureOptions } from "./settings";

type Params<Method extends keyof DscoRequests> = DscoRequests[Method]["params"];
type Result<Method extends keyof DscoRequests> = DscoRequests[Method]["result"];

/** What a page of the editor says for a context length. */
const contextOption = "the setting `dsco.contextLength`";

/** A whole file's figures, as a page and as a list to choose from; texts to start from. */
export function registerReportRequests(session: Session): void {
  const { connection } = session;
  const optionsOf = async (uri: string): Promise<FigureOptions> => {
    const options = figureOptions(await session.settings().of(editorUri(session, uri)));
    // A setting at its default asks for nothing: published figures hold there, and stand beside.
    return options.sequenceLength === defaultSettings.sequenceLength ? { ...options, sequenceLength: undefined } : options;
  };

  connection.onRequest("dsco/report", guarded<Params<"dsco/report">, Result<"dsco/report">>(
    session, "the report", ({ uri }) => uri, async (_, { uri, workspace, token }) => {
      const markdown = reportMarkdown(buildReport(designOf(workspace, uri), await optionsOf(uri), contextOption, token));
      return { markdown: `# ${shortName(uri)}\n\n${markdown}` };
    }));

  connection.onRequest("dsco/reportPage", guarded<Params<"dsco/reportPage">, Result<"dsco/reportPage">>(
    session, "the report as a page", ofDeclaration, async ({ declaration }, { uri, workspace, token }) => {
      const report = buildReport(designOf(workspace, uri), await optionsOf(uri), contextOption, token);
      const declarations = report.declarations.filter(({ name }) => name === declaration);
      return declarations.length === 0 ? null : { html: reportHtml({ ...report, declarations }) };
    }));

  connection.onRequest("dsco/figures", guarded<Params<"dsco/figures">, Result<"dsco/figures">>(
    session, "the figures", ({ uri }) => uri, async (_, { uri, workspace }) => {
      const design = designOf(workspace, uri);
      const options = await optionsOf(uri);
      const [file] = design.files;
      return (file ? declarationsOf(workspace, file) : []).flatMap((declaration) => {
        const { keyword, name, node } = declaration;
        const { main, others } = groupMetrics(reportOn(design, declaration, { path: uri, uri }, options, contextOption));
        const lines = declaration.file.source.lines;
        const figures = [...main, ...others].map((metric) => ({ metric: metric.id, title: metric.title, value: figureText(metric).short }));
        return figures.length === 0 ? [] : [{ declaration: name, kind: keyword, firstLine: lines.position(node.start).line, lastLine: lines.position(node.end).line, figures }];
      });
    }));

  connection.onRequest("dsco/starter", guarded<Params<"dsco/starter">, Result<"dsco/starter">>(
    session, "a design to start from", ofStarter, ({ name }) => ({ text: starters[name] })));
}

/** For `guarded`: the document of a declaration. Throws for parameters that name none. */
function ofDeclaration({ uri, declaration }: Params<"dsco/reportPage">): string {
  if (typeof declaration !== "string") throw invalidParams("no declaration");
  return uri;
}

/** For `guarded`: a question about no document. */
function ofStarter(params: Params<"dsco/starter">): string {
  if (!isRecord(params) || typeof params.name !== "string" || !Object.hasOwn(starters, params.name)) throw invalidParams("no design to start from");
  return "starter:design";
}

/** One file of the workspace as the command line would be given it. */
const designOf = (workspace: Workspace, uri: string): Design => ({ files: [{ path: shortName(uri), uri }], workspace, showUri: shortName });

function shortName(uri: string): string {
  const name = uri.slice(uri.lastIndexOf("/") + 1);
  try {
    return decodeURIComponent(name) || uri;
  } catch {
    return name;
  }
}
