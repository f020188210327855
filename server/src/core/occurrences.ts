import type { Identifier, Span } from "../../../grammar/src";
import type { FileScope } from "./bound";
import { sameTarget, textsOf, type Meaning, type Target } from "./meaning";
import { visitDeclarationNames, visitNames, type NameRole } from "./name-places";
import { fileScope, type Workspace } from "./workspace";

/** A name at a place, and what it means there. */
export interface Occurrence extends Meaning {
  readonly uri: string;
  readonly span: Span;
  readonly text: string;
  readonly role: NameRole;
}

const occurrence = ({ uri }: FileScope, { start, end, text }: Identifier, role: NameRole, meaning: Meaning): Occurrence =>
  ({ uri, span: { start, end }, text, role, ...meaning });

/** The name at an offset, both its ends included; `undefined` where none stands, or one that means nothing. */
export function nameAt(workspace: Workspace, file: FileScope, offset: number): Occurrence | undefined {
  let found: Occurrence | undefined;
  for (const node of file.source.parsed.file.declarations) {
    if (offset < node.start || node.end < offset) continue;
    visitDeclarationNames(workspace, file, node, (name, role, meaning) => {
      if (found || offset < name.start || name.end < offset) return;
      const meant = meaning();
      if (meant) found = occurrence(file, name, role, meant);
    });
  }
  return found;
}

/** A place where a name stands, and what it means; nothing for a word of the language and a name that nothing has. */
export interface PlacedName {
  readonly span: Span;
  readonly text: string;
  readonly role: NameRole;
  readonly meaning: Meaning | undefined;
}

/** Every place of a file where one of some names stands, in the order of the text. */
export function placesOf(workspace: Workspace, file: FileScope, texts: ReadonlySet<string>): readonly PlacedName[] {
  const found: PlacedName[] = [];
  visitNames(workspace, file, (name, role, meaning) => {
    if (texts.has(name.text)) found.push({ span: { start: name.start, end: name.end }, text: name.text, role, meaning: meaning() });
  });
  return found;
}

/** Every name of a file that means something, in the order of the text. */
export function namesOfFile(workspace: Workspace, file: FileScope): readonly Occurrence[] {
  const found: Occurrence[] = [];
  visitNames(workspace, file, (name, role, meaning) => {
    const meant = meaning();
    if (meant) found.push(occurrence(file, name, role, meant));
  });
  return found;
}

/**
 * Everywhere in a file that a target is named: under its own name, and under those that imports give it. A key that
 * overrides another is an occurrence of both. References, highlights and renaming all rest on this.
 */
export function occurrencesIn(workspace: Workspace, file: FileScope, target: Target): readonly Occurrence[] {
  return placesOf(workspace, file, textsIn(file, target)).flatMap(({ meaning, ...place }) => {
    const found = meaning && { uri: file.uri, ...place, ...meaning };
    return found && isOf(found, target) ? [found] : [];
  });
}

const isOf = (found: Occurrence, target: Target): boolean =>
  sameTarget(found.target, target) || (found.overrides !== undefined && sameTarget(found.overrides, target)) ||
  (target.kind === "import" && found.through === target.node);

/** The names of a target in one file: two imports may give it two more. */
function textsIn(file: FileScope, target: Target): ReadonlySet<string> {
  const own = textsOf(target);
  if (target.kind !== "declaration" && target.kind !== "let") return new Set(own);
  const aliases = file.imports.flatMap(({ node }) => node.names.flatMap(({ name, alias }) => (alias && own.includes(name.text) ? [alias.text] : [])));
  return new Set([...own, ...aliases]);
}

/** As `occurrencesIn`, in several files; those without a text are left out. */
export function occurrencesOf(workspace: Workspace, target: Target, uris: Iterable<string>): readonly Occurrence[] {
  return [...uris].flatMap((uri) => {
    const file = fileScope(workspace, uri);
    return file ? occurrencesIn(workspace, file, target) : [];
  });
}
