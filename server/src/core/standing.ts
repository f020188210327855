import type { Block, Expression, Identifier, LetDeclaration, Member } from "../../../grammar/src";
import type { BoundBlock, BoundDeclaration, FileScope } from "./bound";
import type { Scope } from "./evaluate";
import type { PropertyType } from "./schema";
import { choicesOf, isOwnKey, subjectOf, walkPath } from "./sweep";
import type { Workspace } from "./workspace";

/** Where the expressions of a statement stand. */
export interface Standing {
  /** What their names see. Its problems are nobody's. */
  readonly scope: Scope;
  /** What the whole of a value has to be; `undefined` for a part of one, and where anything may stand. */
  readonly typeOf: (value: Expression) => PropertyType | undefined;
}

const outside = (workspace: Workspace, file: FileScope): Scope => ({ workspace, file, block: undefined, key: undefined, metricsOf: undefined, problems: [] });

const anything = (): undefined => undefined;

/** The value of a `let`, which does not see itself. */
export const standingOfLet = (workspace: Workspace, file: FileScope, node: LetDeclaration): Standing =>
  ({ scope: { ...outside(workspace, file), key: node.name?.text }, typeOf: anything });

/** Where a statement is: `bound` and `block` are `undefined` where what is written around it does not fit together. */
export interface Place {
  readonly file: FileScope;
  readonly bound: BoundDeclaration | undefined;
  readonly block: BoundBlock | undefined;
}

/** A property's value sees the blocks around it, a `require` the metrics too; a sweep's statements see what its plan sees. */
export function standingOf(workspace: Workspace, { file, bound, block }: Place, member: Exclude<Member, Block>): Standing {
  const scope: Scope = { ...outside(workspace, file), block };
  const plan = bound && block === bound.block && !isOwnKey(bound, member) ? subjectOf(workspace, bound) : undefined;
  if (member.kind !== "property") {
    return { scope: plan ? { ...scope, block: plan.block, metricsOf: plan } : { ...scope, metricsOf: bound }, typeOf: anything };
  }
  if (plan) {
    const { spec } = walkPath(workspace, plan, member.path);
    const choices = new Set(choicesOf(member.value));
    return { scope: { ...scope, block: plan.block, key: spec?.key }, typeOf: (value) => (choices.has(value) ? spec?.type : undefined) };
  }
  const key = keyOf(member.path);
  const type = key === undefined ? undefined : block?.schema?.properties.get(key)?.type;
  return { scope: { ...scope, key }, typeOf: (value) => (value === member.value ? type : undefined) };
}

/** The key of a property; `undefined` for a dotted path. */
const keyOf = (path: readonly Identifier[]): string | undefined => (path.length === 1 ? path[0]?.text : undefined);
