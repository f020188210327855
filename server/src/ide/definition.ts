import type { Span } from "../../../grammar/src";
import { fileScope, resolveSymbol, type DeclarationSymbol, type LetSymbol, type Position, type Range, type Reference, type Workspace } from "../core";
import { blockAround, boundAround, locate, referenceOf, type Located } from "./locate";

/** Where a name leads. `uri` is an address of the workspace: a file, or `std:…`. */
export interface DefinitionLink {
  readonly originRange: Range;
  readonly uri: string;
  /** The whole declaration or property. */
  readonly range: Range;
  /** Its name. */
  readonly selectionRange: Range;
}

/** The place that a name or an import path leads to; `undefined` where there is none (a metric, a number). */
export function definition(workspace: Workspace, uri: string, position: Position): DefinitionLink | undefined {
  const scope = fileScope(workspace, uri);
  if (!scope) return undefined;
  const { lines } = scope.source;
  const located = locate(scope, lines.offset(position));
  const target = located && targetOf(workspace, uri, located);
  const source = target && fileScope(workspace, target.uri)?.source;
  if (!located || !target || !source) return undefined;
  return {
    originRange: lines.range(located.span), uri: target.uri, range: source.lines.range(target.span), selectionRange: source.lines.range(target.name),
  };
}

interface Target {
  readonly uri: string;
  readonly span: Span;
  readonly name: Span;
}

const top: Span = { start: 0, end: 0 };

function targetOf(workspace: Workspace, uri: string, located: Located): Target | undefined {
  const scope = fileScope(workspace, uri);
  if (!scope) return undefined;
  switch (located.kind) {
    case "import-path": return located.imported.uri === undefined ? undefined : { uri: located.imported.uri, span: top, name: top };
    case "import-name": {
      const from = located.imported.uri === undefined ? undefined : fileScope(workspace, located.imported.uri);
      return symbolTarget(from && resolveSymbol(workspace, from, located.node.name.text));
    }
    case "declaration": return located.node.name && { uri, span: located.node, name: located.node.name };
    case "let": return located.node.name && { uri, span: located.node, name: located.node.name };
    case "declaration-name": return symbolTarget(resolveSymbol(workspace, scope, located.name.text));
    case "name": {
      const reference = referenceOf(workspace, scope, located);
      return reference && referenceTarget(reference);
    }
    case "key": {
      // From an override to what it overrides, else to itself.
      const bound = boundAround(workspace, scope, located.within);
      const block = bound && blockAround(bound, located.within);
      const key = located.property.path[0]?.text ?? "";
      const base = bound?.base?.block.blocks.find((inner) => inner.keyword === block?.keyword && inner.variant === block.variant);
      const overridden = block === bound?.block ? bound?.base?.block.properties.get(key) : base?.properties.get(key);
      const property = overridden ?? block?.properties.get(key);
      return property && { uri: property.file.uri, span: property.node, name: property.node.path[0] ?? property.node };
    }
    case "block": case "statement": case "number": case "function": case "value": return undefined;
  }
}

const symbolTarget = (symbol: LetSymbol | DeclarationSymbol | undefined): Target | undefined =>
  symbol && { uri: symbol.uri, span: symbol.node, name: symbol.name };

function referenceTarget(reference: Reference): Target | undefined {
  switch (reference.kind) {
    case "declaration": case "let": return symbolTarget(reference.symbol);
    case "property": {
      const property = reference.block.properties.get(reference.key);
      return property && { uri: property.file.uri, span: property.node, name: property.node.path[0] ?? property.node };
    }
    case "block": {
      const { node, file } = reference.block;
      return { uri: file.uri, span: node, name: node.kind === "block" ? node.keyword : (node.name ?? node.keywordSpan) };
    }
    case "metric": case "word": return undefined;
  }
}
