import {
  CodeActionKind, InlayHintKind, MarkupKind, SemanticTokensBuilder, type CodeActionParams, type CodeLens, type CompletionParams, type DefinitionParams, type Hover, type HoverParams,
  type InlayHint, type InlayHintParams, type Location, type LocationLink, type Range, type SemanticTokens, type SemanticTokensRangeParams,
} from "vscode-languageserver";
import { bindDeclaration, createLineIndex, fileScope, resolveSymbol, type BoundDeclaration } from "../core";
import {
  codeLenses, completion, definition, documentSymbols, explainMarkdown, foldingRanges, formatting, hover, inlayHints, isLensMetric, lensText, quickFixes,
  semanticTokens, tokenModifiers, tokenTypes, type PlaceLink, type SemanticToken,
} from "../ide";
import { importConfig, nameOfPath } from "../import";
import { toCompletionItem, toDocumentSymbol, toFoldingRange, toLocationLink } from "./convert";
import { stalePlaces, type LensMemory } from "./lens-memory";
import { ofDocument, ofPlace, ofRange } from "./params";
import { toEditorStretches } from "./places";
import type { DscoCommands, DscoRequests, ExplainParams } from "./protocol";
import { guarded } from "./requests";
import { editorUri, type Session } from "./session";
import { figureOptions } from "./settings";
import { toInternal } from "./uris";

/** What a lens carries until it is shown. */
interface LensData extends ExplainParams {
  /** The plan whose figures it shows, where that is not `declaration`. */
  readonly user?: string | undefined;
  readonly version: number;
}

/** Registers every feature: each handler asks `ide/` and puts the answer into the protocol's words. */
export function registerFeatures(session: Session, lenses: LensMemory): void {
  const { connection } = session;
  const settingsOf = (uri: string) => session.settings().of(editorUri(session, uri));

  connection.onHover(guarded(session, "the hover", ofPlace, async ({ position }: HoverParams, { uri, workspace, token }): Promise<Hover | null> => {
    const explanationOf = session.client().runsCommands ? explanationLink(session) : undefined;
    const found = hover(workspace, uri, position, { ...figureOptions(await settingsOf(uri)), explanationOf }, token);
    if (!found) return null;
    const { contents, range } = found;
    return { contents: session.client().rendersMarkdown ? { kind: MarkupKind.Markdown, value: contents } : { kind: MarkupKind.PlainText, value: withoutMarkdown(contents) }, range };
  }));

  connection.onCompletion(guarded(session, "completion", ofPlace, ({ position }: CompletionParams, { uri, workspace }) =>
    completion(workspace, uri, position).map((item) => toCompletionItem(item, session.client()))));

  connection.onDefinition(guarded(session, "the definition", ofPlace, ({ position }: DefinitionParams, { uri, workspace }): Location | LocationLink[] | null => {
    const found = definition(workspace, uri, position);
    if (!found) return null;
    const link = toLocationLink(found, (address) => editorUri(session, address));
    return session.client().takesDefinitionLinks ? [link] : { uri: link.targetUri, range: link.targetSelectionRange };
  }));

  connection.onDocumentSymbol(guarded(session, "the outline", ofDocument, ({ textDocument }, { uri, workspace }) => {
    const symbols = documentSymbols(workspace, uri).map(toDocumentSymbol);
    if (session.client().takesNestedSymbols) return symbols;
    return symbols.map(({ name, kind, range }) => ({ name, kind, location: { uri: textDocument.uri, range } }));
  }));

  connection.onFoldingRanges(guarded(session, "folding", ofDocument, (_, { uri, workspace }) => foldingRanges(workspace, uri).map(toFoldingRange)));

  connection.onDocumentFormatting(guarded(session, "formatting", ofDocument, (_, { uri, workspace }) => [...formatting(workspace, uri)]));

  connection.onCodeAction(guarded(session, "quick fixes", ofRange, ({ textDocument, range, context }: CodeActionParams, { uri, workspace, token }) => {
    const isWanted = context.only === undefined || context.only.some((kind) => kind === "" || kind === CodeActionKind.QuickFix);
    if (!isWanted || !session.client().takesCodeActionLiterals) return [];
    return quickFixes(workspace, uri, range, token).map((fix) => ({
      title: fix.title,
      kind: CodeActionKind.QuickFix,
      isPreferred: fix.preferred,
      diagnostics: context.diagnostics.filter((diagnostic) => diagnostic.code === fix.fixes.code && sameRange(diagnostic.range, fix.fixes.range)),
      edit: { changes: { [textDocument.uri]: [...fix.edits] } },
    }));
  }));

  connection.languages.semanticTokens.on(guarded(session, "semantic tokens", ofDocument, (_, { uri, workspace, token }) =>
    encode(toEditorStretches(session, workspace, uri, semanticTokens(workspace, uri, token)))));
  connection.languages.semanticTokens.onRange(guarded(session, "semantic tokens", ofRange, ({ range }: SemanticTokensRangeParams, { uri, workspace, token }) => {
    const lines = fileScope(workspace, uri)?.source.lines;
    const wanted = lines && { start: lines.offset(range.start), end: lines.offset(range.end) };
    return encode(wanted ? toEditorStretches(session, workspace, uri, semanticTokens(workspace, uri, token, wanted)) : []);
  }));

  connection.languages.inlayHint.on(guarded(session, "inlay hints", ofRange, async ({ range }: InlayHintParams, { uri, workspace, token }): Promise<InlayHint[]> => {
    const { inlayHints: { enabled } } = await settingsOf(uri);
    if (!enabled) return [];
    return inlayHints(workspace, uri, range, token).map(({ position, label, tooltip }) => ({
      position, label, kind: InlayHintKind.Parameter, paddingLeft: true, tooltip: { kind: MarkupKind.Markdown, value: tooltip },
    }));
  }));

  registerLenses(session, lenses);
  registerDscoRequests(session);
}

