/** Diagnostics of a file and the fixes that were proved. */
export { allRuleProblems, Cancelled, checkFile, type Cancellation } from "./check";
export { applyEdits, provedFixes, type ProvedFix } from "./prove";
export { diagnosticEntries, rules } from "./registry";
