import type { Expression, Identifier, Member } from "../../../grammar/src";
import { unknownDeclaration, bindDeclaration, replaceFix } from "./bind";
import type { BoundBlock, BoundDeclaration } from "./bound";
import { names, values, type Diagnostic } from "./diagnostics";
import { checkedValue, evaluate, settledValue, type Scope } from "./evaluate";
import { blocksNamed } from "./reference";
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
  const target = fileScope(workspace, symbol.uri);
  const plan = target && bindDeclaration(workspace, symbol.node, target);
  if (!plan || keyword !== "sweep") return [];
  const scope: Scope = { workspace, file, block: plan.block, key: undefined, metricsOf: plan, problems: [] };
  for (const member of bound.node.body?.members ?? []) checkMember(member, bound, plan, scope);
  return scope.problems.filter((problem) => problem.code !== names.notComputed.entry.code);
}

function checkMember(member: Member, sweep: BoundDeclaration, plan: BoundDeclaration, scope: Scope): void {
  if (member.kind === "property") {
    const [first] = member.path;
    if (!first || (member.path.length === 1 && sweep.block.schema?.properties.has(first.text))) return;
    const spec = specAt(member.path, plan, scope);
    if (spec) for (const expression of choices(member.value)) checkedValue(expression, spec, { ...scope, key: spec.key });
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
function choices(expression: Expression): readonly Expression[] {
  if (expression.kind === "list") return expression.items.flatMap(choices);
  return expression.kind === "range" ? [expression.from, expression.to] : [expression];
}

/** The key that a path such as `parallelism.ep` names, seen from the plan; a part that does not exist is reported. */
function specAt(path: readonly Identifier[], plan: BoundDeclaration, scope: Scope): PropertySpec | undefined {
  let block: BoundBlock | undefined = plan.block;
  let owner = plan.name;
  for (const [index, part] of path.entries()) {
    const schema: BlockSchema | undefined = block?.schema;
    if (!block || !schema) return undefined;
    const spec: PropertySpec | undefined = schema.properties.get(part.text);
    if (spec && index === path.length - 1) return spec;
    const value: Value | undefined = spec && settledValue(scope.workspace, block, part.text).value;
    const [inner]: readonly BoundBlock[] = blocksNamed(block, part.text);
    if (!spec && !inner) {
      const suggestion = nearest(part.text, [...schema.properties.keys(), ...schema.children.map((child) => child.keyword)]);
      scope.problems.push(names.unknownMember.at({ uri: scope.file.uri, span: part }, { owner: owner === "" ? blockTitle(schema) : owner, name: part.text, suggestion }, replaceFix(part, suggestion)));
      return undefined;
    }
    block = value?.kind === "declaration" ? value.declaration.block : inner;
    owner = part.text;
  }
  return undefined;
}
