import {
  fileScope, nameAt, occurrencesIn, occurrencesOf, sameTarget, textsOf, type Occurrence, type Position, type Target, type Workspace,
} from "../core";
import type { Location } from "./plain";
import { filesWith, type Project } from "./project";

/** A place that names what is asked about. */
export interface ReferencePlace extends Location {
  /** It is where the name is declared, or a key or block written. */
  readonly isDeclaration: boolean;
}

/**
 * Every place of the project that names what the name at a position means, also by another name that an import gives it,
 * and the keys that override a key. `undefined` where no name stands.
 */
export function references(workspace: Workspace, uri: string, position: Position, project: Project): readonly ReferencePlace[] | undefined {
  const target = targetAt(workspace, uri, position);
  return target && referencesTo(workspace, target, project).flatMap((found) => placeOf(workspace, found, target));
}

/** The occurrences of a target in a project; of a name that only its own file knows, in that file. */
export const referencesTo = (workspace: Workspace, target: Target, project: Project): readonly Occurrence[] =>
  occurrencesOf(workspace, target, target.kind === "import" ? [target.uri] : filesWith(project, textsOf(target)));

/** As `references`, in the file alone. */
export function highlights(workspace: Workspace, uri: string, position: Position): readonly ReferencePlace[] | undefined {
  const file = fileScope(workspace, uri);
  const target = targetAt(workspace, uri, position);
  return file && target && occurrencesIn(workspace, file, target).flatMap((found) => placeOf(workspace, found, target));
}

function targetAt(workspace: Workspace, uri: string, position: Position): Target | undefined {
  const file = fileScope(workspace, uri);
  return file && nameAt(workspace, file, file.source.lines.offset(position))?.target;
}

function placeOf(workspace: Workspace, found: Occurrence, asked: Target): readonly ReferencePlace[] {
  const lines = fileScope(workspace, found.uri)?.source.lines;
  return lines ? [{ uri: found.uri, range: lines.range(found.span), isDeclaration: isDeclaration(found, asked) }] : [];
}

function isDeclaration({ role, target, uri, span }: Occurrence, asked: Target): boolean {
  if (role === "declaration") return true;
  if (role === "alias") return asked.kind === "import";
  const isWrittenHere = (role === "key" || role === "block") && target.member === undefined && target.uri === uri;
  return isWrittenHere && sameTarget(target, asked) && target.node.start <= span.start && span.end <= target.node.end;
}
