/** The one door of the room: text to tree, tree to text. Depends on chevrotain alone. */
export type * from "./ast";
export { declarationKeywords } from "./ast";
export { constantNames, contextualWords, functionNames, magnitudeSuffixes, precisionNames, statementWords } from "./tokens";
export { unitNames, type UnitName } from "./unit-names";
export { parse, type Chunk, type ParsedText } from "./parse";
export { print } from "./print";
