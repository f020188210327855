import { fileScope, type Diagnostic, type Range } from "../core";
import type { Design } from "./design";
import { shownPosition } from "./position";

/** A diagnostic as `check --format json` and `report --format json` give it. */
export interface DiagnosticJson {
  readonly code: string;
  readonly severity: Diagnostic["severity"];
  readonly message: string;
  /** The path as given. */
  readonly file: string;
  /** Zero-based, UTF-16, as in the Language Server Protocol. */
  readonly range: Range;
}

export function diagnosticJson(design: Design, { code, severity, message, uri, span }: Diagnostic): DiagnosticJson {
  return { code, severity, message, file: design.showUri(uri), range: rangeOf(design, uri, span) };
}

export function rangeOf({ workspace }: Design, uri: string, span: { readonly start: number; readonly end: number }): Range {
  const source = fileScope(workspace, uri)?.source;
  if (!source) return { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
  return { start: shownPosition(source, span.start), end: shownPosition(source, span.end) };
}
