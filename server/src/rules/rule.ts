import type { BoundBlock, BoundDeclaration, Diagnostic, DiagnosticEntry, PropertyValue, Workspace } from "../core";
import { blockHeaderSpan, settledValue } from "../core";
import type { DeclarationKeyword, Span } from "../../../grammar/src";

/** One check with the registry entries of the codes it can raise; one file each, fixes and documentation included. */
export interface Rule {
  /** The declarations it looks at. */
  readonly on: readonly DeclarationKeyword[];
  readonly entries: readonly DiagnosticEntry[];
  readonly check: (subject: RuleSubject) => readonly Diagnostic[];
}

export interface RuleSubject {
  readonly workspace: Workspace;
  readonly declaration: BoundDeclaration;
}

/**
 * Where a diagnostic about a block or one of its keys is shown: at the value where it is written in this declaration,
 * at the block's header where the key has its default, at `extends BASE` where both are the base's.
 */
export function placeOfKey(subject: RuleSubject, block: BoundBlock, key: string): { readonly uri: string; readonly span: Span } {
  const { property } = settledValue(subject.workspace, block, key);
  if (property && !property.inherited) return { uri: property.file.uri, span: property.node.value };
  return placeOfBlock(subject, block);
}

export function placeOfBlock({ declaration }: RuleSubject, block: BoundBlock): { readonly uri: string; readonly span: Span } {
  const span = block.own || !declaration.node.base ? blockHeaderSpan(block) : declaration.node.base;
  return { uri: declaration.file.uri, span };
}

/** The number a key has; `undefined` where it is absent, `auto` or in error. */
export function numberOf({ workspace }: RuleSubject, block: BoundBlock, key: string): number | undefined {
  const { plain } = settledValue(workspace, block, key);
  return typeof plain === "number" ? plain : undefined;
}

/** The value of a key, when this declaration writes it itself: only then can an edit here change it. */
export function ownValue({ workspace, declaration }: RuleSubject, block: BoundBlock, key: string): PropertyValue | undefined {
  const found = settledValue(workspace, block, key);
  return found.property && !found.property.inherited && found.property.file.uri === declaration.file.uri ? found : undefined;
}
