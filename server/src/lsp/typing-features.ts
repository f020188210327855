import {
  SemanticTokensBuilder, type CompletionItem, type CompletionList, type CompletionParams, type DocumentOnTypeFormattingParams, type DocumentRangeFormattingParams,
  type Hover, type HoverParams, type SemanticTokensDeltaParams, type SemanticTokensRangeParams, type SignatureHelp, type SignatureHelpParams,
} from "vscode-languageserver";
import { fileScope, type BoundDeclaration } from "../core";
import {
  completion, formatting, hover, rangeFormatting, semanticTokens, signatureHelp, tokenModifiers, tokenTypes, typedIndentation, type Completion, type SemanticToken,
} from "../ide";
import { toCompletionItem, toMarkup, toSignatureHelp, withMore, type CompletionData } from "./convert";
import { toEditorStretches } from "./places";
import type { DscoCommands } from "./protocol";
import { invalidParams, isRecord } from "./params";
import { guarded, ofDocument, ofPlace, ofRange } from "./requests";
import { editorUri, type Session } from "./session";
import { figureOptions } from "./settings";
import { createTokenMemory } from "./token-memory";

/** What an editor asks for with nearly every key: hover, completion, formatting, colours. */
export function registerTypingFeatures(session: Session): void {
  const { connection } = session;
  const settingsOf = (uri: string) => session.settings().of(editorUri(session, uri));

  connection.onHover(guarded(session, "the hover", ofPlace, async ({ position }: HoverParams, { uri, workspace, token }): Promise<Hover | null> => {
    const explanationOf = session.client().runsCommands ? explanationLink(session) : undefined;
    const found = hover(workspace, uri, position, { ...figureOptions(await settingsOf(uri)), explanationOf }, token);
    if (!found) return null;
    const { contents, range } = found;
    return { contents: toMarkup(contents, session.client().rendersMarkdown), range };
  }));

  registerCompletion(session);

  connection.onSignatureHelp(guarded(session, "the signature", ofPlace, ({ position }: SignatureHelpParams, { uri, workspace }): SignatureHelp | null => {
    const found = signatureHelp(workspace, uri, position);
    return found ? toSignatureHelp(found, session.client()) : null;
  }));

  connection.onDocumentFormatting(guarded(session, "formatting", ofDocument, (_, { uri, workspace }) => [...formatting(workspace, uri)]));
  connection.onDocumentRangeFormatting(guarded(session, "formatting", ofRange, ({ range }: DocumentRangeFormattingParams, { uri, workspace }) => [...rangeFormatting(workspace, uri, range)]));
  connection.onDocumentOnTypeFormatting(guarded(session, "indentation", ofPlace, ({ position, ch }: DocumentOnTypeFormattingParams, { uri, workspace }) =>
    [...typedIndentation(workspace, uri, position, ch)]));

  registerTokens(session);
}

function registerTokens(session: Session): void {
  const { connection } = session;
  const memory = createTokenMemory((uri) => session.documents.get(uri) !== undefined);

  connection.languages.semanticTokens.on(guarded(session, "semantic tokens", ofDocument, (_, { uri, workspace, token }) =>
    memory.whole(uri, encode(toEditorStretches(session, workspace, uri, semanticTokens(workspace, uri, token))))));
  connection.languages.semanticTokens.onDelta(guarded(session, "semantic tokens", ofDocument, ({ previousResultId }: SemanticTokensDeltaParams, { uri, workspace, token }) =>
    memory.since(uri, previousResultId, encode(toEditorStretches(session, workspace, uri, semanticTokens(workspace, uri, token))))));
  connection.languages.semanticTokens.onRange(guarded(session, "semantic tokens", ofRange, ({ range }: SemanticTokensRangeParams, { uri, workspace, token }) => {
    const lines = fileScope(workspace, uri)?.source.lines;
    const wanted = lines && { start: lines.offset(range.start), end: lines.offset(range.end) };
    return { data: [...encode(wanted ? toEditorStretches(session, workspace, uri, semanticTokens(workspace, uri, token, wanted)) : [])] };
  }));
}

/** Lists whose entries an editor may still ask about. */
const rememberedLists = 4;

/** Milliseconds: who types would rather have a list without the names of other files. */
const patienceForFiles = 200;

function registerCompletion(session: Session): void {
  const { connection } = session;
  const lists = new Map<number, readonly Completion[]>();
  let last = 0;

  connection.onCompletion(guarded(session, "completion", ofPlace, async ({ position, context }: CompletionParams, { uri, workspace }): Promise<CompletionList> => {
    const client = session.client();
    const { items, isIncomplete } = completion(workspace, uri, position, { files: await session.state.everyFile(patienceForFiles), textOf: session.state.textOf });
    const isPath = items.some(({ kind }) => kind === "file");
    if (!isPath && (context?.triggerCharacter === "/" || context?.triggerCharacter === ":")) return { isIncomplete: false, items: [] };
    const list = (last += 1);
    lists.set(list, items);
    lists.delete(list - rememberedLists);
    return {
      isIncomplete,
      items: items.map((item, index) => {
        const entry = toCompletionItem(item, index, client, { list, index });
        return client.resolvesCompletion ? entry : withMore(entry, { documentation: item.documentation }, client);
      }),
    };
  }));

  connection.onCompletionResolve(guarded(session, "an entry of completion", ofEntry, (item: CompletionItem) => {
    const { list, index } = (item.data ?? {}) as Partial<CompletionData>;
    const entry = list === undefined || index === undefined ? undefined : lists.get(list)?.[index];
    return entry ? withMore(item, { documentation: entry.documentation, ...entry.more?.() }, session.client()) : item;
  }));
}

/** For `guarded`: an entry names no document. Throws for what is no entry. */
function ofEntry(item: CompletionItem): string {
  if (!isRecord(item)) throw invalidParams("no entry");
  return "";
}

/** A link that runs `dsco.showExplanation`. Parentheses would end it. */
const explanationLink = (session: Session) => ({ file, name }: BoundDeclaration, metric: string): string => {
  const args: DscoCommands["dsco.showExplanation"] = [{ uri: editorUri(session, file.uri), declaration: name, metric }];
  return `command:dsco.showExplanation?${encodeURIComponent(JSON.stringify(args)).replace(/\(/g, "%28").replace(/\)/g, "%29")}`;
};

/** Five numbers a token, as the protocol wants them. */
function encode(tokens: readonly SemanticToken[]): readonly number[] {
  const builder = new SemanticTokensBuilder();
  for (const { line, character, length, type, modifiers } of tokens) {
    const bits = modifiers.reduce((sum, modifier) => sum | (1 << tokenModifiers.indexOf(modifier)), 0);
    builder.push(line, character, length, tokenTypes.indexOf(type), bits);
  }
  return builder.build().data;
}
