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
export { sameTarget, textsOf, type Meaning, type Target } from "./meaning";
export { nameAt, namesOfFile, occurrencesIn, occurrencesOf, placesOf, type Occurrence, type PlacedName } from "./occurrences";
export { expressionsOf, type NameRole } from "./name-places";
export { standingOf, standingOfLet, type Standing } from "./standing";
export { readSweep, targetOf, type VariedKey, type Axis, type Choice, type Constraint, type Objective, type Space } from "./sweep";
export { didYouMean, nearest } from "./suggest";
