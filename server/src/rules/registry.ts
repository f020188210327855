import { names, syntaxDiagnostics, values, type DiagnosticEntry } from "../core";
import type { Rule } from "./rule";

/** Every rule, in the order of its codes. */
export const rules: readonly Rule[] = [];

/** Every code of the language, sorted: the documentation is generated from it. */
export const diagnosticEntries: readonly DiagnosticEntry[] = [
  ...Object.values(syntaxDiagnostics).map((code) => code.entry),
  ...Object.values(names).map((code) => code.entry),
  ...Object.values(values).map((code) => code.entry),
  ...rules.flatMap((rule) => rule.entries),
].sort((left, right) => left.code.localeCompare(right.code));
