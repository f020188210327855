import type { TextDocumentContentChangeEvent } from "vscode-languageserver";
import { createLineIndex, createSource, type Position, type Source } from "../core";
import { fromBytes, type PositionEncoding } from "./positions";
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

/**
 * The open texts. An address here is that of the workspace (`toInternal`). An editor may hold one file under several
 * spellings of its address, each with versions of its own: the one that it changed last is the text.
 */
export interface Documents {
  readonly get: (uri: string) => OpenDocument | undefined;
  readonly all: () => Iterable<OpenDocument>;
  readonly open: (editorUri: string, version: number, text: string) => OpenDocument;
  /** `undefined` where the document is not open: the change belongs to nothing. */
  readonly change: (editorUri: string, version: number, changes: readonly TextDocumentContentChangeEvent[]) => OpenDocument | undefined;
  readonly close: (editorUri: string) => OpenDocument | undefined;
}

/** `encoding`: how the editor counts columns. */
export function createDocuments(encoding: () => PositionEncoding = () => "utf-16"): Documents {
  /** By address, then by the editor's spelling; the last one is the newest. */
  const byUri = new Map<string, Map<string, LazyDocument>>();

  const newest = (uri: string): LazyDocument | undefined => [...(byUri.get(uri)?.values() ?? [])].at(-1);

  const store = (editorUri: string, version: number, text: string): OpenDocument => {
    const uri = toInternal(editorUri);
    const document = lazyDocument(editorUri, uri, version, text, newest(uri)?.latestSource());
    const spellings = byUri.get(uri) ?? new Map<string, LazyDocument>();
    spellings.delete(editorUri);
    byUri.set(uri, spellings.set(editorUri, document));
    return document;
  };

  return {
    get: newest,
    all: () => [...byUri.keys()].flatMap((uri) => newest(uri) ?? []),
    open: store,
    change: (editorUri, version, changes) => {
      const before = byUri.get(toInternal(editorUri))?.get(editorUri);
      return before && store(editorUri, version, applyChanges(before.text, changes, encoding()));
    },
    close: (editorUri) => {
      const uri = toInternal(editorUri);
      const spellings = byUri.get(uri);
      const document = spellings?.get(editorUri);
      spellings?.delete(editorUri);
      if (spellings?.size === 0) byUri.delete(uri);
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
export function applyChanges(text: string, changes: readonly TextDocumentContentChangeEvent[], encoding: PositionEncoding = "utf-16"): string {
  return changes.reduce((current, change) => {
    if (!("range" in change) || change.range === undefined) return change.text;
    const lines = createLineIndex(current);
    const offset = (place: Position) => lines.offset(encoding === "utf-8" ? fromBytes({ text: current, lines }, place) : place);
    const start = offset(change.range.start);
    const end = Math.max(start, offset(change.range.end));
    return current.slice(0, start) + change.text + current.slice(end);
  }, text);
}
