import type { BoundBlock, BoundDeclaration, BoundProperty, Diagnostic, DiagnosticEntry, Workspace } from "../core";
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

/** The first of some keys that this declaration writes itself, else the first: who changed something reads of it there. */
export const ownKey = (block: BoundBlock, keys: readonly [string, ...string[]]): string => keys.find((key) => isWrittenHere(block, key)) ?? keys[0];

/** True where this declaration writes a key itself, rather than its base or nobody. */
export function isWrittenHere(block: BoundBlock, key: string): boolean {
  const property = block.properties.get(key);
  return property !== undefined && !property.inherited;
}

/** The number a key has; `undefined` where it is absent, `auto` or in error. */
export function numberOf({ workspace }: RuleSubject, block: BoundBlock, key: string): number | undefined {
  const { plain } = settledValue(workspace, block, key);
  return typeof plain === "number" ? plain : undefined;
}

/** The child blocks of a declaration of some kinds, those that could not be understood left out. */
export const blocksOf = ({ declaration }: RuleSubject, keyword: string, kinds?: readonly string[]): readonly BoundBlock[] =>
  declaration.block.blocks.filter(
    (block) => block.keyword === keyword && block.schema !== undefined && (kinds === undefined || kinds.includes(block.variant ?? "")),
  );

/**
 * True where all that the author wrote in the blocks of some keywords was understood, and no word may be one of them
 * misspelt: a block that is absent is then not written. A rule that concludes from absence stays silent otherwise, for
 * the misspelt word or the broken line has its own message; an error elsewhere does not silence it.
 */
export const knowsBlocks = (subject: RuleSubject, ...keywords: readonly string[]): boolean =>
  isUnderstood(subject, ({ node, block }, span) =>
    (node.body?.members ?? []).some((member) => {
      if (member.kind !== "block" || !contains(member, span)) return false;
      const keyword = member.keyword.text;
      return !keywords.includes(keyword) && (block.schema?.children.some((child) => child.keyword === keyword) ?? false);
    }),
  );

/** True where all that the author wrote in a block, here and in the base, was understood: a key that is absent is not written. */
export const knowsKeys = (subject: RuleSubject, block: BoundBlock): boolean =>
  isUnderstood(subject, (part, span) => {
    if (part === subject.declaration) return !block.own || !contains(block.node, span);
    return !(part.node.body?.members ?? []).some(
      (member) => member.kind === "block" && member.keyword.text === block.keyword && (member.variant?.text ?? block.variant) === block.variant && contains(member, span),
    );
  });

const contains = (outer: Span, inner: Span): boolean => outer.start <= inner.start && inner.end <= outer.end;

/** `isElsewhere`: whether a problem of a declaration, or of one of its bases, has nothing to do with the question. */
function isUnderstood({ declaration }: RuleSubject, isElsewhere: (part: BoundDeclaration, span: Span) => boolean): boolean {
  for (let part: BoundDeclaration | undefined = declaration; part; part = part.base) {
    const { node, file, problems, base } = part;
    if (node.base && !base) return false;
    if (file.source.parsed.errors.some((error) => error.start <= node.end && error.end >= node.start)) return false;
    for (const { span } of problems) if (!isElsewhere(part, span)) return false;
  }
  return true;
}

export interface WrittenProperty extends BoundProperty {
  readonly block: BoundBlock;
}

/** Every property that a declaration writes itself, in its nested blocks too. */
export function writtenProperties(declaration: BoundDeclaration): readonly WrittenProperty[] {
  const found: WrittenProperty[] = [];
  const visit = (block: BoundBlock): void => {
    for (const property of block.properties.values()) if (!property.inherited) found.push({ ...property, block });
    block.blocks.forEach(visit);
  };
  visit(declaration.block);
  return found;
}
