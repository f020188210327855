import type { Body, Member, Property, TextEdit } from "../../../grammar/src";
import { layerRangesOf, removeMember, startWithDocs, type BoundBlock, type FileScope, type FixCandidate } from "../core";
import { numberText } from "../units";
import type { RuleSubject } from "./rule";

/** What a fix says beside the edit: what it buys in words, or the metrics whose change its title shows. */
export interface FixWords {
  readonly buys?: string;
  readonly shows?: readonly string[];
  /** Words in place of the metrics where none of them is known or changes. */
  readonly otherwise?: string;
  readonly preferred?: boolean;
}

/** The fix that gives a key another value; none where no edit of this file can. */
export function setKeyFix(subject: RuleSubject, block: BoundBlock, key: string, value: number | string, words: FixWords = {}): readonly FixCandidate[] {
  const text = typeof value === "number" ? numberText(value) : value;
  const edits = writeKey(subject, block, key, text);
  const title = isOwn(subject, block, key) ? `Set \`${key}\` to ${typeof value === "number" ? text : `\`${text}\``}` : `Write \`${key} = ${text}\``;
  return edits ? [candidate(title, edits, words)] : [];
}

/** The fix that removes keys; none where one of them is written elsewhere. */
export function removeKeysFix(subject: RuleSubject, block: BoundBlock, keys: readonly string[], words: FixWords = {}): readonly FixCandidate[] {
  const edits = removeKeys(subject, block, keys);
  return edits ? [candidate(`Remove ${keys.map((key) => `\`${key}\``).join(" and ")}`, edits, words)] : [];
}

export function candidate(title: string, edits: readonly TextEdit[], { buys, ...rest }: FixWords): FixCandidate {
  return { title: buys === undefined ? title : `${title}: ${buys}`, edits, ...rest };
}

const isOwn = ({ declaration }: RuleSubject, block: BoundBlock, key: string): boolean => {
  const property = block.properties.get(key);
  return property !== undefined && !property.inherited && property.file.uri === declaration.file.uri;
};

/**
 * The edits after which `key` has the value `text` in a block of this declaration: in place where it is written here,
 * as a new line of the block where it is inherited or has its default, as a new block where the block is the base's.
 */
export const writeKey = (subject: RuleSubject, block: BoundBlock, key: string, text: string): readonly TextEdit[] | undefined =>
  writeKeys(subject, block, { [key]: text });

/** The same for several keys of one block. */
export function writeKeys(subject: RuleSubject, block: BoundBlock, texts: Readonly<Record<string, string>>): readonly TextEdit[] | undefined {
  const { declaration } = subject;
  const entries = Object.entries(texts);
  const written = entries.filter(([key]) => isOwn(subject, block, key));
  const edits = written.flatMap(([key, newText]): readonly TextEdit[] => {
    const value = block.properties.get(key)?.node.value;
    return value === undefined || value.kind === "missing" ? [] : [{ start: value.start, end: value.end, newText }];
  });
  if (edits.length < written.length) return undefined;
  const others = entries.filter((entry) => !written.includes(entry));
  if (others.length === 0) return edits;
  if (block.own) return block.body && block.file.uri === declaration.file.uri ? [...edits, insertProperties(block.file, block.body, others)] : undefined;
  if (block.parent !== declaration.block || !declaration.node.body) return undefined;
  const layers = layersOfOverride(subject, block);
  if ("layers" in texts && layers !== "") return undefined; // its layers say which block is meant
  const title = block.variant === undefined ? block.keyword : `${block.keyword} ${block.variant}`;
  return [...edits, insertLine(declaration.file, declaration.node.body, `${title} { ${layers}${assignments(others)} }`)];
}

const assignments = (entries: readonly (readonly [key: string, text: string])[]): string => entries.map(([key, text]) => `${key} = ${text}`).join(", ");

/** Writes a key of a child that may not be there yet, such as `precision`. */
export function writeChildKey(subject: RuleSubject, keyword: string, key: string, text: string): readonly TextEdit[] | undefined {
  const { declaration } = subject;
  const child = declaration.block.blocks.find((block) => block.keyword === keyword);
  if (child) return writeKey(subject, child, key, text);
  return declaration.node.body && [insertLine(declaration.file, declaration.node.body, `${keyword} { ${key} = ${text} }`)];
}

/**
 * The fix for a declaration that no edit of this file reaches, or that others use too: one of this file that extends it with some
 * keys changed, named in its place. `part`: the key of `subject` that names it; `owner`: the declaration, `block`: of it.
 */
export function extendFix(
  subject: RuleSubject, part: string, owner: RuleSubject, block: BoundBlock, texts: Readonly<Record<string, string>>, words: FixWords,
): readonly FixCandidate[] {
  const { declaration } = subject;
  const { name } = owner.declaration;
  const line = overrideLine(owner, block, texts);
  const local = declaration.block.properties.get(part)?.node.value;
  const base = local?.kind === "name" && local.parts.length === 1 ? local.parts[0]?.text : undefined;
  if (line === undefined || base === undefined || name === "") return [];
  const { file, node } = declaration;
  const { text: content } = file.source;
  const wanted = `${base}_${Object.entries(texts).map(([key, text]) => `${key}_${text.replace(/\W|_/g, "")}`).join("_")}`;
  const isTaken = (candidateName: string) => file.symbols.has(candidateName);
  const fresh = [wanted, ...[2, 3, 4].map((number) => `${wanted}_${number}`)].find((candidateName) => !isTaken(candidateName));
  const named = fresh === undefined ? undefined : writeKey(subject, declaration.block, part, fresh);
  if (fresh === undefined || !named) return [];
  const eol = lineBreak(content);
  const at = startWithDocs(content, node.start);
  const added = `${owner.declaration.keyword} ${fresh} extends ${base} {${eol}  ${line}${eol}}${eol}${eol}`;
  return [candidate(`Extend \`${base}\` with \`${assignments(Object.entries(texts))}\``, [{ start: at, end: at, newText: added }, ...named], words)];
}

