/** What a sweep varies, by its path: `hardware`, `parallelism.ep`, `model.moe.top_k`, followed from the plan. */

import type { Member } from "../../../../grammar/src";
import type { BoundBlock, BoundDeclaration, PropertyValue } from "../bound";
import { settledValue } from "../evaluate";
import { declarationNamed } from "../named-declaration";
import { withOrigins } from "../origins";
import { blocksNamed, type Reference } from "../reference";
import { blockTitle, type BlockSchema, type PropertySpec } from "../schema";
import type { Workspace } from "../workspace";

/** A key with the block that holds it, and the declaration that the block is of. */
export interface VariedKey {
  readonly declaration: BoundDeclaration;
  readonly block: BoundBlock;
  readonly key: string;
  readonly spec: PropertySpec;
}

/** Why a path leads to no key; `part` is the place of the name that stops it. */
export type PathFault =
  /** Its owner has no such name. */
  | { readonly kind: "unknown"; readonly part: number; readonly owner: string; readonly schema: BlockSchema }
  /** A block that the owner may have and has not. */
  | { readonly kind: "unwritten"; readonly part: number; readonly owner: string; readonly declaration: BoundDeclaration; readonly parent: BoundBlock }
  /** The name of several blocks. */
  | { readonly kind: "several"; readonly part: number; readonly blocks: readonly BoundBlock[] }
  /** It ends at a block. */
  | { readonly kind: "block"; readonly part: number; readonly block: BoundBlock }
  /** It goes on behind a key that names no declaration. */
  | { readonly kind: "value"; readonly part: number };

export interface WalkedPath {
  /** What each part names; shorter than the path where a part does not exist. */
  readonly references: readonly Reference[];
  /** The key that the whole path names. */
  readonly spec: PropertySpec | undefined;
  /** The same where it is one key of one block; `undefined` with no `fault` where a part of the plan is missing or in error. */
  readonly target: VariedKey | undefined;
  readonly fault: PathFault | undefined;
}

interface PathPart {
  readonly text: string;
}

export function walkPath(workspace: Workspace, plan: BoundDeclaration, path: readonly PathPart[]): WalkedPath {
  const references: Reference[] = [];
  let declaration = plan;
  let block: BoundBlock | undefined = plan.block;
  let owner = plan.name;
  let several: PathFault | undefined;
  const stopped = (fault: PathFault | undefined): WalkedPath => ({ references, spec: undefined, target: undefined, fault: several ?? fault });
  for (const [index, { text }] of path.entries()) {
    const schema: BlockSchema | undefined = block.schema;
    if (!schema) break;
    const isLast = index === path.length - 1;
    const spec: PropertySpec | undefined = schema.properties.get(text);
    if (spec) {
      references.push({ kind: "property", block, key: spec.key });
      if (isLast) return { references, spec, target: several ? undefined : { declaration, block, key: spec.key, spec }, fault: several };
      if (spec.type.kind !== "reference") return stopped({ kind: "value", part: index });
      const { value } = settledValue(workspace, block, text);
      if (value?.kind !== "declaration") return stopped(undefined);
      declaration = value.declaration;
      block = declaration.block;
    } else {
      const inner: readonly BoundBlock[] = blocksNamed(block, text);
      const [first, another] = inner;
      if (!first) {
        const title = owner === "" ? blockTitle(schema) : owner;
        const isPossible = schema.children.some((child) => child.keyword === text || child.variants.some(({ variant }) => variant === text));
        return stopped(isPossible ? { kind: "unwritten", part: index, owner: title, declaration, parent: block } : { kind: "unknown", part: index, owner: title, schema });
      }
      references.push({ kind: "block", block: first });
      if (another) several ??= { kind: "several", part: index, blocks: inner };
      if (isLast) return stopped({ kind: "block", part: index, block: first });
      block = first;
    }
    owner = text;
  }
  return stopped(undefined);
}

/** The key at the end of a path seen from a plan; `undefined` where it leads to none. */
export const targetOf = (workspace: Workspace, plan: BoundDeclaration, parts: readonly string[]): VariedKey | undefined =>
  walkPath(workspace, plan, parts.map((text) => ({ text }))).target;

/** Whether a key is among those that values were computed from, directly or through others. */
export function isReadBy(workspace: Workspace, { block, key }: VariedKey, reads: readonly PropertyValue[]): boolean {
  return withOrigins(reads).has(settledValue(workspace, block, key));
}

/** The plan that a sweep varies; `undefined` for other declarations and where the sweep names none. */
export function subjectOf(workspace: Workspace, bound: BoundDeclaration): BoundDeclaration | undefined {
  const { node, file, keyword } = bound;
  if (keyword !== "sweep" || !node.of) return undefined;
  const subject = declarationNamed(workspace, file, node.of.text);
  return subject?.keyword === "plan" ? subject : undefined;
}

/** True for `budget` and `seed`, which are the sweep's own and no dimension. */
export function isOwnKey(sweep: BoundDeclaration, member: Member): boolean {
  return member.kind === "property" && member.path.length === 1 && (sweep.block.schema?.properties.has(member.path[0]?.text ?? "") ?? false);
}
