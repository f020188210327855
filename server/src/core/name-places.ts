import type {
  Block, BlockDeclaration, Body, Declaration, Expression, Identifier, LetDeclaration, Member, NameExpression, Property,
} from "../../../grammar/src";
import { bindDeclaration } from "./bind";
import type { BoundBlock, BoundDeclaration, FileScope, ResolvedImport } from "./bound";
import { referenceAt } from "./evaluate";
import { blockTarget, fileMeaning, importMeaning, referenceTarget, writtenTarget, type Meaning } from "./meaning";
import { isOwnKey, subjectOf, walkPath } from "./sweep";
import { standingOf, standingOfLet, type Standing } from "./standing";
import type { Workspace } from "./workspace";

/**
 * What a name does where it stands: it declares, it is what an import takes (`imported`) or the name that an import gives
 * (`alias`), it is a key or the header of a block, or it refers.
 */
export type NameRole = "declaration" | "imported" | "alias" | "key" | "block" | "reference";

/** `meaning` is looked up when it is called: to look at every name of a file costs no more than to walk its tree. */
export type VisitName = (name: Identifier, role: NameRole, meaning: () => Meaning | undefined) => void;

/** Every name that an author chose or could follow, in the order of the text, for any text. */
export function visitNames(workspace: Workspace, file: FileScope, visit: VisitName): void {
  for (const node of file.source.parsed.file.declarations) visitDeclarationNames(workspace, file, node, visit);
}

export function visitDeclarationNames(workspace: Workspace, file: FileScope, node: Declaration, visit: VisitName): void {
  const walk: Walk = { workspace, file, visit };
  if (node.kind === "import") visitImport(walk, file.imports.find((entry) => entry.node === node));
  else if (node.kind === "let") visitLet(walk, node);
  else visitDeclaration(walk, node);
}

interface Walk {
  readonly workspace: Workspace;
  readonly file: FileScope;
  readonly visit: VisitName;
}

const lazily = <Value>(compute: () => Value): (() => Value) => {
  let found: { readonly value: Value } | undefined;
  return () => (found ??= { value: compute() }).value;
};

function visitImport({ workspace, file: { uri }, visit }: Walk, from: ResolvedImport | undefined): void {
  for (const node of from?.node.names ?? []) {
    const { name, alias } = node;
    const meaning = lazily(() => from && importMeaning(workspace, { node, from, name: alias ?? name, uri }));
    visit(name, "imported", alias ? () => withoutImport(meaning()) : meaning);
    if (alias) visit(alias, "alias", meaning);
  }
}

/** In `A as B`, `A` is no name of this file. Where there is no `A`, nothing is known of it. */
const withoutImport = (meaning: Meaning | undefined): Meaning | undefined =>
  (meaning === undefined || meaning.target.kind === "import" ? undefined : { target: meaning.target });

function visitLet(walk: Walk, node: LetDeclaration): void {
  const { name } = node;
  if (name) walk.visit(name, "declaration", () => ({ target: { kind: "let", uri: walk.file.uri, node, name } }));
  visitExpression(walk, node.value, lazily(() => standingOfLet(walk.workspace, walk.file, node)));
}

/** What is bound around a place; looked up when a name needs it. */
interface Around {
  readonly bound: () => BoundDeclaration | undefined;
  readonly block: () => BoundBlock | undefined;
}

function visitDeclaration(walk: Walk, node: BlockDeclaration): void {
  const { workspace, file, visit } = walk;
  const { name } = node;
  if (name) visit(name, "declaration", () => ({ target: { kind: "declaration", uri: file.uri, node, name } }));
  for (const header of [node.base, node.of]) if (header) visit(header, "reference", () => fileMeaning(workspace, file, header));
  const bound = lazily(() => bindDeclaration(workspace, node, file));
  if (node.body) visitBody(walk, node.body, { bound, block: () => bound()?.block });
}

function visitBody(walk: Walk, body: Body, around: Around): void {
  for (const member of body.members) {
    if (member.kind === "block") visitBlock(walk, member, around);
    else visitStatement(walk, member, around);
  }
}

function visitBlock(walk: Walk, node: Block, { bound, block }: Around): void {
  const own = lazily(() => block()?.blocks.find((inner) => inner.node === node));
  const meaning = (): Meaning | undefined => {
    const found = own();
    return found && { target: blockTarget(found) };
  };
  walk.visit(node.keyword, "block", meaning);
  if (node.variant) walk.visit(node.variant, "block", meaning);
  visitBody(walk, node.body, { bound, block: own });
}

function visitStatement(walk: Walk, member: Exclude<Member, Block>, around: Around): void {
  const { workspace, file } = walk;
  const standing = lazily(() => standingOf(workspace, { file, bound: around.bound(), block: around.block() }, member));
  if (member.kind === "property") visitKey(walk, member, around);
  for (const expression of expressionsOf(member)) visitExpression(walk, expression, standing);
}

/** The expressions of a statement, in the order of the text. */
export function expressionsOf(member: Exclude<Member, Block>): readonly Expression[] {
  switch (member.kind) {
    case "property": return [member.value];
    case "require": case "where": return [member.left, member.right];
    case "measured": return [member.metric, member.value];
    case "objective": return [member.metric];
  }
}

function visitKey({ workspace, visit }: Walk, member: Property, { bound, block }: Around): void {
  member.path.forEach((part, index) => visit(part, "key", () => {
    const [declaration, within] = [bound(), block()];
    if (!declaration || !within) return undefined;
    const plan = within === declaration.block && !isOwnKey(declaration, member) ? subjectOf(workspace, declaration) : undefined;
    if (plan) {
      const reference = walkPath(workspace, plan, member.path).references[index];
      const target = reference && referenceTarget(reference);
      return target && { target };
    }
    if (member.path.length > 1) return undefined;
    const property = within.properties.get(part.text);
    const overrides = property?.node === member && property.overrides ? writtenTarget(property.overrides) : undefined;
    return { target: { kind: "property", uri: declaration.file.uri, node: member, name: part }, overrides };
  }));
}

/** Walked in a loop: an expression may be hundreds of operators deep. */
function visitExpression(walk: Walk, root: Expression, standing: () => Standing): void {
  const waiting: Expression[] = [root];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    switch (node.kind) {
      case "name": visitNameExpression(walk, node, standing); break;
      case "range": if (node.step) waiting.push(node.step); waiting.push(node.to, node.from); break;
      case "list": pushReversed(waiting, node.items); break;
      case "unary": waiting.push(node.operand); break;
      case "binary": waiting.push(node.right, node.left); break;
      case "call": pushReversed(waiting, node.arguments); break;
      case "parenthesized": waiting.push(node.inner); break;
    }
  }
}

/** The last one is taken first. A list may be longer than a call has room for arguments. */
function pushReversed(waiting: Expression[], items: readonly Expression[]): void {
  for (let index = items.length - 1; index >= 0; index -= 1) {
    const item = items[index];
    if (item) waiting.push(item);
  }
}

function visitNameExpression({ workspace, file, visit }: Walk, node: NameExpression, standing: () => Standing): void {
  node.parts.forEach((part, index) => visit(part, "reference", () => {
    const { scope, typeOf } = standing();
    const reference = referenceAt(node, index, scope, typeOf(node));
    const isOfFile = index === 0 && (reference === undefined || reference.kind === "declaration" || reference.kind === "let");
    if (isOfFile) return fileMeaning(workspace, file, part);
    const target = reference && referenceTarget(reference);
    return target && { target };
  }));
}
