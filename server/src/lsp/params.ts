import { ErrorCodes, ResponseError, type TextDocumentContentChangeEvent } from "vscode-languageserver";
import type { Position, Range } from "../core";

/** What an editor must not have sent: an answer of its own, and no fault of the server. */
export const invalidParams = (what: string): ResponseError<void> => new ResponseError(ErrorCodes.InvalidParams, `The request names ${what}.`);

interface OfDocument {
  readonly textDocument: { readonly uri: string };
}

/** For `guarded`: the document of a request that needs nothing else of its parameters. */
export const ofDocument = ({ textDocument }: OfDocument): string => textDocument.uri;

/** For `guarded`: the document of a request about a place in it. Throws for parameters without one. */
export function ofPlace({ textDocument, position }: OfDocument & { readonly position: Position }): string {
  if (!isPosition(position)) throw invalidParams("no position");
  return textDocument.uri;
}

/** For `guarded`: the document of a request about several places in it. Throws for parameters without them. */
export function ofPlaces({ textDocument, positions }: OfDocument & { readonly positions: readonly Position[] }): string {
  if (!Array.isArray(positions) || !positions.every(isPosition)) throw invalidParams("no positions");
  return textDocument.uri;
}

/** For `guarded`: the document of a request about a part of it. Throws for parameters without one. */
export function ofRange({ textDocument, range }: OfDocument & { readonly range: Range }): string {
  if (!isRange(range)) throw invalidParams("no range");
  return textDocument.uri;
}

/** For `guarded`: the document of a request for what can be done about a part of it. Throws for parameters without one. */
export function ofActions({ context, ...params }: OfDocument & { readonly range: Range; readonly context: { readonly only?: readonly string[]; readonly diagnostics: readonly unknown[] } }): string {
  const isReadable = isRecord(context) && (context.only === undefined || Array.isArray(context.only)) &&
    Array.isArray(context.diagnostics) && context.diagnostics.every((diagnostic) => isRecord(diagnostic) && isRange(diagnostic["range"]));
  if (!isReadable) throw invalidParams("no context");
  return ofRange(params);
}

/** For `guarded`: a request for the references of a name. Throws for parameters that do not say which. */
export function ofReferences(params: OfDocument & { readonly position: Position; readonly context: { readonly includeDeclaration: boolean } }): string {
  const { context }: { readonly context: unknown } = params;
  if (!isRecord(context) || typeof context["includeDeclaration"] !== "boolean") throw invalidParams("no context");
  return ofPlace(params);
}

/** For `guarded`: a request for a new name. Throws for parameters without one. */
export function ofNewName(params: OfDocument & { readonly position: Position; readonly newName: string }): string {
  if (typeof params.newName !== "string") throw invalidParams("no new name");
  return ofPlace(params);
}

/** For `guarded`: a request about files that get other addresses, which is about no document. Throws for parameters without them. */
export function ofMovedFiles({ files }: { readonly files: readonly { readonly oldUri: string; readonly newUri: string }[] }): string {
  const isMoved = (file: unknown) => isRecord(file) && typeof file["oldUri"] === "string" && typeof file["newUri"] === "string";
  if (!Array.isArray(files) || !files.every(isMoved)) throw invalidParams("no files");
  return noDocument;
}

/** For `guarded`: the request is about the whole workspace. */
export function ofQuery({ query }: { readonly query: string }): string {
  if (typeof query !== "string") throw invalidParams("no query");
  return noDocument;
}

/** For `guarded`: a request for the diagnostics of all files. Throws for parameters that do not say what the editor has. */
export function ofAllFiles({ previousResultIds }: { readonly previousResultIds: readonly { readonly uri: string; readonly value: string }[] }): string {
  const isResult = (result: unknown) => isRecord(result) && typeof result["uri"] === "string" && typeof result["value"] === "string";
  if (!Array.isArray(previousResultIds) || !previousResultIds.every(isResult)) throw invalidParams("no results");
  return noDocument;
}

const noDocument = "workspace:";

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null;

/** The protocol's `uinteger`. */
const isCount = (value: unknown): boolean => typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 2 ** 31;

const isPosition = (value: unknown): value is Position => isRecord(value) && isCount(value["line"]) && isCount(value["character"]);
const isRange = (value: unknown): value is Range => isRecord(value) && isPosition(value["start"]) && isPosition(value["end"]);

/** A change of a text, as `textDocument/didChange` lists them. */
const isChange = (value: unknown): value is TextDocumentContentChangeEvent =>
  isRecord(value) && typeof value["text"] === "string" && (value["range"] === undefined || isRange(value["range"]));

const documentIn = (params: unknown): Readonly<Record<string, unknown>> | undefined =>
  isRecord(params) && isRecord(params["textDocument"]) && typeof params["textDocument"]["uri"] === "string" ? params["textDocument"] : undefined;

/** For `guardedNotification`: it names a document. */
export const isOfDocument = (params: unknown): boolean => documentIn(params) !== undefined;

/** For `guardedNotification`: a document with its text. */
export function isOpening(params: unknown): boolean {
  const document = documentIn(params);
  return typeof document?.["text"] === "string" && typeof document["version"] === "number";
}

/** For `guardedNotification`: a document with changes of which each can be applied. */
export function isChangeOfDocument(params: unknown): boolean {
  const changes = isRecord(params) ? params["contentChanges"] : undefined;
  return typeof documentIn(params)?.["version"] === "number" && Array.isArray(changes) && changes.every(isChange);
}

/** For `guardedNotification`: addresses of files. */
export function isChangeOfFiles(params: unknown): boolean {
  const changes = isRecord(params) ? params["changes"] : undefined;
  return Array.isArray(changes) && changes.every((change) => isRecord(change) && typeof change["uri"] === "string");
}
