import type { GeneralClientCapabilities } from "vscode-languageserver";
import type { LineIndex, Position } from "../core";
import { invalidParams } from "./params";

/** How an editor counts the columns of a line. The workspace counts in UTF-16 throughout. */
export type PositionEncoding = "utf-8" | "utf-16";

/** The first of the editor's own encodings that the server speaks; UTF-16 where it names none, as the protocol asks. */
export function positionEncodingFor(general: GeneralClientCapabilities | undefined): PositionEncoding {
  const named: unknown = general?.positionEncodings;
  const known = Array.isArray(named) ? named.find((encoding): encoding is PositionEncoding => encoding === "utf-8" || encoding === "utf-16") : undefined;
  return known ?? "utf-16";
}

export interface TextWithLines {
  readonly text: string;
  readonly lines: LineIndex;
}

/** The text behind an address of the editor's; `undefined` where there is none: its places stay as they are. */
export type TextOf = (editorUri: string) => TextWithLines | undefined;

/** One of the editor's places, counted in bytes, for the workspace. Inside a character: before it. Beyond a line: its end. */
export function fromBytes({ text, lines }: TextWithLines, { line, character }: Position): Position {
  const start = lines.offset({ line, character: 0 });
  const end = lines.offset({ line, character: Infinity });
  let at = start;
  for (let bytes = 0; at < end;) {
    const [units, size] = measured(text, at);
    if ((bytes += size) > character) break;
    at += units;
  }
  return { line, character: at - start };
}

export type ConvertPlace = (text: TextWithLines, place: Position) => Position;

/** Turns places of the workspace into those of an editor that counts bytes. Places in order, as answers list them, cost one pass over a line. */
export function toBytes(): ConvertPlace {
  let last = { text: "", line: 0, character: 0, bytes: 0 };
  return ({ text, lines }, { line, character }) => {
    const isBehind = last.text === text && last.line === line && last.character <= character;
    const from = isBehind ? last : { character: 0, bytes: 0 };
    const start = lines.offset({ line, character: 0 });
    const bytes = from.bytes + byteLength(text, start + from.character, start + character);
    last = { text, line, character, bytes };
    return { line, character: bytes };
  };
}

/** Bytes of a part of a text in UTF-8; a lone surrogate counts as the replacement character that is written for it. */
export function byteLength(text: string, start: number, end: number): number {
  let bytes = 0;
  for (let at = start; at < Math.min(end, text.length);) {
    const [units, size] = measured(text, at);
    bytes += size;
    at += units;
  }
  return bytes;
}

/** Of the character at an offset: its UTF-16 units and its UTF-8 bytes. */
function measured(text: string, at: number): readonly [units: number, bytes: number] {
  const code = text.charCodeAt(at);
  if (code < 0x80) return [1, 1];
  if (code < 0x800) return [1, 2];
  return (text.codePointAt(at) ?? 0) > 0xffff ? [2, 4] : [1, 3];
}

/** More levels than any message needs: a chain of selections has one for each level of a file, which the grammar bounds. */
const deepestMessage = 2_000;

/**
 * The parameters or the answer of a request with every place in it converted. A place belongs to the document that the
 * nearest object around it names (`uri`, `textDocument`, `targetUri`, a key of `changes`), else to `editorUri`, the one
 * that the request is about. What the server keeps in a message for itself (`data`, `arguments`) comes back untouched and
 * stays untouched. Throws for a message of too many levels.
 */
export function convertPlaces<Message>(message: Message, editorUri: string, textOf: TextOf, convert: ConvertPlace): Message {
  // Loops: one frame of the stack a level.
  const walk = (value: unknown, uri: string, depth: number): unknown => {
    if (typeof value !== "object" || value === null) return value;
    if (depth > deepestMessage) throw invalidParams(`things inside things, more than ${deepestMessage} levels deep`);
    if (Array.isArray(value)) {
      const items: unknown[] = [];
      for (const item of value) items.push(walk(item, uri, depth + 1));
      return items;
    }
    const record = value as Readonly<Record<string, unknown>>;
    if (isPlace(record)) {
      const text = textOf(uri);
      return text ? { ...record, ...convert(text, record) } : record;
    }
    const own = documentOf(record) ?? uri;
    const { targetUri } = record;
    const entries: [string, unknown][] = [];
    for (const [key, child] of Object.entries(record)) {
      const isOfTarget = (key === "targetRange" || key === "targetSelectionRange") && typeof targetUri === "string";
      if (key === "data" || key === "arguments") entries.push([key, child]);
      else if (key === "changes" && isRecord(child)) entries.push([key, byDocument(child, depth + 1)]);
      else entries.push([key, walk(child, isOfTarget ? targetUri : own, depth + 1)]);
    }
    return Object.fromEntries(entries);
  };
  const byDocument = (changes: Readonly<Record<string, unknown>>, depth: number): unknown =>
    Object.fromEntries(Object.entries(changes).map(([uri, edits]) => [uri, walk(edits, uri, depth + 1)]));
  return walk(message, editorUri, 0) as Message;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null && !Array.isArray(value);

const isPlace = (value: Readonly<Record<string, unknown>>): value is Readonly<Record<string, unknown>> & Position =>
  typeof value["line"] === "number" && typeof value["character"] === "number";

function documentOf({ uri, textDocument }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof uri === "string") return uri;
  return isRecord(textDocument) && typeof textDocument["uri"] === "string" ? textDocument["uri"] : undefined;
}
