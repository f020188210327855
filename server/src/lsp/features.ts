import {
  InlayHintKind, MarkupKind, type CodeLens, type InlayHint, type InlayHintParams,
} from "vscode-languageserver";
import { createLineIndex, fileScope } from "../core";
import { actionLenses, codeLenses, foldingRanges, inlayHints, isLensMetric, lensText, sweepLenses } from "../ide";
import { importConfig, nameOfPath } from "../import";
import { registerActionFeatures } from "./action-features";
import { registerAgentRequests } from "./agent-requests";
import { registerCompareRequests } from "./compare-requests";
import { registerExplanationRequests } from "./explanation-requests";
import { registerPanelRequests } from "./panel-requests";
import { registerReportRequests } from "./report-requests";
import { registerSweepRequests } from "./sweep-requests";
import type { SweepRuns } from "./sweep-runs";
import { toFoldingRange } from "./convert";
import { actionCommand, explanationCommand, sweepCommand } from "./lens-commands";
import type { HintMemory } from "./hint-memory";
import { stalePlaces, type LensMemory } from "./lens-memory";
import { registerNavigationFeatures } from "./navigation-features";
import { invalidParams } from "./params";
import type { DscoRequests, ExplainParams } from "./protocol";
import { guarded, ofDocument, ofRange } from "./requests";
import { editorUri, type Session } from "./session";
import { figureOptions, hintsOf, lensesOf } from "./settings";
import { registerTypingFeatures } from "./typing-features";

/** What a lens carries until it is shown. */
interface LensData extends ExplainParams {
  /** The plan whose figures it shows, where that is not `declaration`. */
  readonly user?: string | undefined;
  readonly version: number;
}

/** Registers every feature: each handler asks `ide/` and puts the answer into the protocol's words. The sweeps that it runs are given back. */
export function registerFeatures(session: Session, lenses: LensMemory, hints: HintMemory): SweepRuns {
  const { connection } = session;
  const settingsOf = (uri: string) => session.settings().of(editorUri(session, uri));

  connection.onFoldingRanges(guarded(session, "folding", ofDocument, (_, { uri, workspace }) => foldingRanges(workspace, uri).map(toFoldingRange)));

  connection.languages.inlayHint.on(guarded(session, "inlay hints", ofRange, async ({ range }: InlayHintParams, { uri, workspace, token }): Promise<InlayHint[]> => {
    const wanted = hintsOf(await settingsOf(uri));
    if (wanted.size === 0) return [];
    const source = fileScope(workspace, uri)?.source;
    if (!source) return [];
    const found = inlayHints(workspace, uri, range, token, wanted);
    const shown = hints.kept(uri, source.text, range, found, source.parsed.errors.length > 0).filter(({ kind }) => wanted.has(kind));
    return shown.map(({ position, label, tooltip }) => ({
      position, label, kind: InlayHintKind.Parameter, paddingLeft: true, tooltip: { kind: MarkupKind.Markdown, value: tooltip },
    }));
  }));

  registerActionFeatures(session);
  registerTypingFeatures(session);
  registerNavigationFeatures(session);
  registerLenses(session, lenses);
  registerAgentRequests(session);
  registerDscoRequests(session);
  registerCompareRequests(session);
  registerReportRequests(session);
  registerExplanationRequests(session);
  registerPanelRequests(session);
  return registerSweepRequests(session);
}

function registerLenses(session: Session, memory: LensMemory): void {
  const { connection } = session;
  const settingsOf = (uri: string) => session.settings().of(editorUri(session, uri));

  connection.onCodeLens(guarded(session, "the lenses", ofDocument, async ({ textDocument }, { uri, workspace }): Promise<CodeLens[]> => {
    const settings = await settingsOf(uri);
    const wanted = lensesOf(settings);
    const source = fileScope(workspace, uri)?.source;
    if (wanted.size === 0 || !source) return [];
    const version = session.documents.get(uri)?.version ?? 0;
    const lenses = codeLenses(workspace, uri, figureOptions(settings), (lens) => memory.remembers(uri, lens));
    const placed = memory.placed(uri, source.text, lenses, source.parsed.errors.length > 0).filter(({ kind }) => wanted.has(kind));
    const figures = placed.map(({ range, declaration, user, metric }) => {
      const data: LensData = { uri: textDocument.uri, declaration, user, metric, version };
      return { range, data };
    });
    // without a command an editor shows a lens as plain text
    const stale = stalePlaces(placed).map(({ range }) => ({ range, command: { title: "before the last edit", command: "" } }));
    const actions = settings.codeLens.actions && session.client().runsCommands ? actionLenses(workspace, uri, placed) : [];
    const sweeps = settings.codeLens.plans ? sweepLenses(workspace, uri).map((lens) => ({ range: lens.range, command: sweepCommand(lens, textDocument.uri, session.client().runsCommands) })) : [];
    return [...figures, ...stale, ...sweeps, ...actions.map((lens) => ({ range: lens.range, command: actionCommand(lens, textDocument.uri) }))];
  }));

  connection.onCodeLensResolve(guarded(session, "a lens", (lens: CodeLens) => lensData(lens)?.uri ?? "", async (lens, { uri, workspace }): Promise<CodeLens> => {
    const data = lensData(lens);
    if (!data || !isLensMetric(data.metric)) return lens;
    const { declaration, user, metric } = data;
    const name = { declaration, user, metric };
    const text = lensText(workspace, uri, name, figureOptions(await settingsOf(uri)));
    if (text?.state === "known") memory.remember(uri, name, text.title);
    const isLost = text === undefined || text.state === "broken";
    const title = (isLost ? memory.recall(uri, name) : undefined) ?? text?.title;
    if (title === undefined) return lens;
    return { range: lens.range, command: explanationCommand(title, { uri: data.uri, declaration: user ?? declaration, metric }) };
  }));
}

function lensData({ data }: CodeLens): LensData | undefined {
  const value = data as Partial<LensData> | null | undefined;
  return typeof value?.uri === "string" && typeof value.declaration === "string" && typeof value.metric === "string" && typeof value.version === "number" &&
    (value.user === undefined || typeof value.user === "string")
    ? (value as LensData) : undefined;
}

/** A config is no document of the workspace. */
function ofConfig({ text, path }: DscoRequests["dsco/importConfig"]["params"]): string {
  if (typeof text !== "string" || (path !== undefined && typeof path !== "string")) throw invalidParams("no text of a config");
  return "import:config";
}

function registerDscoRequests(session: Session): void {
  const { connection } = session;
  const sourceText = guarded<DscoRequests["dsco/sourceText"]["params"], DscoRequests["dsco/sourceText"]["result"]>(
    session, "the standard library", ({ uri }) => uri, (_, { uri, workspace }) => {
      const source = uri.startsWith("std:") ? fileScope(workspace, uri)?.source : undefined;
      return source ? { text: source.text } : null;
    });
  connection.onRequest("dsco/sourceText", sourceText);

  const importAnswer = guarded<DscoRequests["dsco/importConfig"]["params"], DscoRequests["dsco/importConfig"]["result"]>(
    session, "the import", ofConfig, ({ text, path }) => {
      const result = importConfig(text, { fallbackName: path === undefined ? undefined : nameOfPath(path) });
      const lines = createLineIndex(text);
      return {
        model: result.kind === "imported" ? result.text : null,
        remarks: result.remarks.map(({ severity, message, offset }) => ({ severity, message, ...lines.position(offset) })),
      };
    });
  connection.onRequest("dsco/importConfig", importAnswer);
}
