import type { Expression, Identifier, Member } from "../../../grammar/src";
import { unknownDeclaration, bindDeclaration, replaceFix } from "./bind";
import type { BoundBlock, BoundDeclaration } from "./bound";
import { names, values, type Diagnostic } from "./diagnostics";
import { checkedValue, evaluate, settledValue, type Scope } from "./evaluate";
import { blocksNamed, type Reference } from "./reference";
import { blockTitle, type BlockSchema, type PropertySpec } from "./schema";
import { nearest } from "./suggest";
import { withArticle, type Value } from "./values";
import { fileScope, resolveSymbol, type Workspace } from "./workspace";

/** What stands after `of`: a sweep varies a plan, a routing experiment a model. */
const subjects = { sweep: "plan", routing: "model" } as const;

/** What is wrong with `sweep NAME of PLAN` and what it varies, and with the subject of `routing NAME of MODEL`. */
export function spaceProblems(workspace: Workspace, bound: BoundDeclaration, of: Identifier): readonly Diagnostic[] {
  const { file, keyword } = bound;
  const wanted = keyword === "sweep" || keyword === "routing" ? subjects[keyword] : undefined;
  const symbol = resolveSymbol(workspace, file, of.text);
  if (!symbol) return file.symbols.has(of.text) ? [] : [unknownDeclaration(workspace, file, of, wanted ?? keyword)];
  if (!wanted) return [];
  if (symbol.kind === "let" || symbol.node.keyword !== wanted) {
    const found = symbol.kind === "let" ? "a constant" : withArticle(symbol.node.keyword);
    return [values.wrongType.at({ uri: file.uri, span: of }, { key: "of", expected: `the name of a \`${wanted}\``, found })];
  }
  const plan = subjectOf(workspace, bound);
  if (!plan) return [];
  const scope: Scope = { workspace, file, block: plan.block, key: undefined, metricsOf: plan, problems: [] };
  for (const member of bound.node.body?.members ?? []) checkMember(member, bound, plan, scope);
  return scope.problems.filter((problem) => problem.code !== names.notComputed.entry.code);
}

/** The plan that a sweep varies; `undefined` for other declarations and where the sweep names none. */
export function subjectOf(workspace: Workspace, bound: BoundDeclaration): BoundDeclaration | undefined {
  const { node, file, keyword } = bound;
  if (keyword !== "sweep" || !node.of) return undefined;
  const symbol = resolveSymbol(workspace, file, node.of.text);
  if (symbol?.kind !== "declaration" || symbol.node.keyword !== subjects.sweep) return undefined;
  const target = fileScope(workspace, symbol.uri);
  return target && bindDeclaration(workspace, symbol.node, target);
}

/** True for `budget` and `seed`, which are the sweep's own and no dimension. */
export function isOwnKey(sweep: BoundDeclaration, member: Member): boolean {
  return member.kind === "property" && member.path.length === 1 && (sweep.block.schema?.properties.has(member.path[0]?.text ?? "") ?? false);
}

function checkMember(member: Member, sweep: BoundDeclaration, plan: BoundDeclaration, scope: Scope): void {
  if (member.kind === "property") {
    if (isOwnKey(sweep, member)) return;
    const spec = specAt(member.path, plan, scope);
    if (spec) for (const expression of choicesOf(member.value)) checkedValue(expression, spec, { ...scope, key: spec.key });
  } else if (member.kind === "where") {
    evaluate(member.left, scope);
    evaluate(member.right, scope);
  } else if (member.kind === "objective" && member.metric.kind === "name") {
    const { metrics } = scope.workspace;
    const name = member.metric.parts.map((part) => part.text).join(".");
    if (metrics.ids("plan").includes(name)) return;
    const suggestion = nearest(name, metrics.ids("plan"));
    scope.problems.push(names.unknownMetric.at({ uri: scope.file.uri, span: member.metric }, { name, owner: "plan", suggestion }, replaceFix(member.metric, suggestion)));
  }
}

/** The single values that a property of a sweep takes: the items of a list, the ends of a range. */
export function choicesOf(expression: Expression): readonly Expression[] {
  if (expression.kind === "list") return expression.items.flatMap(choicesOf);
  return expression.kind === "range" ? [expression.from, expression.to] : [expression];
}

/** A path such as `parallelism.ep`, followed from the plan. */
export interface WalkedPath {
  /** What each part names; shorter than the path where a part does not exist. */
  readonly references: readonly Reference[];
  /** The key that the whole path names. */
  readonly spec: PropertySpec | undefined;
  /** The part that its owner does not have. */
  readonly unknown: { readonly part: Identifier; readonly owner: string; readonly schema: BlockSchema } | undefined;
}

export function walkPath(workspace: Workspace, plan: BoundDeclaration, path: readonly Identifier[]): WalkedPath {
  const references: Reference[] = [];
  let block: BoundBlock | undefined = plan.block;
  let owner = plan.name;
  for (const [index, part] of path.entries()) {
    const schema: BlockSchema | undefined = block?.schema;
    if (!block || !schema) break;
    const spec: PropertySpec | undefined = schema.properties.get(part.text);
    const [inner]: readonly BoundBlock[] = blocksNamed(block, part.text);
    if (spec) references.push({ kind: "property", block, key: spec.key });
    else if (inner) references.push({ kind: "block", block: inner });
    else return { references, spec: undefined, unknown: { part, owner: owner === "" ? blockTitle(schema) : owner, schema } };
    if (spec && index === path.length - 1) return { references, spec, unknown: undefined };
    const value: Value | undefined = spec && settledValue(workspace, block, part.text).value;
    block = value?.kind === "declaration" ? value.declaration.block : inner;
    owner = part.text;
  }
  return { references, spec: undefined, unknown: undefined };
}

/** The key that a path names; a part that does not exist is reported. */
function specAt(path: readonly Identifier[], plan: BoundDeclaration, scope: Scope): PropertySpec | undefined {
  const { spec, unknown } = walkPath(scope.workspace, plan, path);
  if (unknown) {
    const { part, owner, schema } = unknown;
    const suggestion = nearest(part.text, [...schema.properties.keys(), ...schema.children.map((child) => child.keyword)]);
    scope.problems.push(names.unknownMember.at({ uri: scope.file.uri, span: part }, { owner, name: part.text, suggestion }, replaceFix(part, suggestion)));
  }
  return spec;
}
