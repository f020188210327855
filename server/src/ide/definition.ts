import type { Span } from "../../../grammar/src";
import { fileScope, nameAt, type FileScope, type Position, type Range, type Workspace } from "../core";

/** Where a name leads. `uri` is an address of the workspace: a file, or `std:…`. */
export interface DefinitionLink {
  readonly originRange: Range;
  readonly uri: string;
  /** The whole declaration or property. */
  readonly range: Range;
  /** Its name. */
  readonly selectionRange: Range;
}

/**
 * The place that a name or an import path leads to: an override to what it overrides, a metric and a key that has its
 * default to the declaration they belong to. `undefined` where there is none (a number, a word of the language).
 */
export function definition(workspace: Workspace, uri: string, position: Position): DefinitionLink | undefined {
  const file = fileScope(workspace, uri);
  if (!file) return undefined;
  const { lines } = file.source;
  const found = leadAt(workspace, file, lines.offset(position));
  const source = found && fileScope(workspace, found.uri)?.source;
  if (!source) return undefined;
  return { originRange: lines.range(found.origin), uri: found.uri, range: source.lines.range(found.whole), selectionRange: source.lines.range(found.name) };
}

interface Lead {
  readonly origin: Span;
  readonly uri: string;
  readonly whole: Span;
  readonly name: Span;
}

const top: Span = { start: 0, end: 0 };

function leadAt(workspace: Workspace, file: FileScope, offset: number): Lead | undefined {
  for (const { node: { from }, uri } of file.imports) {
    if (from && uri !== undefined && from.start <= offset && offset <= from.end) return { origin: from, uri, whole: top, name: top };
  }
  const found = nameAt(workspace, file, offset);
  if (!found) return undefined;
  const { uri, node, name } = found.overrides ?? found.target;
  return { origin: found.span, uri, whole: node, name };
}
