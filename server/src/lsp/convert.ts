import {
  CompletionItemKind, DiagnosticSeverity, DiagnosticTag, FoldingRangeKind, InsertTextFormat, MarkupKind, SymbolKind, type CompletionItem, type Diagnostic, type DocumentSymbol, type FoldingRange, type LocationLink,
} from "vscode-languageserver";
import type { Completion, CompletionKind, DefinitionLink, FileDiagnostic, FoldedLines, OutlineKind, OutlineSymbol } from "../ide";
import type { ClientTraits } from "./client-traits";

/** From the plain data of `ide/` to the protocol's. `uriOf` spells an address as the editor does. */
export type UriOf = (uri: string) => string;

const severities = {
  error: DiagnosticSeverity.Error, warning: DiagnosticSeverity.Warning, information: DiagnosticSeverity.Information, hint: DiagnosticSeverity.Hint,
} as const;

export function toDiagnostic(diagnostic: FileDiagnostic, uriOf: UriOf): Diagnostic {
  const { range, severity, code, documentationUrl, message, unnecessary, related } = diagnostic;
  return {
    range, severity: severities[severity], code, codeDescription: { href: documentationUrl }, source: "dsco", message,
    ...(unnecessary ? { tags: [DiagnosticTag.Unnecessary] } : {}),
    ...(related.length > 0
      ? { relatedInformation: related.map((entry) => ({ location: { uri: uriOf(entry.uri), range: entry.range }, message: entry.message })) }
      : {}),
  };
}

const symbolKinds: Readonly<Record<OutlineKind, SymbolKind>> = {
  model: SymbolKind.Class, gpu: SymbolKind.Class, nic: SymbolKind.Class, hardware: SymbolKind.Class, parallelism: SymbolKind.Class,
  workload: SymbolKind.Class, plan: SymbolKind.Class, service: SymbolKind.Class, sweep: SymbolKind.Class, routing: SymbolKind.Class,
  operator: SymbolKind.Class, let: SymbolKind.Constant, block: SymbolKind.Struct, property: SymbolKind.Property,
  require: SymbolKind.Event, measured: SymbolKind.Event,
};

export const toDocumentSymbol = ({ name, detail, kind, range, selectionRange, children }: OutlineSymbol): DocumentSymbol => ({
  name, detail, kind: symbolKinds[kind], range, selectionRange, children: children.map(toDocumentSymbol),
});

export const toFoldingRange = ({ startLine, endLine, kind }: FoldedLines): FoldingRange => ({
  startLine, endLine, ...(kind === undefined ? {} : { kind: kind === "comment" ? FoldingRangeKind.Comment : FoldingRangeKind.Imports }),
});

export const toLocationLink = ({ originRange, uri, range, selectionRange }: DefinitionLink, uriOf: UriOf): LocationLink => ({
  originSelectionRange: originRange, targetUri: uriOf(uri), targetRange: range, targetSelectionRange: selectionRange,
});

const completionKinds: Readonly<Record<CompletionKind, CompletionItemKind>> = {
  keyword: CompletionItemKind.Keyword, property: CompletionItemKind.Property, block: CompletionItemKind.Struct, kind: CompletionItemKind.TypeParameter,
  word: CompletionItemKind.EnumMember, unit: CompletionItemKind.Unit, metric: CompletionItemKind.Method, function: CompletionItemKind.Function,
  declaration: CompletionItemKind.Class, constant: CompletionItemKind.Constant, file: CompletionItemKind.File, statement: CompletionItemKind.Keyword,
};

/** `takesSnippets`: the editor knows text with places to fill in; `runsCommands`: it is VS Code, which can offer the next words by itself. */
export function toCompletionItem(item: Completion, { takesSnippets, runsCommands }: Pick<ClientTraits, "takesSnippets" | "runsCommands">): CompletionItem {
  const { label, kind, detail, documentation, newText, snippet, range, rank, leadsToWords } = item;
  const usesSnippet = takesSnippets && snippet !== undefined;
  return {
    label, kind: completionKinds[kind], sortText: `${rank}${label}`,
    textEdit: { range, newText: usesSnippet ? snippet : newText },
    insertTextFormat: usesSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    ...(leadsToWords && runsCommands ? { command: { title: "Offer the words", command: "editor.action.triggerSuggest" } } : {}),
    ...(detail === "" ? {} : { detail }),
    ...(documentation === undefined ? {} : { documentation: { kind: MarkupKind.Markdown, value: documentation } }),
  };
}
