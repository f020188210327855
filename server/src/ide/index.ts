/** The editor's features: a workspace and a place in, plain data out. No editor, no files, no protocol library. */
export * from "./plain";
export { quickFixes, type QuickFix } from "./code-actions";
export { codeLenses, isLensMetric, lensText, type FigureLens, type LensMetric, type LensName, type LensText } from "./code-lens";
export { comparableDeclarations, type Comparable } from "./comparable";
export { compareMarkdown, type CompareMarkdownOptions } from "./compare-markdown";
export { completion, type Completion, type CompletionKind, type CompletionList, type CompletionMore, type CompletionOptions } from "./completion";
export { definition, type DefinitionLink } from "./definition";
export { diagnostics, type FileDiagnostic } from "./diagnostics";
export { explainMarkdown, type PlaceLink } from "./explain-markdown";
export { foldingRanges, type FoldedLines } from "./folding";
export { formatting } from "./formatting";
export { hover, type HoverOptions } from "./hover";
export { inlayHints, type InlayHint } from "./inlay-hints";
export { semanticTokens, tokenModifiers, tokenTypes, type SemanticToken, type TokenModifier, type TokenType } from "./semantic-tokens";
export { documentSymbols, type OutlineKind, type OutlineSymbol } from "./symbols";
