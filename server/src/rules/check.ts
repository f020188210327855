import { bindDeclaration, declarationProblems, fileScope, nameProblems, syntaxProblems, type Diagnostic, type Workspace } from "../core";
import { rules } from "./registry";

/** Stops a computation between two declarations; the editor's cancellation stands behind it. */
export interface Cancellation {
  readonly isCancellationRequested: boolean;
}

/** Thrown where a computation was stopped: nothing of it may be shown. */
export class Cancelled extends Error {}

/**
 * Every diagnostic of one file, sorted by position. Deterministic; the same in editor, command line and tests.
 * Throws `Cancelled` when asked to stop.
 */
export function checkFile(workspace: Workspace, uri: string, cancellation?: Cancellation): readonly Diagnostic[] {
  const scope = fileScope(workspace, uri);
  if (!scope) return [];
  const found: Diagnostic[] = [...syntaxProblems(workspace, scope), ...nameProblems(workspace, scope)];
  for (const node of scope.declarations) {
    if (cancellation?.isCancellationRequested) throw new Cancelled();
    found.push(...declarationProblems(workspace, scope, node));
    if (node.kind === "let") continue;
    const declaration = bindDeclaration(workspace, node, scope);
    if (!declaration) continue;
    for (const rule of rules) {
      if (rule.on.includes(node.keyword)) found.push(...rule.check({ workspace, declaration }));
    }
  }
  return found.sort((left, right) => left.span.start - right.span.start || left.span.end - right.span.end || left.code.localeCompare(right.code));
}
