/** Facts as the text of a `.dsco` model, in canonical form. */
import { parse, print } from "../../../grammar/src";
import { attentionKinds, declarationSchemas, ffnKinds, mixerKinds, mtpSchema, precisionSchema, type BlockSchema } from "../core";
import { noteOf, valueOf, type BlockFacts, type FactValue, type ModelFacts, type Remark } from "./facts";

export interface TextOptions {
  /** The declaration's name. */
  readonly name: string;
  /** Lines of its documentation. */
  readonly documentation: readonly string[];
}

/** A model as people write it: one fact a line, layers as ranges, digits in groups. Doubts stand as comments at its head. */
export function modelText(facts: ModelFacts, remarks: readonly Remark[], { name, documentation }: TextOptions): string {
  const groups = [...grouped("attention", facts.attention), ...grouped("ffn", facts.ffn)];
  const blocks = [
    ...groups.flatMap((group) => blockLines(group.keyword, group.block, group.layers)),
    ...(facts.mtp ? blockLines("mtp", facts.mtp, undefined) : []),
    ...(facts.precision ? blockLines("precision", facts.precision, undefined) : []),
  ];
  const lines = [
    ...documentation.map((line) => `/// ${line}`),
    `model ${name} {`,
    ...remarks.map(({ message }) => `// Not sure: ${oneLine(message)}.`),
    ...propertyLines(facts.head, declarationSchemas.model.block),
    ...blocks,
    "}",
    "",
  ];
  return print(parse(lines.join("\n")));
}

const oneLine = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, " ");

interface LayerGroup {
  readonly keyword: "attention" | "ffn";
  readonly block: BlockFacts;
  /** As written; `undefined`: what no other block takes. */
  readonly layers: string | undefined;
}

/** Equal blocks together, in the order of their first layers. */
function grouped(keyword: "attention" | "ffn", blocks: readonly (BlockFacts | undefined)[]): readonly LayerGroup[] {
  const groups = new Map<string, { readonly block: BlockFacts; readonly layers: number[] }>();
  blocks.forEach((block, layer) => {
    if (!block) return;
    const key = JSON.stringify(block);
    const group = groups.get(key);
    if (group) group.layers.push(layer);
    else groups.set(key, { block, layers: [layer] });
  });
  const found = [...groups.values()];
  const covered = found.reduce((sum, { layers }) => sum + layers.length, 0);
  const written = found.map(({ layers }) => layerText(layers));
  // The block with the longest list is the rest, where the others say theirs shortly.
  const longest = written.reduce((at, text, index) => (text.length > (written[at]?.length ?? 0) ? index : at), 0);
  const rest = covered === blocks.length && (found.length === 1 || (written[longest]?.length ?? 0) > longLayers) ? longest : undefined;
  return found.map(({ block }, index) => ({ keyword, block, layers: index === rest ? undefined : written[index] }));
}

const longLayers = 40;

/** Sorted layers as numbers, ranges and steps: `3`, `0..2`, `[0, 3..60]`, `1..35 step 2`. */
export function layerText(layers: readonly number[]): string {
  const parts: string[] = [];
  for (let at = 0; at < layers.length;) {
    const from = layers[at] ?? 0;
    const step = (layers[at + 1] ?? from) - from;
    let end = at;
    while (end + 1 < layers.length && (layers[end + 1] ?? 0) - (layers[end] ?? 0) === step) end += 1;
    const count = end - at + 1;
    const isRun = step === 1 ? count >= 2 : count >= 3;
    if (!isRun) end = at;
    parts.push(isRun ? `${from}..${layers[end] ?? from}${step === 1 ? "" : ` step ${step}`}` : `${from}`);
    at = end + 1;
  }
  return parts.length === 1 ? parts[0] ?? "" : `[${parts.join(", ")}]`;
}

function schemaOf(keyword: string, kind: string | undefined): BlockSchema | undefined {
  switch (keyword) {
    case "attention": return ({ ...attentionKinds, ...mixerKinds } as Readonly<Record<string, BlockSchema>>)[kind ?? ""];
    case "ffn": return (ffnKinds as Readonly<Record<string, BlockSchema>>)[kind ?? ""];
    case "mtp": return mtpSchema;
    case "precision": return precisionSchema;
    default: return undefined;
  }
}

function blockLines(keyword: string, block: BlockFacts, layers: string | undefined): readonly string[] {
  const schema = schemaOf(keyword, block.kind);
  if (!schema) throw new Error(`there is no schema of ${keyword} ${block.kind ?? ""}`);
  const properties = [...(layers === undefined ? [] : [`layers = ${layers}`]), ...propertyLines(block, schema)];
  const children = schema.children.flatMap((child) => {
    const inner = block.children?.[child.keyword];
    const variant = inner && child.variants.find((candidate) => candidate.variant === inner.kind);
    if (!inner || !variant) return [];
    const values = propertyLines(inner, variant);
    return [`${child.keyword} ${inner.kind ?? ""} { ${values.join(", ")} }`];
  });
  const head = `${keyword} ${block.kind ?? ""}`;
  const isShort = children.length === 0 && properties.length <= 2 && properties.every((line) => !line.includes("//"));
  return isShort ? ["", `${head} { ${properties.join(", ")} }`] : ["", `${head} {`, ...properties, ...children, "}"];
}

/** The lines of a block in the order of the language's reference. */
function propertyLines({ values }: BlockFacts, schema: BlockSchema): readonly string[] {
  return [...schema.properties.keys()].flatMap((key) => {
    const fact = values[key];
    if (fact === undefined) return [];
    const note = noteOf(fact);
    return [`${key} = ${valueText(valueOf(fact))}${note === "" ? "" : ` // ${note}`}`];
  });
}

/** Digits in groups of three from 10,000 up, as the standard library has them. */
function valueText(value: FactValue): string {
  if (typeof value !== "number") return String(value);
  const text = String(value);
  return /^\d{5,}$/.test(text) ? text.replace(/\B(?=(\d{3})+$)/g, "_") : text;
}
