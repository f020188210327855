import type { ClientCapabilities } from "vscode-languageserver";
import { positionEncodingFor, type PositionEncoding } from "./positions";
import type { DscoInitialization } from "./protocol";

/** What the editor on the other side can do, as far as answers depend on it. */
export interface ClientTraits {
  /** How columns are counted in every message, both ways. */
  readonly positionEncoding: PositionEncoding;
  /** It asks for diagnostics: then none are pushed. */
  readonly pullsDiagnostics: boolean;
  readonly refreshesDiagnostics: boolean;
  readonly refreshesCodeLenses: boolean;
  readonly refreshesInlayHints: boolean;
  readonly answersConfiguration: boolean;
  readonly registersConfiguration: boolean;
  readonly registersFileWatchers: boolean;
  readonly hasWorkspaceFolders: boolean;
  readonly rendersMarkdown: boolean;
  readonly takesDefinitionLinks: boolean;
  readonly takesNestedSymbols: boolean;
  readonly takesCodeActionLiterals: boolean;
  readonly takesSnippets: boolean;
  readonly takesInsertReplace: boolean;
  readonly takesLabelDetails: boolean;
  /** It asks for the documentation of one entry when a reader looks at it. */
  readonly resolvesCompletion: boolean;
  readonly completionMarkdown: boolean;
  readonly takesLabelOffsets: boolean;
  readonly signatureMarkdown: boolean;
  /** It takes edits of several documents with the version of each. */
  readonly takesDocumentChanges: boolean;
  /** It asks what would be renamed before it asks for a name. */
  readonly preparesRename: boolean;
  readonly showsLinkTooltips: boolean;
  /** It asks for edits before it renames a file. */
  readonly asksBeforeFileRename: boolean;
  /** It has dsco's own commands: a link in a hover may run one. */
  readonly runsCommands: boolean;
  /** It hands out files that the server cannot see. */
  readonly readsFiles: boolean;
  /** It opens documents of the standard library by their own scheme. */
  readonly readsLibrary: boolean;
}

export function traitsOf({ general, textDocument, workspace }: ClientCapabilities, initialization?: unknown): ClientTraits {
  const { runsCommands, readsFiles, readsLibrary } = (initialization ?? {}) as Partial<DscoInitialization>;
  const item = textDocument?.completion?.completionItem;
  const signature = textDocument?.signatureHelp?.signatureInformation;
  return {
    positionEncoding: positionEncodingFor(general),
    pullsDiagnostics: textDocument?.diagnostic !== undefined,
    refreshesDiagnostics: workspace?.diagnostics?.refreshSupport ?? false,
    refreshesCodeLenses: workspace?.codeLens?.refreshSupport ?? false,
    refreshesInlayHints: workspace?.inlayHint?.refreshSupport ?? false,
    answersConfiguration: workspace?.configuration ?? false,
    registersConfiguration: workspace?.didChangeConfiguration?.dynamicRegistration ?? false,
    registersFileWatchers: workspace?.didChangeWatchedFiles?.dynamicRegistration ?? false,
    hasWorkspaceFolders: workspace?.workspaceFolders ?? false,
    rendersMarkdown: textDocument?.hover?.contentFormat?.includes("markdown") ?? true,
    takesDefinitionLinks: textDocument?.definition?.linkSupport ?? false,
    takesNestedSymbols: textDocument?.documentSymbol?.hierarchicalDocumentSymbolSupport ?? false,
    takesCodeActionLiterals: textDocument?.codeAction?.codeActionLiteralSupport !== undefined,
    takesSnippets: item?.snippetSupport ?? false,
    takesInsertReplace: item?.insertReplaceSupport ?? false,
    takesLabelDetails: item?.labelDetailsSupport ?? false,
    resolvesCompletion: item?.resolveSupport?.properties.includes("documentation") ?? false,
    takesLabelOffsets: signature?.parameterInformation?.labelOffsetSupport ?? false,
    signatureMarkdown: signature?.documentationFormat?.includes("markdown") ?? false,
    completionMarkdown: item?.documentationFormat?.includes("markdown") ?? false,
    takesDocumentChanges: workspace?.workspaceEdit?.documentChanges ?? false,
    preparesRename: textDocument?.rename?.prepareSupport ?? false,
    showsLinkTooltips: textDocument?.documentLink?.tooltipSupport ?? false,
    asksBeforeFileRename: workspace?.fileOperations?.willRename ?? false,
    runsCommands: runsCommands === true,
    readsFiles: readsFiles === true,
    readsLibrary: readsLibrary === true,
  };
}
