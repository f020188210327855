import type {
  Block, BlockDeclaration, CallExpression, Declaration, Expression, Identifier, ImportName, LetDeclaration, Member, NameExpression, NumberLiteral, Property,
  Span, StringLiteral,
} from "../../../grammar/src";
import {
  bindDeclaration, expressionsOf, referenceAt, standingOf, standingOfLet, type BoundBlock, type BoundDeclaration, type FileScope, type Reference,
  type ResolvedImport, type Workspace,
} from "../core";

/** Where in its file a place is: the declaration, the blocks around it from the outside in, the statement. */
export interface Surroundings {
  readonly declaration: BlockDeclaration | LetDeclaration | undefined;
  readonly blocks: readonly Block[];
  /** The property, `require`, `measured` … whose text it is in. */
  readonly member: Exclude<Member, Block> | undefined;
}

/** What stands at an offset; `span` is the text that the answer is about. */
export type Located = { readonly span: Span; readonly within: Surroundings } & (
  | { readonly kind: "import-path"; readonly imported: ResolvedImport; readonly path: StringLiteral }
  | { readonly kind: "import-name"; readonly imported: ResolvedImport; readonly node: ImportName }
  /** The keyword or the name of a declaration. */
  | { readonly kind: "declaration"; readonly node: BlockDeclaration }
  | { readonly kind: "let"; readonly node: LetDeclaration }
  /** The name after `extends` or `of`. */
  | { readonly kind: "declaration-name"; readonly name: Identifier }
  /** The keyword or the kind of a block. */
  | { readonly kind: "block"; readonly node: Block }
  | { readonly kind: "key"; readonly property: Property; readonly index: number }
  | { readonly kind: "statement"; readonly member: Exclude<Member, Block | Property> }
  | { readonly kind: "number"; readonly literal: NumberLiteral }
  | { readonly kind: "name"; readonly expression: NameExpression; readonly index: number }
  | { readonly kind: "function"; readonly call: CallExpression }
  /** Some other part of a value: an operator, a bracket, a text. */
  | { readonly kind: "value" }
);

/** Both ends count, so that a cursor right behind a word means the word. */
const touches = (span: Span | undefined, offset: number): boolean => span !== undefined && span.start <= offset && offset <= span.end;

const nowhere: Surroundings = { declaration: undefined, blocks: [], member: undefined };

export function locate(scope: FileScope, offset: number): Located | undefined {
  for (const node of scope.source.parsed.file.declarations) {
    if (!touches(node, offset)) continue;
    const found = inDeclaration(scope, node, offset);
    if (found) return found;
  }
  return undefined;
}

function inDeclaration(scope: FileScope, node: Declaration, offset: number): Located | undefined {
  if (node.kind === "import") return inImport(scope, node, offset);
  const within: Surroundings = { ...nowhere, declaration: node };
  if (node.kind === "let") {
    if (node.name && touches(node.name, offset)) return { kind: "let", node, span: node.name, within };
    return inExpression(node.value, offset, within);
  }
  for (const span of [node.name, node.keywordSpan]) {
    if (span && touches(span, offset)) return { kind: "declaration", node, span: { start: span.start, end: span.end }, within };
  }
  for (const name of [node.base, node.of]) {
    if (name && touches(name, offset)) return { kind: "declaration-name", name, span: name, within };
  }
  return inMembers(node.body?.members ?? [], offset, within);
}

function inImport(scope: FileScope, node: Extract<Declaration, { kind: "import" }>, offset: number): Located | undefined {
  const imported = scope.imports.find((entry) => entry.node === node);
  if (!imported) return undefined;
  const { from } = node;
  if (from && touches(from, offset)) return { kind: "import-path", imported, path: from, span: from, within: nowhere };
  for (const entry of node.names) {
    for (const name of [entry.name, entry.alias]) {
      if (name && touches(name, offset)) return { kind: "import-name", imported, node: entry, span: name, within: nowhere };
    }
  }
  return undefined;
}

function inMembers(members: readonly Member[], offset: number, within: Surroundings): Located | undefined {
  for (const member of members) {
    if (!touches(member, offset)) continue;
    const found = inMember(member, offset, within);
    if (found) return found;
  }
  return undefined;
}

function inMember(member: Member, offset: number, outside: Surroundings): Located | undefined {
  if (member.kind === "block") {
    const within: Surroundings = { ...outside, blocks: [...outside.blocks, member] };
    for (const name of [member.keyword, member.variant]) {
      if (name && touches(name, offset)) return { kind: "block", node: member, span: name, within };
    }
    return inMembers(member.body.members, offset, within);
  }
  const within: Surroundings = { ...outside, member };
  if (member.kind === "property") {
    const index = member.path.findIndex((part) => touches(part, offset));
    const part = member.path[index];
    if (part) return { kind: "key", property: member, index, span: part, within };
    return inExpression(member.value, offset, within);
  }
  if (touches(member.keywordSpan, offset)) return { kind: "statement", member, span: member.keywordSpan, within };
  for (const expression of expressionsOf(member)) {
    const found = inExpression(expression, offset, within);
    if (found) return found;
  }
  return undefined;
}

/** Walked in a loop: an expression may be hundreds of operators deep. */
function inExpression(root: Expression, offset: number, within: Surroundings): Located | undefined {
  let node: Expression | undefined = root;
  let last: Expression | undefined;
  while (node && touches(node, offset)) {
    last = node;
    switch (node.kind) {
      case "number": return { kind: "number", literal: node, span: node, within };
      case "name": {
        const index = node.parts.findIndex((part) => touches(part, offset));
        const part = node.parts[index];
        return part ? { kind: "name", expression: node, index, span: part, within } : { kind: "value", span: node, within };
      }
      case "call":
        if (touches(node.callee, offset)) return { kind: "function", call: node, span: node.callee, within };
        node = node.arguments.find((argument) => touches(argument, offset));
        break;
      case "range": node = [node.from, node.to, node.step].find((part) => touches(part, offset)); break;
      case "list": node = node.items.find((item) => touches(item, offset)); break;
      case "unary": node = node.operand; break;
      case "binary": node = touches(node.left, offset) ? node.left : node.right; break;
      case "parenthesized": node = node.inner; break;
      default: node = undefined;
    }
  }
  return last && last.kind !== "missing" ? { kind: "value", span: last, within } : undefined;
}

/** The declaration around a place, with what it inherits. */
export function boundAround(workspace: Workspace, scope: FileScope, { declaration }: Surroundings): BoundDeclaration | undefined {
  return declaration?.kind === "declaration" ? bindDeclaration(workspace, declaration, scope) : undefined;
}

/** The innermost block around a place; `undefined` where the block does not fit its surroundings. */
export function blockAround(bound: BoundDeclaration, { blocks }: Surroundings): BoundBlock | undefined {
  return blocks.reduce<BoundBlock | undefined>((outer, node) => outer?.blocks.find((inner) => inner.node === node), bound.block);
}

/** What the name at a place stands for. */
export function referenceOf(workspace: Workspace, file: FileScope, located: Extract<Located, { kind: "name" }>): Reference | undefined {
  const { within, expression, index } = located;
  const { declaration, member } = within;
  const bound = boundAround(workspace, file, within);
  const standing = member ? standingOf(workspace, { file, bound, block: bound && blockAround(bound, within) }, member)
    : declaration?.kind === "let" ? standingOfLet(workspace, file, declaration) : undefined;
  return standing && referenceAt(expression, index, standing.scope, standing.typeOf(expression));
}
