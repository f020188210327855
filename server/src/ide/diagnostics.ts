import { documentationUrl, fileScope, memoized, type Diagnostic, type Range, type Severity, type Workspace } from "../core";
import { checkFile, type Cancellation } from "../rules";

/** A diagnostic with its places as ranges. */
export interface FileDiagnostic {
  readonly code: string;
  /** The page that explains the code. */
  readonly documentationUrl: string;
  readonly severity: Severity;
  readonly message: string;
  readonly range: Range;
  readonly related: readonly { readonly uri: string; readonly range: Range; readonly message: string }[];
  readonly unnecessary: boolean;
}

/** Every diagnostic of a file, by position. Throws `Cancelled` when asked to stop. */
export function diagnostics(workspace: Workspace, uri: string, cancellation?: Cancellation): readonly FileDiagnostic[] {
  const scope = fileScope(workspace, uri);
  if (!scope) return [];
  return checkedFile(workspace, uri, cancellation).map((diagnostic) => ({
    code: diagnostic.code,
    documentationUrl: documentationUrl(diagnostic.code),
    severity: diagnostic.severity,
    message: diagnostic.message,
    range: scope.source.lines.range(diagnostic.span),
    related: (diagnostic.related ?? []).flatMap((related) => {
      const target = fileScope(workspace, related.uri);
      return target ? [{ uri: related.uri, range: target.source.lines.range(related.span), message: related.message }] : [];
    }),
    unnecessary: diagnostic.unnecessary ?? false,
  }));
}

/** The same with the severities that a reader has chosen by code; what is `off` is left out. */
export function withSeverities(found: readonly FileDiagnostic[], chosen: Readonly<Record<string, Severity | "off">>): readonly FileDiagnostic[] {
  return found.flatMap((diagnostic) => {
    const severity = Object.hasOwn(chosen, diagnostic.code) ? (chosen[diagnostic.code] ?? diagnostic.severity) : diagnostic.severity;
    if (severity === "off") return [];
    return severity === diagnostic.severity ? [diagnostic] : [{ ...diagnostic, severity }];
  });
}

/** The check of a file, done once for a workspace: diagnostics, quick fixes and the status share it. */
export function checkedFile(workspace: Workspace, uri: string, cancellation?: Cancellation): readonly Diagnostic[] {
  const scope = fileScope(workspace, uri);
  if (!scope) return [];
  const found = memoized(workspace, scope, "diagnostics", () => checkFile(workspace, uri, cancellation));
  return typeof found === "symbol" ? [] : found;
}
