import {
  CompletionItemKind, DiagnosticSeverity, DiagnosticTag, FoldingRangeKind, InsertTextFormat, MarkupKind, SymbolKind, type CompletionItem, type Diagnostic, type DocumentSymbol, type FoldingRange,
  type LocationLink, type MarkupContent, type ParameterInformation, type SignatureHelp,
} from "vscode-languageserver";
import type { Completion, CompletionKind, CompletionMore, DefinitionLink, FileDiagnostic, FoldedLines, OutlineKind, OutlineSymbol, Signature } from "../ide";
import type { ClientTraits } from "./client-traits";

// From the plain data of `ide/` to the protocol's.

/** Spells an address as the editor does; `undefined` for what it cannot open. */
export type UriOf = (uri: string) => string | undefined;

const severities = {
  error: DiagnosticSeverity.Error, warning: DiagnosticSeverity.Warning, information: DiagnosticSeverity.Information, hint: DiagnosticSeverity.Hint,
} as const;

export function toDiagnostic(diagnostic: FileDiagnostic, uriOf: UriOf): Diagnostic {
  const { range, severity, code, documentationUrl, message, unnecessary } = diagnostic;
  const related = diagnostic.related.flatMap((entry) => {
    const uri = uriOf(entry.uri);
    return uri === undefined ? [] : [{ location: { uri, range: entry.range }, message: entry.message }];
  });
  return {
    range, severity: severities[severity], code, codeDescription: { href: documentationUrl }, source: "dsco", message,
    ...(unnecessary ? { tags: [DiagnosticTag.Unnecessary] } : {}),
    ...(related.length > 0 ? { relatedInformation: related } : {}),
  };
}

export const symbolKinds: Readonly<Record<OutlineKind, SymbolKind>> = {
  model: SymbolKind.Class, gpu: SymbolKind.Class, nic: SymbolKind.Class, hardware: SymbolKind.Class, parallelism: SymbolKind.Class,
  workload: SymbolKind.Class, plan: SymbolKind.Class, service: SymbolKind.Class, sweep: SymbolKind.Class, routing: SymbolKind.Class,
  operator: SymbolKind.Class, let: SymbolKind.Constant, block: SymbolKind.Struct, property: SymbolKind.Property,
  require: SymbolKind.Event, measured: SymbolKind.Event, where: SymbolKind.Event, maximize: SymbolKind.Event, minimize: SymbolKind.Event,
};

export const toDocumentSymbol = ({ name, detail, kind, range, selectionRange, children }: OutlineSymbol): DocumentSymbol => ({
  name, detail, kind: symbolKinds[kind], range, selectionRange, children: children.map(toDocumentSymbol),
});

export const toFoldingRange = ({ startLine, endLine, kind }: FoldedLines): FoldingRange => ({
  startLine, endLine, ...(kind === undefined ? {} : { kind: kind === "comment" ? FoldingRangeKind.Comment : FoldingRangeKind.Imports }),
});

export const toLocationLink = ({ originRange, range, selectionRange }: DefinitionLink, targetUri: string): LocationLink => ({
  originSelectionRange: originRange, targetUri, targetRange: range, targetSelectionRange: selectionRange,
});

const completionKinds: Readonly<Record<CompletionKind, CompletionItemKind>> = {
  keyword: CompletionItemKind.Keyword, property: CompletionItemKind.Property, block: CompletionItemKind.Struct, kind: CompletionItemKind.TypeParameter,
  word: CompletionItemKind.EnumMember, unit: CompletionItemKind.Unit, metric: CompletionItemKind.Method, function: CompletionItemKind.Function,
  declaration: CompletionItemKind.Class, constant: CompletionItemKind.Constant, file: CompletionItemKind.File, statement: CompletionItemKind.Keyword,
};

/** `data`: by which the editor asks for the rest of an entry; left out, everything that costs nothing is sent at once. */
export function toCompletionItem(item: Completion, index: number, client: CompletionTraits, data: CompletionData): CompletionItem {
  const { label, kind, detail, origin, newText, snippet, range, replaceRange, rank, leadsToWords, additionalEdits } = item;
  const usesSnippet = client.takesSnippets && snippet !== undefined;
  const text = usesSnippet ? snippet : newText;
  const beside = origin === undefined ? detail : [detail, origin].filter((part) => part !== "").join(", ");
  return {
    label, kind: completionKinds[kind], sortText: `${rank}${String(index).padStart(4, "0")}`,
    textEdit: client.takesInsertReplace ? { newText: text, insert: range, replace: replaceRange } : { newText: text, range },
    insertTextFormat: usesSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    ...(leadsToWords && client.runsCommands ? { command: { title: "Offer the words", command: "editor.action.triggerSuggest" } } : {}),
    ...(beside === "" ? {} : { detail: beside }),
    ...(origin !== undefined && client.takesLabelDetails ? { labelDetails: { description: origin } } : {}),
    ...(additionalEdits.length === 0 ? {} : { additionalTextEdits: [...additionalEdits] }),
    data,
  };
}

/** What an editor must be able to do for the richer parts of an entry. */
type CompletionTraits = Pick<ClientTraits, "takesSnippets" | "takesInsertReplace" | "takesLabelDetails" | "runsCommands">;

/** By which an entry is found again when a reader looks at it. */
export interface CompletionData {
  readonly list: number;
  readonly index: number;
}

/** The entry with what is computed only when a reader looks at it. */
export function withMore(item: CompletionItem, { detail, documentation }: CompletionMore, client: Pick<ClientTraits, "completionMarkdown">): CompletionItem {
  return {
    ...item,
    ...(detail === undefined ? {} : { detail }),
    ...(documentation === undefined ? {} : { documentation: toMarkup(documentation, client.completionMarkdown) }),
  };
}

/** `takesLabelOffsets`: a parameter is named by its place in the label, else by its text. */
export function toSignatureHelp({ label, documentation, parameters, activeParameter }: Signature, client: Pick<ClientTraits, "takesLabelOffsets" | "signatureMarkdown">): SignatureHelp {
  let at = label.indexOf("(") + 1;
  const labels = parameters.map((parameter): ParameterInformation => {
    const start = at;
    at = start + parameter.label.length + ", ".length;
    return {
      label: client.takesLabelOffsets ? [start, start + parameter.label.length] : parameter.label,
      documentation: toMarkup(parameter.documentation, client.signatureMarkdown),
    };
  });
  return { signatures: [{ label, documentation: toMarkup(documentation, client.signatureMarkdown), parameters: labels }], activeSignature: 0, activeParameter };
}

/** Markdown for an editor that shows it, plain words for one that does not. */
export const toMarkup = (markdown: string, rendersMarkdown: boolean): MarkupContent =>
  (rendersMarkdown ? { kind: MarkupKind.Markdown, value: markdown } : { kind: MarkupKind.PlainText, value: withoutMarkdown(markdown) });

/** For an editor that shows plain text: the marks go, the words stay. */
const withoutMarkdown = (markdown: string): string =>
  markdown.replace(/\[([^\]]+)\]\([^)\s]+\)/g, "$1").replace(/\\([\\`*_{}[\]()#+\-.!|<>~&])/g, "$1").replace(/\*\*|`/g, "");
