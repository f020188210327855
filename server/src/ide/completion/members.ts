/** What may begin a statement: keys, blocks, `require` and its like. */

import type { Property } from "../../../../grammar/src";
import { blockTitle, declarationSchemas, settledValue, type BlockSchema, type BoundBlock, type ChildSchema, type PropertySpec, type Workspace } from "../../core";
import { describeSpecType, plainProperty, typeName } from "../describe";
import { defaultText } from "../defaults";
import { code, paragraphs } from "../markdown";
import { wordsOfType } from "../words";
import type { Around, Asked } from "./around";
import { inSnippet, type Draft } from "./draft";

/** Where an entry stands: what is missing comes first. */
const ranks = { requiredKey: 0, requiredBlock: 1, key: 2, block: 3, inheritedKey: 4, statement: 5, unread: 6 } as const;

export function memberDrafts(asked: Asked, around: Around): readonly Draft[] {
  const { schema, block, body } = around;
  if (!schema) return [];
  const touches = (span: { readonly start: number; readonly end: number }) => span.start <= asked.offset && asked.offset <= span.end;
  const hasEquals = /^\w*[ \t]*=(?!=)/.test(asked.scope.source.text.slice(asked.offset, asked.offset + 200));
  const written = new Set<string>();
  for (const member of body.members) {
    if (member.kind === "property" && !member.path.some(touches)) written.add(member.path[0]?.text ?? "");
    if (member.kind === "block" && !touches(member.keyword)) written.add(member.keyword.text);
  }
  const keys = [...schema.properties.values()].filter(({ key }) => !written.has(key)).map((spec) => keyDraft(asked.workspace, spec, around, hasEquals));
  const blocks = schema.children.filter((child) => child.many || !written.has(child.keyword)).flatMap((child) => blockDrafts(child, block));
  const roles = around.node.keyword === "sweep" && around.isTop ? variedDrafts(around, written) : [];
  return [...keys, ...blocks, ...roles, ...(around.isTop ? statements(around) : [])];
}

function keyDraft(workspace: Workspace, spec: PropertySpec, { schema, block }: Pick<Around, "schema" | "block">, hasEquals: boolean): Draft {
  const { key, type } = spec;
  const inherited = block?.properties.get(key)?.inherited ? plainProperty(settledValue(workspace, block, key)) : undefined;
  const need = schema && block ? conditionOf(workspace, schema, block, key) : undefined;
  const isMissing = inherited === undefined && (spec.required || need === "needed");
  const usual = spec.default && !spec.default.firstWritten ? `by default ${spec.default.expression}` : "optional";
  const rank = need === "unread" ? ranks.unread : isMissing ? ranks.requiredKey : inherited === undefined ? ranks.key : ranks.inheritedKey;
  const example = exampleOf(spec);
  return {
    label: key, kind: "property", rank,
    detail: `${typeName(type)}, ${inherited === undefined ? (isMissing ? "required" : usual) : `inherited: ${inherited}`}`,
    documentation: paragraphs(
      spec.documentation, describeSpecType(spec), spec.default ? `By default ${defaultText(spec)}.` : undefined,
      spec.alsoKnownAs === undefined ? undefined : `Hugging Face: ${spec.alsoKnownAs.split(", ").map(code).join(", ")}`,
    ),
    newText: hasEquals ? key : `${key} = `,
    ...(hasEquals || example === undefined ? {} : { snippet: `${key} = \${1:${inSnippet(example)}}` }),
    leadsToWords: !hasEquals && (wordsOfType(type).length > 0 || type.kind === "reference"),
  };
}

/** What is selected behind a new key, to be written over: a quantity with its unit, or the default. */
function exampleOf({ type, default: usual }: PropertySpec): string | undefined {
  if (type.kind === "quantity") return type.example;
  if (type.kind !== "number" && type.kind !== "fraction" && type.kind !== "token-count") return undefined;
  return usual?.firstWritten ? undefined : usual?.expression;
}

/** A key that only some phases read: whether this one needs it, or reads it least of all. */
function conditionOf(workspace: Workspace, { conditions }: BlockSchema, block: BoundBlock, key: string): "needed" | "unread" | undefined {
  const of = conditions.filter(({ needs }) => needs.includes(key));
  const [first] = of;
  const word = first && settledValue(workspace, block, first.key).plain;
  if (word === undefined) return undefined;
  return of.some(({ is }) => is === word) ? "needed" : "unread";
}

