import {
  DocumentHighlightKind, LSPErrorCodes, ResponseError, type DefinitionParams, type DocumentHighlight, type DocumentLink, type DocumentSymbol, type Location, type LocationLink,
  type PrepareRenameParams, type ReferenceParams, type RenameFilesParams, type RenameParams, type SelectionRange, type SelectionRangeParams,
  type ServerCapabilities, type SymbolInformation, type WorkspaceEdit, type WorkspaceSymbolParams,
} from "vscode-languageserver";
import {
  declaredSymbols, definition, documentLinks, eachSymbol, highlights, importEditsAfterMove, mayDeclare, prepareRename, references, rename, selectionRanges,
  type FileEdits,
} from "../ide";
import { Cancelled } from "../rules";
import type { ClientTraits } from "./client-traits";
import { symbolKinds, toDocumentSymbol, toLocationLink } from "./convert";
import { ofMovedFiles, ofNewName, ofPlaces, ofQuery, ofReferences } from "./params";
import { guardedProject } from "./project";
import { guarded, ofDocument, ofPlace } from "./requests";
import { editorUri, openableUri, type Session } from "./session";
import { toInternal } from "./uris";

/** What an editor is told of these features. */
export const navigationCapabilities = (client: ClientTraits): ServerCapabilities => ({
  definitionProvider: true,
  referencesProvider: true,
  documentHighlightProvider: true,
  renameProvider: client.preparesRename ? { prepareProvider: true } : true,
  documentSymbolProvider: true,
  workspaceSymbolProvider: true,
  documentLinkProvider: {},
  selectionRangeProvider: true,
});

/** A folder is asked about too: the files in it get other addresses. */
export const fileCapabilities = (client: ClientTraits): NonNullable<ServerCapabilities["workspace"]> => (client.asksBeforeFileRename ? {
  fileOperations: { willRename: { filters: [{ pattern: { glob: "**/*.dsco", matches: "file" } }, { pattern: { glob: "**", matches: "folder" } }] } },
} : {});

/** Where names lead and where they stand, in one file and in all. */
export function registerNavigationFeatures(session: Session): void {
  registerNames(session);
  registerRenaming(session);
  registerSymbols(session);
  registerStructure(session);
}

function registerNames(session: Session): void {
  const { connection } = session;
  connection.onDefinition(guarded(session, "the definition", ofPlace, ({ position }: DefinitionParams, { uri, workspace }): Location | LocationLink[] | null => {
    const found = definition(workspace, uri, position);
    const target = found && openableUri(session, found.uri);
    if (!found || target === undefined) return null;
    const link = toLocationLink(found, target);
    return session.client().takesDefinitionLinks ? [link] : { uri: link.targetUri, range: link.targetSelectionRange };
  }));

  connection.onReferences(guardedProject(session, "the references", ofReferences, ({ position, context }: ReferenceParams, { uri, workspace }, project): Location[] | null => {
    const found = references(workspace, uri, position, project);
    return found?.filter(({ isDeclaration }) => context.includeDeclaration || !isDeclaration).flatMap(({ uri: at, range }) => {
      const place = openableUri(session, at);
      return place === undefined ? [] : [{ uri: place, range }];
    }) ?? null;
  }));

  // Where no name stands, the editor marks the word by itself.
  connection.onDocumentHighlight(guarded(session, "the highlights", ofPlace, ({ position }, { uri, workspace }): DocumentHighlight[] | null =>
    highlights(workspace, uri, position)?.map(({ range, isDeclaration }) => ({
      range, kind: isDeclaration ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
    })) ?? null));
}