/** What a declaration that extends this one writes to change keys of a block of it. */
export function overrideLine(owner: RuleSubject, block: BoundBlock, texts: Readonly<Record<string, string>>): string | undefined {
  const written = assignments(Object.entries(texts));
  if (block === owner.declaration.block) return written;
  if (block.parent !== owner.declaration.block) return undefined;
  const title = block.variant === undefined ? block.keyword : `${block.keyword} ${block.variant}`;
  return `${title} { ${layersOfOverride(owner, block)}${written} }`;
}

/** Where the base has several blocks of a kind, an override says by its layers which one it means. */
function layersOfOverride({ workspace, declaration }: RuleSubject, block: BoundBlock): string {
  const alike = declaration.block.blocks.filter((other) => other.keyword === block.keyword && other.variant === block.variant);
  if (alike.length < 2) return "";
  const ranges = (layerRangesOf(workspace, block) ?? []).map(({ from, to, step }) =>
    from === to ? String(from) : `${from}..${to}${step === 1 ? "" : ` step ${step}`}`,
  );
  return `layers = ${ranges.length === 1 ? ranges[0] : `[${ranges.join(", ")}]`}, `;
}

/** The edits that remove keys of a block; neighbours on one line go together. `undefined` where one is not written here. */
export function removeKeys(subject: RuleSubject, block: BoundBlock, keys: readonly string[]): readonly TextEdit[] | undefined {
  if (!keys.every((key) => isOwn(subject, block, key))) return undefined;
  const { text } = subject.declaration.file.source;
  const nodes = keys.flatMap((key) => block.properties.get(key)?.node ?? []).sort((left, right) => left.start - right.start);
  const runs: { start: number; end: number }[] = [];
  for (const { start, end } of nodes) {
    const last = runs[runs.length - 1];
    if (last && /^[ \t]*,[ \t]*$/.test(text.slice(last.end, start))) last.end = end;
    else runs.push({ start, end });
  }
  return runs.map((run) => removeMember(subject.declaration, run));
}

/** New properties behind the last one, on their own lines where that one has its own, their `=` below the other's. */
function insertProperties(file: FileScope, body: Body, entries: readonly (readonly [key: string, text: string])[]): TextEdit {
  const last = body.members.filter((member): member is Property => member.kind === "property").at(-1);
  if (!last) return insertFirst(file, body, assignments(entries));
  const width = /^[\w.]*[ \t]*(?==)/.exec(file.source.text.slice(last.start))?.[0].length ?? 0;
  const inserted = entries.map(([key, text]) => insertBehind(file, last, `${key.padEnd(width - 1)} = ${text}`, `${key} = ${text}`));
  const at = inserted[0]?.start ?? last.end;
  return { start: at, end: at, newText: inserted.map(({ newText }) => newText).join("") };
}

function insertLine(file: FileScope, body: Body, line: string): TextEdit {
  const last = body.members.at(-1);
  return last ? insertBehind(file, last, line, line) : insertFirst(file, body, line);
}

function insertBehind(file: FileScope, last: Member, line: string, inline: string): TextEdit {
  const { text } = file.source;
  const rest = /^[ \t]*(?:\/\/[^\r\n]*)?(?=[\r\n])/.exec(text.slice(last.end));
  if (!rest) return { start: last.end, end: last.end, newText: `, ${inline}` };
  const at = last.end + rest[0].length;
  return { start: at, end: at, newText: `${lineBreak(text)}${indentAt(text, last.start)}${line}` };
}

function insertFirst(file: FileScope, body: Body, line: string): TextEdit {
  const { text } = file.source;
  const at = body.open.end;
  const rest = /^[ \t]*(\S?)/.exec(text.slice(at));
  if (rest?.[1] === "" || rest?.[1] === "/") {
    return { start: at, end: at, newText: `${lineBreak(text)}${indentAt(text, body.open.start)}  ${line}` };
  }
  return { start: at, end: at, newText: rest?.[1] === "}" ? ` ${line}${rest[0] === "}" ? " " : ""}` : ` ${line},` };
}

const lineBreak = (text: string): string => (text.includes("\r\n") ? "\r\n" : "\n");

function indentAt(text: string, offset: number): string {
  const lineStart = Math.max(text.lastIndexOf("\n", offset - 1), text.lastIndexOf("\r", offset - 1)) + 1;
  return /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? "";
}
