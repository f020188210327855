import type { DeclarationKeyword } from "../../../../grammar/src";
import { declarationSchemas } from "../../core";

/** The kinds of declarations whose keys the language knows one by one. A sweep is a question about a plan, not a design. */
export const comparableKinds: readonly DeclarationKeyword[] = Object.values(declarationSchemas)
  .filter(({ keyword, block }) => !block.open && keyword !== "sweep").map(({ keyword }) => keyword);

export const isComparable = (keyword: DeclarationKeyword): boolean => comparableKinds.includes(keyword);
