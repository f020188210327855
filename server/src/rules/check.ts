import {
  bindDeclaration, declarationProblems, fileScope, memoized, nameProblems, names, syntaxProblems, type BoundDeclaration, type Diagnostic, type FileScope, type Workspace,
} from "../core";
import { cleanDeclarations } from "./clean";
import { rules } from "./registry";
import { writtenProperties } from "./rule";

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
  const known = cleanDeclarations(workspace, scope);
  const first = checkDeclarations(workspace, scope, (node) => !known.isClean(node), cancellation);
  // Where a chain of names was too long, what is wrong on it depends on where it was entered: then all is looked at.
  const { problems, clean } = workspace.cache.metLimit ? checkDeclarations(workspace, scope, () => true, cancellation) : first;
  known.remember(clean);
  const found = [...syntaxProblems(workspace, scope), ...nameProblems(workspace, scope), ...problems];
  return found.sort((left, right) => left.span.start - right.span.start || left.span.end - right.span.end || compareText(left.code, right.code));
}

/** By code points: the same everywhere, whatever the language of the machine. */
const compareText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

type DeclarationNode = FileScope["declarations"][number];

interface Checked {
  readonly problems: readonly Diagnostic[];
  /** Without a problem, those that needed no look included. */
  readonly clean: readonly DeclarationNode[];
}

function checkDeclarations(workspace: Workspace, scope: FileScope, needsLook: (node: DeclarationNode) => boolean, cancellation: Cancellation | undefined): Checked {
  const { errors } = scope.source.parsed;
  const problems: Diagnostic[] = [];
  const clean: DeclarationNode[] = [];
  for (const node of scope.declarations) {
    if (cancellation?.isCancellationRequested) throw new Cancelled();
    const isBroken = errors.some((error) => node.start <= error.start && error.start <= node.end);
    const found = isBroken || needsLook(node) ? checkDeclaration(workspace, scope, node, isBroken) : [];
    if (found.length === 0 && !isBroken) clean.push(node);
    problems.push(...found);
  }
  return { problems, clean };
}

function checkDeclaration(workspace: Workspace, scope: FileScope, node: DeclarationNode, isBroken: boolean): readonly Diagnostic[] {
  const own = declarationProblems(workspace, scope, node);
  const declaration = node.kind === "let" ? undefined : bindDeclaration(workspace, node, scope);
  return withoutConsequences(node, [...own, ...(declaration ? ruleProblems(workspace, declaration) : [])], isBroken);
}

/** Where a declaration has an error, figures that are missing in its own statements are its consequence, not more news. */
function withoutConsequences(node: DeclarationNode, problems: readonly Diagnostic[], isBroken: boolean): readonly Diagnostic[] {
  const statements = (node.kind === "let" ? [] : (node.body?.members ?? [])).filter((member) => member.kind === "require" || member.kind === "measured");
  const isInStatement = ({ span }: Diagnostic) => statements.some((statement) => statement.start <= span.start && span.end <= statement.end);
  const hasCause = isBroken || problems.some((problem) => problem.severity === "error" && !isInStatement(problem));
  return hasCause ? problems.filter((problem) => problem.code !== names.notComputed.entry.code || !isInStatement(problem)) : problems;
}

/**
 * What the rules say of a declaration, without what they say of its base already: one mistake, one message. A value that
 * is written again here is a mistake of its own.
 */
function ruleProblems(workspace: Workspace, declaration: BoundDeclaration): readonly Diagnostic[] {
  const { base } = declaration;
  const found = allRuleProblems(workspace, declaration);
  if (!base || found.length === 0) return found;
  const known = new Set(allRuleProblems(workspace, base).map(identity));
  const written = writtenProperties(declaration).map(({ node }) => node);
  const isWrittenAgain = ({ span }: Diagnostic) => written.some((node) => node.start <= span.start && span.end <= node.end);
  return found.filter((problem) => !known.has(identity(problem)) || isWrittenAgain(problem));
}

const identity = ({ code, message }: Diagnostic): string => `${code} ${message}`;

function allRuleProblems(workspace: Workspace, declaration: BoundDeclaration): readonly Diagnostic[] {
  const found = memoized(workspace, declaration, "rules", () =>
    rules.filter((rule) => rule.on.includes(declaration.keyword)).flatMap((rule) => rule.check({ workspace, declaration })),
  );
  return typeof found === "symbol" ? [] : found;
}
