import {
  bindDeclaration, createWorkspace, declarationProblems, fileScope, memoized, nameProblems, names, syntaxProblems, type BoundDeclaration, type Diagnostic, type FileScope, type Workspace,
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
  const broken = brokenDeclarations(scope);
  const known = cleanDeclarations(workspace, scope, broken);
  const first = checkDeclarations(workspace, scope, { broken, isClean: known.isClean }, cancellation);
  known.remember(workspace.cache.metLimit ? new Set() : first.clean);
  const problems = workspace.cache.metLimit ? checkAnew(workspace, scope, cancellation) : first.problems;
  const found = [...syntaxProblems(workspace, scope), ...nameProblems(workspace, scope), ...withoutRepeats(problems)];
  return found.sort((left, right) => left.span.start - right.span.start || left.span.end - right.span.end || compareText(left.code, right.code));
}

/** What two plans say of the layout that they share is said once. */
function withoutRepeats(problems: readonly Diagnostic[]): readonly Diagnostic[] {
  const said = new Set<string>();
  return problems.filter(({ code, span, message, owner }) => {
    if (!owner) return true;
    const key = `${code} ${span.start} ${span.end} ${message}`;
    return !said.has(key) && said.add(key);
  });
}

/** By code points: the same everywhere, whatever the language of the machine. */
const compareText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

type DeclarationNode = FileScope["declarations"][number];

interface Checked {
  readonly problems: readonly Diagnostic[];
  /** Without a problem, those that needed no look included. */
  readonly clean: ReadonlySet<DeclarationNode>;
}

interface Known {
  /** A syntax error stands in them. */
  readonly broken: ReadonlySet<DeclarationNode>;
  readonly isClean: (node: DeclarationNode) => boolean;
}

function checkDeclarations(workspace: Workspace, scope: FileScope, { broken, isClean }: Known, cancellation: Cancellation | undefined): Checked {
  const problems: Diagnostic[] = [];
  const clean = new Set<DeclarationNode>();
  for (const node of scope.declarations) {
    if (cancellation?.isCancellationRequested) throw new Cancelled();
    if (isClean(node)) {
      clean.add(node);
      continue;
    }
    const isBroken = broken.has(node);
    const found = checkDeclaration(workspace, scope, node, isBroken);
    if (found.length === 0 && !isBroken) clean.add(node);
    for (const problem of found) problems.push(problem);
  }
  return { problems, clean };
}

/**
 * Where a chain of names was too long, what is wrong on it depends on where it was entered. Then every declaration is
 * looked at in its order, with nothing computed before: by an editor's other questions least of all.
 */
function checkAnew(workspace: Workspace, { uri }: FileScope, cancellation: Cancellation | undefined): readonly Diagnostic[] {
  const fresh = createWorkspace(workspace.load, workspace.metrics, undefined, workspace.library);
  const scope = fileScope(fresh, uri);
  return scope ? checkDeclarations(fresh, scope, { broken: brokenDeclarations(scope), isClean: () => false }, cancellation).problems : [];
}

function brokenDeclarations(scope: FileScope): ReadonlySet<DeclarationNode> {
  const errors = scope.source.parsed.errors.map((error) => error.start).sort((left, right) => left - right);
  const broken = new Set<DeclarationNode>();
  if (errors.length === 0) return broken;
  let index = 0;
  for (const node of scope.declarations) {
    while ((errors[index] ?? Number.POSITIVE_INFINITY) < node.start) index += 1; // declarations stand in their order
    if ((errors[index] ?? Number.POSITIVE_INFINITY) <= node.end) broken.add(node);
  }
  return broken;
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

/** What the rules say of one declaration, its base included. */
export function allRuleProblems(workspace: Workspace, declaration: BoundDeclaration): readonly Diagnostic[] {
  const found = memoized(workspace, declaration, "rules", () =>
    rules.filter((rule) => rule.on.includes(declaration.keyword)).flatMap((rule) => rule.check({ workspace, declaration })),
  );
  return typeof found === "symbol" ? [] : found;
}
