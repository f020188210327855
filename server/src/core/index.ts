/** Meaning: sources, names, values, schemas, diagnostics. No editor, no files, no clock. */
export * from "./source";
export * from "./workspace";
export type * from "./bound";
export * from "./values";
export * from "./schema";
export * from "./diagnostics";
export { bindDeclaration, importEdit, removeMember, replaceFix, startWithDocs } from "./bind";
export { checkedValue, evaluate, functionNames, functions, layerRangesOf, letValue, modulo, referenceAt, settledValue, type Scope } from "./evaluate";
export { blocksNamed, implicitBlock, type Reference } from "./reference";
export { evaluateAssertion, type AssertionResult } from "./assertions";
export { blockHeaderSpan, declarationProblems, headerSpan, nameProblems, syntaxProblems } from "./check";
export { namesIn } from "./names-in";
export { didYouMean, nearest } from "./suggest";
