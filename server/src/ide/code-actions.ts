import { fileScope, type Range, type Workspace } from "../core";
import { Cancelled, provedFixes, type Cancellation } from "../rules";
import { checkedFile } from "./diagnostics";
import type { RangeEdit } from "./plain";

/** A quick fix that was applied in memory and worked. */
export interface QuickFix {
  readonly title: string;
  /** To the file that was asked about. */
  readonly edits: readonly RangeEdit[];
  readonly preferred: boolean;
  /** The diagnostic that it makes go away. */
  readonly fixes: { readonly code: string; readonly range: Range };
}

/** The quick fixes of the diagnostics in a range. Each one is proved before it is offered. */
export function quickFixes(workspace: Workspace, uri: string, range: Range, cancellation?: Cancellation): readonly QuickFix[] {
  const scope = fileScope(workspace, uri);
  if (!scope) return [];
  const { lines } = scope.source;
  const start = lines.offset(range.start);
  const end = lines.offset(range.end);
  return checkedFile(workspace, uri, cancellation)
    .filter((diagnostic) => diagnostic.fixes && diagnostic.span.start <= end && start <= diagnostic.span.end)
    .flatMap((diagnostic) => {
      if (cancellation?.isCancellationRequested) throw new Cancelled();
      return provedFixes(workspace, diagnostic).map((fix) => ({
        title: fix.title,
        edits: fix.edits.map((edit) => ({ range: lines.range(edit), newText: edit.newText })),
        preferred: fix.preferred,
        fixes: { code: diagnostic.code, range: lines.range(diagnostic.span) },
      }));
    });
}