/** A link that runs `dsco.showExplanation`. Parentheses would end it. */
const explanationLink = (session: Session) => ({ file, name }: BoundDeclaration, metric: string): string => {
  const args: DscoCommands["dsco.showExplanation"] = [{ uri: editorUri(session, file.uri), declaration: name, metric }];
  return `command:dsco.showExplanation?${encodeURIComponent(JSON.stringify(args)).replace(/\(/g, "%28").replace(/\)/g, "%29")}`;
};

/** A page leads into files of the editor; it cannot open the standard library's. */
const lineLink = (session: Session): PlaceLink => (uri, line) => {
  const address = editorUri(session, uri);
  return address.startsWith("file:") ? `${address.replace(/\(/g, "%28").replace(/\)/g, "%29")}#L${line}` : undefined;
};

function registerLenses(session: Session, memory: LensMemory): void {
  const { connection } = session;
  const settingsOf = (uri: string) => session.settings().of(editorUri(session, uri));

  connection.onCodeLens(guarded(session, "the lenses", ofDocument, async ({ textDocument }, { uri, workspace }): Promise<CodeLens[]> => {
    const settings = await settingsOf(uri);
    const { codeLens: { enabled } } = settings;
    const source = fileScope(workspace, uri)?.source;
    if (!enabled || !source) return [];
    const version = session.documents.get(uri)?.version ?? 0;
    const lenses = codeLenses(workspace, uri, figureOptions(settings), (lens) => memory.remembers(uri, lens));
    const placed = memory.placed(uri, source.text, lenses, source.parsed.errors.length > 0);
    const figures = placed.map(({ range, declaration, user, metric }) => {
      const data: LensData = { uri: textDocument.uri, declaration, user, metric, version };
      return { range, data };
    });
    // without a command an editor shows a lens as plain text
    return [...figures, ...stalePlaces(placed).map(({ range }) => ({ range, command: { title: "before the last edit", command: "" } }))];
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
    const args: DscoCommands["dsco.showExplanation"] = [{ uri: data.uri, declaration: user ?? declaration, metric }];
    return { range: lens.range, command: { title, command: "dsco.showExplanation", arguments: [...args] } };
  }));
}

function lensData({ data }: CodeLens): LensData | undefined {
  const value = data as Partial<LensData> | null | undefined;
  return typeof value?.uri === "string" && typeof value.declaration === "string" && typeof value.metric === "string" && typeof value.version === "number" &&
    (value.user === undefined || typeof value.user === "string")
    ? (value as LensData) : undefined;
}

function registerDscoRequests(session: Session): void {
  const { connection } = session;
  const sourceText = guarded<DscoRequests["dsco/sourceText"]["params"], DscoRequests["dsco/sourceText"]["result"]>(
    session, "the standard library", ({ uri }) => uri, (_, { uri, workspace }) => {
      const source = uri.startsWith("std:") ? fileScope(workspace, uri)?.source : undefined;
      return source ? { text: source.text } : null;
    });
  connection.onRequest("dsco/sourceText", sourceText);

  const explain = guarded<ExplainParams, DscoRequests["dsco/explain"]["result"]>(
    session, "an explanation", ({ uri }) => uri, async ({ declaration, metric }, { uri, workspace }) => {
      const scope = fileScope(workspace, uri);
      const symbol = scope && resolveSymbol(workspace, scope, declaration);
      if (symbol?.kind !== "declaration") return null;
      const file = fileScope(workspace, symbol.uri);
      const bound = file && bindDeclaration(workspace, symbol.node, file);
      const settings = await session.settings().of(editorUri(session, toInternal(uri)));
      const markdown = bound && explainMarkdown(workspace, bound, metric, figureOptions(settings), lineLink(session));
      return markdown === undefined ? null : { markdown };
    });
  connection.onRequest("dsco/explain", explain);

  const importAnswer = guarded<DscoRequests["dsco/importConfig"]["params"], DscoRequests["dsco/importConfig"]["result"]>(
    session, "the import", () => "import:config", ({ text, path }) => {
      const result = importConfig(text, { fallbackName: path === undefined ? undefined : nameOfPath(path) });
      const lines = createLineIndex(text);
      return {
        model: result.kind === "imported" ? result.text : null,
        remarks: result.remarks.map(({ severity, message, offset }) => ({ severity, message, ...lines.position(offset) })),
      };
    });
  connection.onRequest("dsco/importConfig", importAnswer);
}

function encode(tokens: readonly SemanticToken[]): SemanticTokens {
  const builder = new SemanticTokensBuilder();
  for (const { line, character, length, type, modifiers } of tokens) {
    const bits = modifiers.reduce((sum, modifier) => sum | (1 << tokenModifiers.indexOf(modifier)), 0);
    builder.push(line, character, length, tokenTypes.indexOf(type), bits);
  }
  return builder.build();
}

const sameRange = (left: Range, right: Range): boolean =>
  left.start.line === right.start.line && left.start.character === right.start.character &&
  left.end.line === right.end.line && left.end.character === right.end.character;

/** For an editor that shows plain text: the marks go, the words stay. */
const withoutMarkdown = (markdown: string): string =>
  markdown.replace(/\\([\\`*_{}[\]()#+\-.!|<>~&])/g, "$1").replace(/\*\*|`/g, "");