function blockDrafts(child: ChildSchema, outer: BoundBlock | undefined): readonly Draft[] {
  const isMissing = child.required && !outer?.blocks.some(({ keyword }) => keyword === child.keyword);
  return child.variants.map((schema): Draft => {
    const title = blockTitle(schema);
    return {
      label: title, kind: "block", detail: isMissing ? "block, required" : "block", documentation: schema.documentation, newText: `${title} { }`, snippet: `${title} ${bodySnippet(schema)}`,
      rank: isMissing ? ranks.requiredBlock : ranks.block,
    };
  });
}

/** Behind a block's keyword: its kinds. */
export function kindDrafts(child: ChildSchema | undefined, hasBody: boolean): readonly Draft[] {
  if (!child?.hasKinds) return [];
  return child.variants.map((schema): Draft => {
    const variant = schema.variant ?? "";
    return {
      label: variant, kind: "kind", detail: child.keyword, documentation: schema.documentation, newText: hasBody ? variant : `${variant} { }`,
      ...(hasBody ? {} : { snippet: `${variant} ${bodySnippet(schema)}` }), rank: 0,
    };
  });
}

/** A body with a place for every key that must be written. */
export function bodySnippet(schema: BlockSchema, first = 1): string {
  const keys = [...schema.properties.values()].filter(({ required }) => required);
  const width = Math.max(0, ...keys.map(({ key }) => key.length));
  const lines = keys.map((spec, index) => `  ${spec.key.padEnd(width)} = \${${first + index}${placeholderOf(spec)}}`);
  return ["{", ...lines, "  $0", "}"].join("\n");
}

function placeholderOf(spec: PropertySpec): string {
  if (spec.type.kind === "word") return `|${spec.type.words.join(",")}|`;
  const example = exampleOf(spec);
  return example === undefined ? "" : `:${inSnippet(example)}`;
}

/** What a sweep may vary: the parts of its plan, whole or by one of their keys. */
function variedDrafts({ varied }: Around, written: ReadonlySet<string>): readonly Draft[] {
  const parts = [...declarationSchemas.plan.block.properties.values()];
  return parts.flatMap(({ key, documentation }): readonly Draft[] => [
    ...(written.has(key) ? [] : [{ label: key, kind: "property", detail: "vary the whole declaration", documentation, newText: `${key} = [`, snippet: `${key} = [$0]`, rank: ranks.key } as const]),
    ...(varied ? [{ label: `${key}.`, kind: "property", detail: "vary a key of it", documentation, newText: `${key}.`, rank: ranks.key, leadsToWords: true } as const] : []),
  ]);
}

function statements({ node: { keyword } }: Around): readonly Draft[] {
  const draft = (label: string, detail: string, snippet: string): Draft => ({
    label, kind: "statement", detail, newText: `${label} `, snippet, rank: ranks.statement, leadsToWords: true,
  });
  if (keyword === "sweep") {
    return [draft("where", "a condition", "where $0"), draft("maximize", "an objective", "maximize $0"), draft("minimize", "an objective", "minimize $0")];
  }
  if (!declarationSchemas[keyword].hasAssertions) return [];
  return [draft("require", "an error where it does not hold", "require ${1:metric} <= $0"), draft("measured", "a published value", 'measured ${1:metric} = ${2:value} from "$0"')];
}

/** The members that the key of a sweep may go on with: `parallelism.` ep. */
export function pathDrafts(block: BoundBlock | undefined, written: ReadonlySet<Property>): readonly Draft[] {
  const taken = new Set([...written].map(({ path }) => path.map(({ text }) => text).join(".")));
  return [...(block?.schema?.properties.values() ?? [])].filter(({ key }) => ![...taken].some((path) => path.endsWith(`.${key}`))).map((spec): Draft => ({
    label: spec.key, kind: "property", detail: typeName(spec.type), documentation: `${spec.documentation}\n\n${describeSpecType(spec)}`, newText: `${spec.key} = [`, snippet: `${spec.key} = [$0]`,
    leadsToWords: wordsOfType(spec.type).length > 0,
  }));
}
