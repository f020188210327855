import type { TextEdit } from "../../../../grammar/src";
import { fileScope, nameAt, placesOf, type FileScope, type Occurrence, type Position, type Range, type Target, type Workspace } from "../../core";
import { placeText } from "../describe";
import type { FileEdits } from "../plain";
import type { Project } from "../project";
import { referencesTo } from "../references";
import { whyNoName } from "./new-name";
import { whyNotProved } from "./proof";

/** A sentence that says why not. */
export interface Refused {
  readonly kind: "refused";
  readonly reason: string;
}

const refused = (reason: string): Refused => ({ kind: "refused", reason });

/** The name that would be renamed at a position, or why none can be. */
export type Renameable = Refused | { readonly kind: "name"; readonly range: Range; readonly name: string };

/** The edits of every file, or why there are none. */
export type Renaming = Refused | { readonly kind: "edits"; readonly files: readonly FileEdits[] };

export function prepareRename(workspace: Workspace, uri: string, position: Position): Renameable {
  const subject = subjectAt(workspace, uri, position);
  if (subject.kind === "refused") return subject;
  const { file, found } = subject;
  return { kind: "name", range: file.source.lines.range(found.span), name: found.text };
}

/**
 * Renames a declaration, a constant or the alias of an import wherever the project names it. `import { A as B }` keeps `B`
 * when `A` is renamed. Refused where the new name cannot be one, where it is taken, and where a place would mean something
 * else with it: the edits are applied in memory first.
 */
export function rename(workspace: Workspace, uri: string, position: Position, newName: string, project: Project): Renaming {
  const subject = subjectAt(workspace, uri, position);
  if (subject.kind === "refused") return subject;
  const { target, found: { text: from } } = subject;
  if (newName === from) return { kind: "edits", files: [] };
  const noName = whyNoName(newName);
  if (noName !== undefined) return refused(noName);
  const places = referencesTo(workspace, target, project).filter((found) => isWritten(found, target));
  const byFile = new Map<string, TextEdit[]>();
  for (const { uri: at, span } of places) {
    const edit = { ...span, newText: newName };
    const known = byFile.get(at);
    if (known) known.push(edit);
    else byFile.set(at, [edit]);
  }
  const files = [...byFile.keys()].flatMap((at) => fileScope(workspace, at) ?? []);
  const reason = whyTaken(files, places, newName) ?? whyUnreadable(workspace, files, from) ?? whyNotProved(workspace, byFile, from, newName);
  if (reason !== undefined) return refused(reason);
  return {
    kind: "edits",
    files: files.map(({ uri: at, source: { lines } }) => ({ uri: at, edits: (byFile.get(at) ?? []).map((edit) => ({ range: lines.range(edit), newText: newName })) })),
  };
}

interface Subject {
  readonly kind: "subject";
  readonly file: FileScope;
  readonly found: Occurrence;
  /** What gets another name: where a file knows it by an alias, the alias. */
  readonly target: Target;
}

function subjectAt(workspace: Workspace, uri: string, position: Position): Subject | Refused {
  const file = fileScope(workspace, uri);
  const found = file && nameAt(workspace, file, file.source.lines.offset(position));
  if (!file || !found) return refused("Only the name of a declaration, of a constant or of an import can be renamed.");
  const { through } = found;
  const target: Target = through?.alias ? { kind: "import", uri, node: through, name: through.alias } : found.target;
  const reason = whyFixed(target, found.text);
  return reason === undefined ? { kind: "subject", file, found, target } : refused(reason);
}

function whyFixed({ kind, uri, node }: Target, text: string): string | undefined {
  if (uri.startsWith("std:") && kind === "import") return "The standard library cannot be changed.";
  switch (kind) {
    case "property": case "unwritten": return `\`${text}\` is a key of the language: its name is fixed.`;
    case "block": return `\`${text}\` names a block of the language: its name is fixed.`;
    case "metric": return `\`${text}\` is a metric: its name is fixed.`;
    case "import": return node.kind === "import-name" && !node.alias ? `What \`${text}\` is imported from cannot be read, or does not declare it.` : undefined;
    case "declaration": case "let":
      return uri.startsWith("std:")
        ? `\`${text}\` belongs to the standard library, which cannot be changed. \`import { ${text} as … }\` gives it another name in one file.`
        : undefined;
  }
}

/** A use under an alias keeps the alias when what it stands for is renamed. */
const isWritten = ({ role, through }: Occurrence, target: Target): boolean =>
  target.kind === "import" ? role !== "imported" : role !== "alias" && (role !== "reference" || !through?.alias);

/** In a file that would know the target by its new name, nothing else may have it. */
function whyTaken(files: readonly FileScope[], places: readonly Occurrence[], name: string): string | undefined {
  for (const { uri, source, symbols } of files) {
    const taken = symbols.get(name);
    const becomesKnown = places.some((place) => place.uri === uri && (place.role !== "imported" || place.through !== undefined));
    if (!taken || !becomesKnown) continue;
    const what = taken.kind === "imported" ? "an import" : taken.kind === "let" ? "a constant" : `the ${taken.node.keyword}`;
    return `\`${name}\` is already the name of ${what} at ${placeText(source, taken.name.start)}.`;
  }
  return undefined;
}

/** Where the grammar gave up, a place may name the target unseen. */
function whyUnreadable(workspace: Workspace, files: readonly FileScope[], name: string): string | undefined {
  for (const file of files) {
    const { source } = file;
    if (source.parsed.errors.length === 0) continue;
    const seen = new Set(placesOf(workspace, file, new Set([name])).map(({ span }) => span.start));
    for (const { start, end } of source.parsed.errors) {
      for (const { 0: word, index } of source.text.slice(start, end).matchAll(words)) {
        if (word === name && !seen.has(start + index)) return `\`${name}\` stands in a line that cannot be read, at ${placeText(source, start + index)}: mend that first.`;
      }
    }
  }
  return undefined;
}

const words = /[\p{L}_][\p{L}\p{M}\p{N}_]*/gu;
