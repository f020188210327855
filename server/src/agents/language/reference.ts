/** A short reference of the language for a model that has to write it, made from the schemas that check it. */
import { declarationKeywords, magnitudeSuffixes, type DeclarationKeyword } from "../../../../grammar/src";
import { computedKinds } from "../../analysis";
import { blockTitle, declarationSchemas, functionNames, precisionWords, type BlockSchema, type ChildSchema, type PropertySpec } from "../../core";
import { describeSpecType } from "../../ide/describe";
import { describeDimension, formatGrouped, magnitudes, units } from "../../units";
import example from "./example.dsco";

/** Declarations whose keys the language knows: `routing` and `operator` get theirs in a later version. */
const described: readonly DeclarationKeyword[] = declarationKeywords.filter((keyword) => !declarationSchemas[keyword].block.open);

const general = { overview, units: unitsText, metrics: metricsText } as const;

/** What may be asked about: the overview, units, metrics, and each kind of declaration. */
export const topics: readonly string[] = [...Object.keys(general), ...described];

/** The text of a topic; `undefined` where there is none. */
export function topicText(topic: string): string | undefined {
  if (Object.hasOwn(general, topic)) return general[topic as keyof typeof general]();
  const keyword = described.find((candidate) => candidate === topic);
  return keyword && declarationText(keyword);
}

function overview(): string {
  return `dsco describes a large language model, a cluster, a layout and a workload, and computes what the design costs. A .dsco file holds declarations:

${example.trimEnd()}

Rules
* \`key = value\`, one a line or separated by commas. \`//\` and \`/* */\` are comments, \`///\` documents the declaration below it. Names: letters, digits, \`_\`.
* Declarations: import, let, ${described.join(", ")}. \`let NAME = expression\` is a constant. \`model A extends B { … }\` copies B: keys override, nested blocks merge by keyword and kind.
* A number with a dimension needs its unit: \`80 GB\`, \`400 Gbps\`, \`3.35 TB/s\`, \`989 TFLOPS\`, \`2 USD/h\`, \`10 us\`. Case matters: GB/s are bytes, Gbps bits; KB is 1,000 bytes, KiB 1,024.
* A magnitude touches its number: 671B is a count of 671 billion, \`671 B\` are bytes; 128K is 128,000, 128Ki 131,072. \`85%\` is a share.
* Layers count from 0, both ends are in: \`layers = 0..2\`, \`[0, 3..60]\`, \`5..61 step 6\`. A block without \`layers\` takes the rest.
* Precisions: ${precisionWords.join(" ")}. \`auto\`, \`true\` and \`false\` are words. Lists: \`[8, 16, 32]\`.
* Expressions stand wherever a number may: \`+ - * / % ^\`, parentheses, ${functionNames.join(" ")}, keys of the block, constants, keys and metrics of other declarations (\`Small.kv_bytes_per_token\`). Units take part.
* In model, hardware, plan and service: \`require METRIC <= VALUE\` (also >= < > ==) and \`measured METRIC = VALUE from "source"\`.
* A plan names a model, a hardware, a parallelism and a workload; times, memory per GPU and throughput are figures of plans. A service names a prefill and a decode plan.
* Left out, degrees are 1, \`dp = auto\` is gpus / (tp x pp x cp), and ep spreads the experts over the data-parallel GPUs. Most keys have defaults.
* Published models, GPUs and clusters need not be written: \`list_std\` names them.

Other topics, with every key: ${topics.filter((topic) => topic !== "overview").join(", ")}.`;
}

function unitsText(): string {
  const byDimension = new Map<string, string[]>();
  for (const { name, dimension } of units.values()) {
    const what = describeDimension(dimension);
    byDimension.set(what, [...(byDimension.get(what) ?? []), name]);
  }
  return [
    "Units, behind a number with or without a blank (figures are answered in decimal units):",
    ...[...byDimension].map(([what, names]) => `* ${what}: ${names.join(" ")}`),
    `Magnitudes, touching the number: ${magnitudeSuffixes.map((suffix) => `${suffix} = ${formatGrouped(magnitudes[suffix])}`).join(", ")}; \`%\` touching it is per cent.`,
  ].join("\n");
}

function metricsText(): string {
  return ["Metrics by the kind of declaration that has them, with the unit; shares are from 0 to 1.", ...declarationKeywords.flatMap((keyword) => {
    const metrics = computedKinds[keyword]?.metrics ?? [];
    return metrics.length === 0 ? [] : [`${keyword}:`, ...metrics.map(({ id, title, unit }) => `  ${id}${unit ? ` [${unit}]` : ""}: ${title}`)];
  })].join("\n");
}

function declarationText(keyword: DeclarationKeyword): string {
  const { block, canExtend, hasAssertions } = declarationSchemas[keyword];
  const header = `${keyword} NAME${keyword === "sweep" ? " of PLAN" : canExtend ? " [extends BASE]" : ""} { … }: ${block.documentation}`;
  return [
    header,
    ...blockLines(block, 1),
    ...(hasAssertions ? ["  require METRIC <= VALUE, measured METRIC = VALUE from \"source\""] : []),
    ...(keyword === "sweep" ? ["  parallelism.ep = [8, 16, 32]: a key of a declaration that the plan names, and its values", "  where METRIC <= VALUE, maximize METRIC, minimize METRIC"] : []),
  ].join("\n");
}

function blockLines(block: BlockSchema, depth: number): readonly string[] {
  const indent = "  ".repeat(depth);
  return [...[...block.properties.values()].map((spec) => `${indent}${keyLine(block, spec)}`), ...block.children.flatMap((child) => childLines(child, depth))];
}

/** `kv_lora_rank: number, required. Width of the compressed …` */
function keyLine(block: BlockSchema, spec: PropertySpec): string {
  const condition = block.conditions.find(({ needs }) => needs.includes(spec.key));
  const need = condition ? `required where ${condition.key} = ${condition.is}` : spec.required ? "required" : spec.default ? `default ${spec.default.expression}` : "may be left out";
  return `${spec.key}: ${describeSpecType(spec).replace(/`/g, "")}; ${need}. ${spec.documentation}`;
}

/** A nested block, each kind with its keys. What an earlier kind had already is named alone. */
function childLines({ keyword, documentation, variants, hasKinds, many }: ChildSchema, depth: number): readonly string[] {
  const indent = "  ".repeat(depth);
  const head = `${indent}${keyword}${hasKinds ? " KIND" : ""} { … }${many ? ", one or more" : ""}: ${documentation}`;
  if (!hasKinds) return [head, ...variants.flatMap((variant) => blockLines(variant, depth + 1))];
  const said = new Set<string>();
  return [head, ...variants.flatMap((variant) => {
    const parts = [
      ...[...variant.properties.values()].map((spec) => ({ name: spec.key, lines: [`${indent}    ${keyLine(variant, spec)}`] })),
      ...variant.children.map((child) => ({ name: `${child.keyword} { … }`, lines: childLines(child, depth + 2) })),
    ].map(({ name, lines }) => ({ name, text: lines.join("\n") }));
    const known = parts.filter(({ text }) => said.has(text)).map(({ name }) => name);
    const news = parts.filter(({ text }) => !said.has(text)).map(({ text }) => text);
    for (const text of news) said.add(text);
    return [`${indent}  ${blockTitle(variant)}: ${variant.documentation}`, ...news, ...(known.length === 0 ? [] : [`${indent}    as above: ${known.join(", ")}`])];
  })];
}
