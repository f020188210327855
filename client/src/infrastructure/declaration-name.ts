import type { DeclarationName } from "../../../server/src/lsp/protocol";

/** Whether a command was given a declaration: from a menu of the editor it is given something else, or nothing. */
export const isDeclarationName = (value: unknown): value is DeclarationName =>
  typeof value === "object" && value !== null && "uri" in value && typeof value.uri === "string" && "declaration" in value && typeof value.declaration === "string";
