import {
  bindDeclaration, declarationProblems, fileScope, memoized, nameProblems, syntaxProblems, type BoundDeclaration, type Diagnostic, type Workspace,
} from "../core";
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
    if (declaration) found.push(...ruleProblems(workspace, declaration));
  }
  return found.sort((left, right) => left.span.start - right.span.start || left.span.end - right.span.end || left.code.localeCompare(right.code));
}

/** What the rules say of a declaration, without what they say of its base already: one mistake, one message. */
function ruleProblems(workspace: Workspace, declaration: BoundDeclaration): readonly Diagnostic[] {
  const { base } = declaration;
  const found = allRuleProblems(workspace, declaration);
  if (!base || found.length === 0) return found;
  const known = new Set(allRuleProblems(workspace, base).map(identity));
  return found.filter((problem) => !known.has(identity(problem)));
}

const identity = ({ code, message }: Diagnostic): string => `${code} ${message}`;

function allRuleProblems(workspace: Workspace, declaration: BoundDeclaration): readonly Diagnostic[] {
  const found = memoized(workspace, declaration, "rules", () =>
    rules.filter((rule) => rule.on.includes(declaration.keyword)).flatMap((rule) => rule.check({ workspace, declaration })),
  );
  return typeof found === "symbol" ? [] : found;
}
