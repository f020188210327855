/** Diagnostics of a file and the fixes that were proved. */
export { allRuleProblems, Cancelled, checkFile, type Cancellation } from "./check";
export { nextBestChanges } from "./plan/next-best";
export { applyEdits, harmless, provedFixes, type ProvedFix } from "./prove";
export { assertionsOf, formOf, requirementsOf, textOf, type ReadRequirement } from "./requirements/assertions";
export { diagnosticEntries, rules } from "./registry";
