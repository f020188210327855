import type { Block, BlockDeclaration, Body, Declaration, Expression, Identifier, Member, NameExpression, Span } from "../../../grammar/src";
import {
  bindDeclaration, fileScope, functionNames, referenceAt, resolveSymbol, standingOf, standingOfLet, type BoundBlock, type BoundDeclaration, type FileScope, type Reference,
  type Standing, type Workspace,
} from "../core";
import { Cancelled, type Cancellation } from "../rules";

/** The kinds of words, in the order of the legend. Standard names, so that every theme has colours for them. */
export const tokenTypes = [
  "class", "variable", "property", "enumMember", "number", "function", "keyword", "comment", "string", "method", "type", "operator",
] as const;
export type TokenType = (typeof tokenTypes)[number];

export const tokenModifiers = ["declaration", "readonly", "defaultLibrary"] as const;
export type TokenModifier = (typeof tokenModifiers)[number];

/** A word on one line, and what it is. */
export interface SemanticToken {
  readonly line: number;
  readonly character: number;
  readonly length: number;
  readonly type: TokenType;
  readonly modifiers: readonly TokenModifier[];
}

/** What each word of a file means, by position; with `within`, of the declarations and comments that touch these offsets. */
export function semanticTokens(workspace: Workspace, uri: string, cancellation?: Cancellation, within?: Span): readonly SemanticToken[] {
  const scope = fileScope(workspace, uri);
  if (!scope) return [];
  const { file } = scope.source.parsed;
  const wanted = (span: Span) => within === undefined || (span.start <= within.end && within.start <= span.end);
  const found: Mark[] = [];
  const add: Add = (span, type, ...modifiers) => {
    if (span.end > span.start) found.push({ start: span.start, end: span.end, type, modifiers });
  };
  for (const comment of file.comments) if (wanted(comment)) add(comment, "comment");
  for (const node of file.declarations) {
    if (cancellation?.isCancellationRequested) throw new Cancelled();
    if (wanted(node)) markDeclaration({ workspace, scope, add }, node);
  }
  found.sort((left, right) => left.start - right.start);
  return found.flatMap((mark) => onLines(scope, mark));
}

interface Mark extends Span {
  readonly type: TokenType;
  readonly modifiers: readonly TokenModifier[];
}

type Add = (span: Span, type: TokenType, ...modifiers: readonly TokenModifier[]) => void;

interface Marking {
  readonly workspace: Workspace;
  readonly scope: FileScope;
  readonly add: Add;
}

/** A mark over several lines is one token a line: editors take no others. */
function onLines({ source: { text, lines } }: FileScope, { start, end, type, modifiers }: Mark): readonly SemanticToken[] {
  const from = lines.position(start);
  const to = lines.position(end);
  if (from.line === to.line) return [{ ...from, length: end - start, type, modifiers }];
  return Array.from({ length: to.line - from.line + 1 }, (_, index) => {
    const line = from.line + index;
    const character = index === 0 ? from.character : 0;
    const first = lines.offset({ line, character });
    const last = line === to.line ? end : first + /^[^\r\n]*/.exec(text.slice(first, end))![0].length;
    return { line, character, length: last - first, type, modifiers };
  }).filter((token) => token.length > 0);
}

/** A word of the language between two places, such as `from`, which the tree does not hold. */
function markWord({ scope, add }: Marking, word: string, from: number, to: number): void {
  const start = scope.source.text.lastIndexOf(word, to - 1);
  if (start >= from) add({ start, end: start + word.length }, "keyword");
}

function markDeclaration(marking: Marking, node: Declaration): void {
  const { add, workspace, scope } = marking;
  if (node.kind === "import") {
    add({ start: node.start, end: node.start + "import".length }, "keyword");
    for (const entry of node.names) {
      const symbol = resolveSymbol(workspace, scope, (entry.alias ?? entry.name).text);
      const type = symbol?.kind === "let" ? "variable" : "class";
      add(entry.name, type);
      if (entry.alias) {
        markWord(marking, "as", entry.name.end, entry.alias.start);
        add(entry.alias, type, "declaration");
      }
    }
    if (node.from) {
      markWord(marking, "from", node.names.at(-1)?.end ?? node.start, node.from.start);
      add(node.from, "string");
    }
    return;
  }
  if (node.kind === "let") {
    add({ start: node.start, end: node.start + "let".length }, "keyword");
    if (node.name) add(node.name, "variable", "declaration", "readonly");
    markExpression(marking, node.value, standingOfLet(workspace, scope, node));
    return;
  }
  markBlockDeclaration(marking, node);
}

