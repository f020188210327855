import type { Diagnostic } from "../core";
import { provedFixes, type ProvedFix } from "../rules";
import type { Design } from "./design";

/** Each fix is proved by checking the design again: for the first errors only, so that an answer never waits long. */
const mostErrors = 20;
const mostOfOneError = 3;

/** The nearest working designs: fixes of errors that were applied in memory and worked. */
export function fixesOfErrors({ workspace }: Design, diagnostics: readonly Diagnostic[]): ReadonlyMap<Diagnostic, readonly ProvedFix[]> {
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === "error" && diagnostic.fixes);
  return new Map(errors.slice(0, mostErrors).map((error) => [error, provedFixes(workspace, error).slice(0, mostOfOneError)]));
}
