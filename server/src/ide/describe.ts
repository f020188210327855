import type { BlockDeclaration } from "../../../grammar/src";
import { figureText, summarizeLayers, valueText, type MetricFigure } from "../analysis";
import { describeType, type PropertySpec, type PropertyType, type PropertyValue, type Source, type Value } from "../core";
import { describeDimension, formatBrief, formatGrouped, formatPercent, formatQuantity, formatWithExact, type Dimension } from "../units";
import { code } from "./markdown";

/** `70.27 KB (70,272 B)`. Power and prices a time have no exact form that a reader knows: USD or joules a second say nothing. */
function describeQuantity(value: number, dimension: Dimension): string {
  const { usd, joule, second } = dimension;
  const isRate = (usd !== 0 || joule !== 0) && (second !== 0 || (usd !== 0 && joule !== 0));
  return isRate ? formatQuantity(value, dimension) : formatWithExact(value, dimension);
}

/** One line a figure, with a link to its explanation where there is one; figures that are missing for one reason share a line. Markdown. */
export function figureLines(
  metrics: readonly MetricFigure[], linkOf?: (metric: string) => string, textOf: (metric: MetricFigure) => string = (metric) => figureText(metric.figure, metric),
): readonly string[] {
  const missing = new Map<string, string[]>();
  const lines: string[] = [];
  for (const metric of metrics) {
    const { id, title, figure } = metric;
    if (figure.kind === "unavailable") missing.set(figure.reason, [...(missing.get(figure.reason) ?? []), title]);
    else lines.push(`${title}: ${linkOf ? `[${textOf(metric)}](${linkOf(id)})` : textOf(metric)}`);
  }
  return [...lines, ...[...missing].map(([reason, titles]) => `${titles.join(", ")}: not computed: ${reason}`)];
}

/** A value as hover shows it: four digits and all of them. Markdown. */
export function describeAny(value: Value, spec?: PropertySpec): string {
  switch (value.kind) {
    case "quantity": return spec?.type.kind === "fraction" ? `${formatPercent(value.value)} (${formatGrouped(value.value)})` : describeQuantity(value.value, value.dimension);
    case "boolean": return code(String(value.value));
    case "word": return code(value.word);
    case "text": return code(JSON.stringify(value.value));
    case "range": return code(`${value.from}..${value.to}${value.step === 1 ? "" : ` step ${value.step}`}`);
    case "list": return code(`[${value.items.map(plainText).join(", ")}]`);
    case "declaration": return `the ${value.declaration.keyword} ${code(value.declaration.name)}`;
    case "block": return `the block ${code([value.block.keyword, value.block.variant].filter((part) => part !== undefined).join(" "))}`;
  }
}

/** A value in a few characters, without Markdown: for the outline, hints and lists. */
export const plainText = (value: Value): string => valueText(value, formatBrief);

/** Short where it can be exact: `true`, `2048`, `fp8_e4m3`, `85%`. */
export function plainProperty({ value, spec }: PropertyValue): string {
  if (value === undefined) return "no value";
  if (value.kind === "quantity" && spec?.type.kind === "fraction") return formatPercent(value.value);
  return plainText(value);
}

/** Layers as the language writes them, with their number: `3..60 (58 layers)`. */
export function describeLayers(layers: readonly number[]): string {
  if (layers.length === 0) return "no layer";
  return `${code(summarizeLayers(layers))} (${formatGrouped(layers.length)} ${layers.length === 1 ? "layer" : "layers"})`;
}

/** The type of a key with its unit: `bytes, such as 80 GB`. Markdown. */
export function describeSpecType({ type }: PropertySpec): string {
  if (type.kind === "quantity") return `${describeDimension(type.dimension)}, such as ${code(type.example)}`;
  if (type.kind === "word") return `one of ${type.words.map(code).join(", ")}`;
  return describeType(type);
}

/** The type of a key in a few words, without Markdown: `bytes`, `bf16 | fp8_e4m3 | …`, `gpu` for the name of one. */
export function typeName(type: PropertyType): string {
  switch (type.kind) {
    case "quantity": return describeDimension(type.dimension);
    case "word": return `${type.words.slice(0, mostWords).join(" | ")}${type.words.length > mostWords ? " | …" : ""}`;
    case "token-count": return "tokens";
    case "fraction": return "share";
    case "boolean": return "true | false";
    case "number": return "number";
    case "number-or-auto": return "number | auto";
    case "numbers": return "list of numbers";
    case "layers": return "layers";
    case "reference": return type.to;
  }
}

const mostWords = 3;

/** `deepseek-v3.dsco:12`, `std:hardware/nvidia:12`. */
export function placeText(source: Source, offset: number): string {
  const { uri } = source;
  const name = uri.startsWith("std:") ? uri : safeDecode(uri.slice(uri.lastIndexOf("/") + 1));
  return `${name}:${source.lines.position(offset).line + 1}`;
}

/** An address as a reader knows it. */
export function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `model DeepSeekV3 extends Base`. */
export function headerText(node: BlockDeclaration): string {
  return [node.keyword, node.name?.text, node.base && `extends ${node.base.text}`, node.of && `of ${node.of.text}`].filter(Boolean).join(" ");
}
