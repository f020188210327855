import type { TextDocumentContentChangeEvent } from "vscode-languageserver";
import { createLineIndex, createSource, type Source } from "../core";
import { toInternal } from "./uris";

/** A document that the editor holds. */
export interface OpenDocument {
  /** As the editor spells it: answers name the document so. */
  readonly editorUri: string;
  readonly uri: string;
  readonly version: number;
  readonly text: string;
  /** The text with its tree; read when it is first asked for, from the tree of the version before. */
  readonly source: () => Source;
}

/** The open texts. An address here is that of the workspace (`toInternal`). */
export interface Documents {
  readonly get: (uri: string) => OpenDocument | undefined;
  readonly all: () => Iterable<OpenDocument>;
  readonly open: (editorUri: string, version: number, text: string) => OpenDocument;
  /** `undefined` where the document is not open: the change belongs to nothing. */
  readonly change: (editorUri: string, version: number, changes: readonly TextDocumentContentChangeEvent[]) => OpenDocument | undefined;
  readonly close: (editorUri: string) => OpenDocument | undefined;
}

export function createDocuments(): Documents {
  const byUri = new Map<string, LazyDocument>();

  const store = (editorUri: string, version: number, text: string): OpenDocument => {
    const uri = toInternal(editorUri);
    const document = lazyDocument(editorUri, uri, version, text, byUri.get(uri)?.latestSource());
    byUri.set(uri, document);
    return document;
  };

  return {
    get: (uri) => byUri.get(uri),
    all: () => byUri.values(),
    open: store,
    change: (editorUri, version, changes) => {
      const before = byUri.get(toInternal(editorUri));
      return before && store(editorUri, version, applyChanges(before.text, changes));
    },
    close: (editorUri) => {
      const uri = toInternal(editorUri);
      const document = byUri.get(uri);
      byUri.delete(uri);
      return document;
    },
  };
}

interface LazyDocument extends OpenDocument {
  /** The newest tree at or before this version: versions that nobody looked at are never read. */
  readonly latestSource: () => Source | undefined;
}

function lazyDocument(editorUri: string, uri: string, version: number, text: string, previous: Source | undefined): LazyDocument {
  let latest = previous;
  let isRead = false;
  const source = (): Source => {
    if (isRead && latest) return latest;
    isRead = true;
    return (latest = createSource(uri, text, version, latest));
  };
  return { editorUri, uri, version, text, source, latestSource: () => latest };
}

/** Applies the changes of one notification in order; each one's places are in the text that the one before left. */
export function applyChanges(text: string, changes: readonly TextDocumentContentChangeEvent[]): string {
  return changes.reduce((current, change) => {
    if (!("range" in change) || change.range === undefined) return change.text;
    const lines = createLineIndex(current);
    const start = lines.offset(change.range.start);
    const end = Math.max(start, lines.offset(change.range.end));
    return current.slice(0, start) + change.text + current.slice(end);
  }, text);
}
