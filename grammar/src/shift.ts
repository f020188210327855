/** Copies of nodes moved by a number of characters: what stands below an edit is not read again. */
import type { Declaration, Member, Expression, Identifier, Span, StringLiteral, Body, SyntaxError } from "./ast";
import type { Chunk } from "./parse";

export function shiftChunk(chunk: Chunk, delta: number): Chunk {
  if (delta === 0) return chunk;

  const moved = <Node extends Span>(node: Node): Node => ({ ...node, start: node.start + delta, end: node.end + delta });
  const span = (node: Span): Span => ({ start: node.start + delta, end: node.end + delta });
  const optional = <Node extends Span>(node: Node | undefined): Node | undefined => (node === undefined ? undefined : moved(node));
  const optionalSpan = (node: Span | undefined): Span | undefined => (node === undefined ? undefined : span(node));

  const expression = <Node extends Expression>(node: Node): Node => expressionOf(node) as Node;
  const expressionOf = (node: Expression): Expression => {
    const start = node.start + delta;
    const end = node.end + delta;
    switch (node.kind) {
      case "number": return { ...node, start, end, unitSpan: optionalSpan(node.unitSpan) };
      case "string":
      case "boolean":
      case "missing": return { ...node, start, end };
      case "name": return { ...node, start, end, parts: node.parts.map(moved) };
      case "range": return { ...node, start, end, from: expression(node.from), to: expression(node.to), step: node.step && expression(node.step) };
      case "list": return { ...node, start, end, items: node.items.map(expression) };
      case "unary": return { ...node, start, end, operand: expression(node.operand) };
      case "binary": return { ...node, start, end, operatorSpan: span(node.operatorSpan), left: expression(node.left), right: expression(node.right) };
      case "call": return { ...node, start, end, callee: moved(node.callee), arguments: node.arguments.map(expression) };
      case "parenthesized": return { ...node, start, end, inner: expression(node.inner) };
    }
  };

  const body = (node: Body): Body => ({
    ...moved(node), members: node.members.map(member), open: span(node.open), close: optionalSpan(node.close),
  });

  const member = (node: Member): Member => {
    const start = node.start + delta;
    const end = node.end + delta;
    switch (node.kind) {
      case "property": return { ...node, start, end, path: node.path.map(moved), value: expression(node.value) };
      case "block": return { ...node, start, end, keyword: moved(node.keyword), variant: optional<Identifier>(node.variant), body: body(node.body) };
      case "require":
      case "where": return {
        ...node, start, end, keywordSpan: span(node.keywordSpan), left: expression(node.left),
        operatorSpan: optionalSpan(node.operatorSpan), right: expression(node.right),
      };
      case "measured": return {
        ...node, start, end, keywordSpan: span(node.keywordSpan), metric: expression(node.metric),
        value: expression(node.value), from: optional<StringLiteral>(node.from),
      };
      case "objective": return { ...node, start, end, keywordSpan: span(node.keywordSpan), metric: expression(node.metric) };
    }
  };

  const declaration = (node: Declaration): Declaration => {
    const start = node.start + delta;
    const end = node.end + delta;
    switch (node.kind) {
      case "import": return {
        ...node, start, end, from: optional<StringLiteral>(node.from),
        names: node.names.map((name) => ({ ...moved(name), name: moved(name.name), alias: optional<Identifier>(name.alias) })),
      };
      case "let": return { ...node, start, end, name: optional<Identifier>(node.name), value: expression(node.value) };
      case "declaration": return {
        ...node, start, end, keywordSpan: span(node.keywordSpan), name: optional<Identifier>(node.name),
        base: optional<Identifier>(node.base), of: optional<Identifier>(node.of), body: node.body && body(node.body),
      };
    }
  };

  const error = (node: SyntaxError): SyntaxError => (node.fix === undefined
    ? moved(node) : { ...moved(node), fix: { ...node.fix, edits: node.fix.edits.map(moved) } });

  return {
    ...chunk,
    start: chunk.start + delta,
    end: chunk.end + delta,
    declarations: chunk.declarations.map(declaration),
    comments: chunk.comments.map(moved),
    errors: chunk.errors.map(error),
  };
}
