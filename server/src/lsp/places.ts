import { fileScope, type Position, type Workspace } from "../core";
import { convertPlaces, fromBytes, toBytes, type TextOf } from "./positions";
import type { Session } from "./session";
import { toInternal } from "./uris";

// The workspace counts columns in UTF-16. Where an editor counts bytes, every message passes here on its way in and out:
// requests in `guarded`, pushed diagnostics and semantic tokens, which are numbers, where they are made.

/** A file that shows a part of the standard library is no file of the workspace. */
const textsOf = ({ libraryFiles, documents }: Session, workspace: Workspace): TextOf => (uri) => {
  const address = toInternal(uri);
  return fileScope(workspace, documents.get(address) ? address : (libraryFiles.addressOf(uri) ?? address))?.source;
};

const countsBytes = (session: Session): boolean => session.client().positionEncoding === "utf-8";

/** What an editor has sent about a document, with places as the workspace counts them. */
export function fromEditor<Message>(session: Session, workspace: Workspace, editorUri: string, message: Message): Message {
  return countsBytes(session) ? convertPlaces(message, editorUri, textsOf(session, workspace), fromBytes) : message;
}

/** What an editor is told about a document, with places as it counts them. */
export function toEditorPlaces<Message>(session: Session, workspace: Workspace, editorUri: string, message: Message): Message {
  return countsBytes(session) ? convertPlaces(message, editorUri, textsOf(session, workspace), toBytes()) : message;
}

interface Stretch extends Position {
  readonly length: number;
}

/** Stretches of one line each, in order, with column and length as the editor counts them. */
export function toEditorStretches<Item extends Stretch>(session: Session, workspace: Workspace, uri: string, items: readonly Item[]): readonly Item[] {
  const source = countsBytes(session) ? fileScope(workspace, uri)?.source : undefined;
  if (!source) return items;
  const convert = toBytes();
  return items.map((item) => {
    const { character } = convert(source, item);
    return { ...item, character, length: convert(source, { line: item.line, character: item.character + item.length }).character - character };
  });
}