function registerRenaming(session: Session): void {
  const { connection } = session;

  connection.onPrepareRename(guarded(session, "the name to change", ofPlace, ({ position }: PrepareRenameParams, { uri, workspace }) => {
    const found = prepareRename(workspace, uri, position);
    if (found.kind === "refused") throw notPossible(found.reason);
    return { range: found.range, placeholder: found.name };
  }));

  connection.onRenameRequest(guardedProject(session, "renaming", ofNewName, ({ position, newName }: RenameParams, { uri, workspace }, project): WorkspaceEdit => {
    const found = rename(workspace, uri, position, newName, project);
    if (found.kind === "refused") throw notPossible(found.reason);
    return workspaceEdit(session, found.files);
  }));

  connection.workspace.onWillRenameFiles(guardedProject(session, "renaming a file", ofMovedFiles, ({ files }: RenameFilesParams, { workspace }, project): WorkspaceEdit | null => {
    const moved = files.map(({ oldUri, newUri }) => ({ from: toInternal(oldUri), to: toInternal(newUri) }));
    const edits = importEditsAfterMove(workspace, moved, project);
    return edits.length === 0 ? null : workspaceEdit(session, edits);
  }));
}

/** An editor shows the reason to the user. */
const notPossible = (reason: string): ResponseError<void> => new ResponseError(LSPErrorCodes.RequestFailed, reason);

/** Edits of several files, with the version of each open one where the editor takes it: it then refuses those that come too late. */
function workspaceEdit(session: Session, files: readonly FileEdits[]): WorkspaceEdit {
  if (!session.client().takesDocumentChanges) return { changes: Object.fromEntries(files.map(({ uri, edits }) => [editorUri(session, uri), [...edits]])) };
  return {
    documentChanges: files.map(({ uri, edits }) => ({
      textDocument: { uri: editorUri(session, uri), version: session.documents.get(uri)?.version ?? null }, edits: [...edits],
    })),
  };
}

/** Declarations whose figures are computed before messages are let in again. */
const symbolsAtOnce = 8;

/** More than a reader looks through; a longer query finds the others. */
const mostSymbols = 256;

function registerSymbols(session: Session): void {
  const { connection } = session;

  connection.onDocumentSymbol(guarded(session, "the outline", ofDocument, async ({ textDocument }, { uri, workspace, token }) => {
    const symbols: DocumentSymbol[] = [];
    for (const symbol of eachSymbol(workspace, uri)) {
      symbols.push(toDocumentSymbol(symbol));
      if (symbols.length % symbolsAtOnce === 0) await session.host.letMessagesIn();
      if (token.isCancellationRequested) throw new Cancelled();
    }
    if (session.client().takesNestedSymbols) return symbols;
    return symbols.map(({ name, kind, range }) => ({ name, kind, location: { uri: textDocument.uri, range } }));
  }));

  connection.onWorkspaceSymbol(guardedProject(session, "the symbols of the workspace", ofQuery, async ({ query }: WorkspaceSymbolParams, { workspace, token }, { uris, textOf }) => {
    const found: SymbolInformation[] = [];
    for (const uri of uris) {
      if (found.length >= mostSymbols) break;
      if (uri.startsWith("std:") || !mayDeclare(textOf(uri) ?? "", query)) continue;
      await session.host.letMessagesIn();
      if (token.isCancellationRequested) throw new Cancelled();
      for (const { name, kind, detail, range } of declaredSymbols(workspace, uri, query)) {
        found.push({ name, kind: symbolKinds[kind], containerName: detail, location: { uri: editorUri(session, uri), range } });
      }
    }
    return found.slice(0, mostSymbols);
  }));
}

function registerStructure(session: Session): void {
  const { connection } = session;

  connection.onDocumentLinks(guarded(session, "the links", ofDocument, (_, { uri, workspace }): DocumentLink[] => {
    const { showsLinkTooltips } = session.client();
    return documentLinks(workspace, uri).flatMap(({ range, target, isFile, tooltip }): DocumentLink[] => {
      const place = isFile ? openableUri(session, target) : target;
      return place === undefined ? [] : [{ range, target: place, ...(showsLinkTooltips ? { tooltip } : {}) }];
    });
  }));

  connection.onSelectionRanges(guarded(session, "the selection", ofPlaces, ({ positions }: SelectionRangeParams, { uri, workspace }): SelectionRange[] =>
    [...selectionRanges(workspace, uri, positions)]));
}