function markBlockDeclaration(marking: Marking, node: BlockDeclaration): void {
  const { add, workspace, scope } = marking;
  add(node.keywordSpan, "keyword");
  if (node.name) add(node.name, "class", "declaration");
  if (node.base) {
    markWord(marking, "extends", node.name?.end ?? node.keywordSpan.end, node.base.start);
    add(node.base, "class");
  }
  if (node.of) {
    markWord(marking, "of", node.name?.end ?? node.keywordSpan.end, node.of.start);
    add(node.of, "class");
  }
  const bound = bindDeclaration(workspace, node, scope);
  if (node.body) markBody(marking, node.body, bound, bound?.block);
}

function markBody(marking: Marking, body: Body, bound: BoundDeclaration | undefined, block: BoundBlock | undefined): void {
  for (const member of body.members) markMember(marking, member, bound, block);
}

function markMember(marking: Marking, member: Member, bound: BoundDeclaration | undefined, block: BoundBlock | undefined): void {
  const { add, workspace, scope } = marking;
  if (member.kind === "block") return markBlock(marking, member, bound, block);
  const standing = standingOf(workspace, { file: scope, bound, block }, member);
  if (member.kind === "property") {
    for (const part of member.path) add(part, "property");
    markExpression(marking, member.value, standing);
    return;
  }
  add(member.keywordSpan, "keyword");
  if (member.kind === "measured") {
    markExpression(marking, member.metric, standing);
    markExpression(marking, member.value, standing);
    if (member.from) {
      markWord(marking, "from", member.value.end, member.from.start);
      add(member.from, "string");
    }
  } else if (member.kind === "objective") {
    markExpression(marking, member.metric, standing);
  } else {
    markExpression(marking, member.left, standing);
    if (member.operatorSpan) add(member.operatorSpan, "operator");
    markExpression(marking, member.right, standing);
  }
}

function markBlock(marking: Marking, node: Block, bound: BoundDeclaration | undefined, outer: BoundBlock | undefined): void {
  marking.add(node.keyword, "keyword");
  if (node.variant) marking.add(node.variant, "type");
  markBody(marking, node.body, bound, outer?.blocks.find((inner) => inner.node === node));
}

/** Walked in a loop: an expression may be hundreds of operators deep. */
function markExpression(marking: Marking, root: Expression, standing: Standing): void {
  const { add } = marking;
  const waiting: Expression[] = [root];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    switch (node.kind) {
      case "number": add(node, "number"); break;
      case "string": add(node, "string"); break;
      case "boolean": add(node, "enumMember", "readonly"); break;
      case "name": markName(add, node, standing); break;
      case "range":
        waiting.push(node.from, node.to);
        if (node.step) {
          markWord(marking, "step", node.to.end, node.step.start);
          waiting.push(node.step);
        }
        break;
      case "list": for (const item of node.items) waiting.push(item); break;
      case "unary": waiting.push(node.operand); break;
      case "binary":
        add(node.operatorSpan, "operator");
        waiting.push(node.left, node.right);
        break;
      case "call":
        if (functionNames.includes(node.callee.text)) add(node.callee, "function", "defaultLibrary");
        for (const argument of node.arguments) waiting.push(argument);
        break;
      case "parenthesized": waiting.push(node.inner); break;
      case "missing": break;
    }
  }
}

function markName(add: Add, node: NameExpression, { scope, typeOf }: Standing): void {
  node.parts.forEach((part, index) => {
    const reference = referenceAt(node, index, scope, typeOf(node));
    if (reference) markReference(add, part, reference);
  });
}

function markReference(add: Add, part: Identifier, reference: Reference): void {
  switch (reference.kind) {
    case "property": return add(part, "property", "readonly");
    case "block": return add(part, "property", "readonly");
    case "declaration": return add(part, "class");
    case "let": return add(part, "variable", "readonly");
    case "metric": return add(part, "method", "readonly");
    case "word": return add(part, "enumMember", "readonly");
  }
}
