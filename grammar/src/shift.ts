/**
 * Copies of nodes moved by a number of characters: what stands below an edit is not read again. The literals name
 * every field, because that is several times faster than spreading, and an edit at the top of a file moves all of it.
 */
import type {
  Body, Comment, Declaration, Expression, Identifier, ImportName, MissingExpression, Member, NameExpression, Span,
  StringLiteral, SyntaxError,
} from "./ast";
import type { Chunk } from "./parse";

export function shiftChunk(chunk: Chunk, delta: number): Chunk {
  if (delta === 0) return chunk;

  const span = (node: Span): Span => ({ start: node.start + delta, end: node.end + delta });
  const optionalSpan = (node: Span | undefined): Span | undefined => (node === undefined ? undefined : span(node));
  const identifier = ({ start, end, text }: Identifier): Identifier =>
    ({ kind: "identifier", start: start + delta, end: end + delta, text });
  const optionalIdentifier = (node: Identifier | undefined): Identifier | undefined =>
    (node === undefined ? undefined : identifier(node));
  const string = ({ start, end, value }: StringLiteral): StringLiteral =>
    ({ kind: "string", start: start + delta, end: end + delta, value });
  const optionalString = (node: StringLiteral | undefined): StringLiteral | undefined =>
    (node === undefined ? undefined : string(node));

  const metric = (node: NameExpression | MissingExpression): NameExpression | MissingExpression => (node.kind === "missing"
    ? { kind: "missing", start: node.start + delta, end: node.end + delta }
    : { kind: "name", start: node.start + delta, end: node.end + delta, parts: node.parts.map(identifier) });

  const expression = (node: Expression): Expression => {
    const start = node.start + delta;
    const end = node.end + delta;
    switch (node.kind) {
      case "number": return {
        kind: "number", start, end, value: node.value, digits: node.digits, suffix: node.suffix, unit: node.unit,
        unitSpan: optionalSpan(node.unitSpan), unitKnown: node.unitKnown,
      };
      case "string": return string(node);
      case "boolean": return { kind: "boolean", start, end, value: node.value };
      case "missing":
      case "name": return metric(node);
      case "range": return {
        kind: "range", start, end, from: expression(node.from), to: expression(node.to),
        step: node.step === undefined ? undefined : expression(node.step),
      };
      case "list": return { kind: "list", start, end, items: node.items.map(expression) };
      case "unary": return { kind: "unary", start, end, operator: node.operator, operand: expression(node.operand) };
      case "binary": return {
        kind: "binary", start, end, operator: node.operator, operatorSpan: span(node.operatorSpan),
        left: expression(node.left), right: expression(node.right),
      };
      case "call": return { kind: "call", start, end, callee: identifier(node.callee), arguments: node.arguments.map(expression) };
      case "parenthesized": return { kind: "parenthesized", start, end, inner: expression(node.inner) };
    }
  };

  const body = (node: Body): Body => ({
    kind: "body", start: node.start + delta, end: node.end + delta, members: node.members.map(member),
    open: span(node.open), close: optionalSpan(node.close),
  });

  const member = (node: Member): Member => {
    const start = node.start + delta;
    const end = node.end + delta;
    switch (node.kind) {
      case "property": return { kind: "property", start, end, path: node.path.map(identifier), value: expression(node.value) };
      case "block": return {
        kind: "block", start, end, keyword: identifier(node.keyword), variant: optionalIdentifier(node.variant), body: body(node.body),
      };
      case "require":
      case "where": return {
        kind: node.kind, start, end, keywordSpan: span(node.keywordSpan), left: expression(node.left),
        operator: node.operator, operatorSpan: optionalSpan(node.operatorSpan), right: expression(node.right),
      };
      case "measured": return {
        kind: "measured", start, end, keywordSpan: span(node.keywordSpan), metric: metric(node.metric),
        value: expression(node.value), from: optionalString(node.from),
      };
      case "objective": return {
        kind: "objective", start, end, sense: node.sense, keywordSpan: span(node.keywordSpan), metric: metric(node.metric),
      };
    }
  };

  const importName = (node: ImportName): ImportName => ({
    kind: "import-name", start: node.start + delta, end: node.end + delta, name: identifier(node.name),
    alias: optionalIdentifier(node.alias),
  });

  const declaration = (node: Declaration): Declaration => {
    const start = node.start + delta;
    const end = node.end + delta;
    switch (node.kind) {
      case "import": return { kind: "import", start, end, names: node.names.map(importName), from: optionalString(node.from) };
      case "let": return {
        kind: "let", start, end, name: optionalIdentifier(node.name), value: expression(node.value), doc: node.doc,
      };
      case "declaration": return {
        kind: "declaration", start, end, keyword: node.keyword, keywordSpan: span(node.keywordSpan),
        name: optionalIdentifier(node.name), base: optionalIdentifier(node.base), of: optionalIdentifier(node.of),
        body: node.body === undefined ? undefined : body(node.body), doc: node.doc,
      };
    }
  };

  const comment = ({ kind, start, end, text }: Comment): Comment => ({ kind, start: start + delta, end: end + delta, text });
  const moved = <Node extends Span>(node: Node): Node => ({ ...node, start: node.start + delta, end: node.end + delta });
  const error = (node: SyntaxError): SyntaxError => (node.fix === undefined
    ? moved(node) : { ...moved(node), fix: { ...node.fix, edits: node.fix.edits.map(moved) } });

  return {
    start: chunk.start + delta,
    end: chunk.end + delta,
    declarations: chunk.declarations.map(declaration),
    comments: chunk.comments.map(comment),
    errors: chunk.errors.map(error),
    openComment: chunk.openComment,
  };
}
