import { constantNames, declarationKeywords, magnitudeSuffixes } from "../../grammar/src";
import { computedKinds, metricIds, metricUnit } from "../../server/src/analysis";
import {
  blockTitle, declarationSchemas, functionNames, precisionWords,
  type BlockSchema, type ChildSchema, type DeclarationSchema, type PropertySpec, type PropertyType,
} from "../../server/src/core";
import { describeDimension, formatGrouped, magnitudes, units } from "../../server/src/units";
import { code, fenced, page, table } from "./markdown";

const isPrecision = (words: readonly string[]): boolean => words.length === precisionWords.length && precisionWords.every((word) => words.includes(word));

function typeText(type: PropertyType): string {
  switch (type.kind) {
    case "number": return "number";
    case "token-count": return "tokens";
    case "fraction": return "share, such as `85%`";
    case "quantity": return `${describeDimension(type.dimension)}, such as ${code(type.example)}`;
    case "boolean": return "`true` or `false`";
    case "word": return isPrecision(type.words) ? "[precision](#precisions)" : type.words.map(code).join(", ");
    case "number-or-auto": return "number or `auto`";
    case "numbers": return "list of numbers";
    case "layers": return "[layer set](#layer-sets)";
    case "reference": return `name of a [${type.to}](#${type.to})`;
  }
}

function defaultText(schema: BlockSchema, spec: PropertySpec): string {
  const condition = schema.conditions.find((candidate) => candidate.needs.includes(spec.key));
  if (condition) return `required where ${code(`${condition.key} = ${condition.is}`)}`;
  if (spec.required) return "required";
  if (!spec.default) return "none";
  return `${code(spec.default.expression)} (${spec.default.source})`;
}

/** The key's name in Hugging Face configs and papers, where it has another one. */
function otherNames({ key, alsoKnownAs }: PropertySpec): string {
  const others = (alsoKnownAs ?? "").split(", ").filter((name) => name !== "" && name !== key);
  return others.length === 0 ? "" : ` Elsewhere: ${others.map(code).join(", ")}.`;
}

function keyTable(schema: BlockSchema): string | undefined {
  const rows = [...schema.properties.values()].map((spec) => [
    code(spec.key), typeText(spec.type), defaultText(schema, spec),
    `${spec.documentation}${otherNames(spec)}`,
  ]);
  return rows.length === 0 ? undefined : table(["key", "takes", "default", "what it is"], rows);
}

/** A nested block with the blocks in it, each kind under its own heading. */
function childSections(child: ChildSchema, path: string): readonly string[] {
  return child.variants.flatMap((schema) => {
    const title = `${path} › ${blockTitle(schema)}`;
    const keys = keyTable(schema);
    return [`### ${title}`, schema.documentation, ...(keys === undefined ? [] : [keys]), ...schema.children.flatMap((inner) => childSections(inner, title))];
  });
}

function declarationSection({ keyword, block, canExtend, hasAssertions, computed, hasMetrics }: DeclarationSchema): readonly string[] {
  const facts = [
    canExtend ? "Can extend another of its kind." : "Cannot extend.",
    hasAssertions ? "`require` and `measured` may stand in it." : undefined,
    block.open ? "Its meaning comes in a later version: its keys and blocks are not checked yet." : undefined,
    hasMetrics && !computed && !block.open ? "Its metrics are not computed by this version." : undefined,
  ];
  const keys = keyTable(block);
  return [
    `## ${keyword}`, block.documentation, facts.filter((fact) => fact !== undefined).join(" "),
    ...(keys === undefined ? [] : [keys]), ...block.children.flatMap((child) => childSections(child, keyword)),
  ];
}

const functionTexts: Readonly<Record<string, string>> = {
  min: "The smallest of its arguments.", max: "The largest of its arguments.", ceil: "The next whole number above.", floor: "The next whole number below.",
  round: "The nearest whole number.", sqrt: "The square root; of a quantity, also of its unit.", log2: "The logarithm to base 2 of a plain number.",
};

function functionTable(): string {
  return table(["function", "gives"], functionNames.map((name) => {
    const text = functionTexts[name];
    if (text === undefined) throw new Error(`the function ${name} is not described`);
    return [code(`${name}(${name === "min" || name === "max" ? "…" : "x"})`), text];
  }));
}

function unitTable(): string {
  const byDimension = new Map<string, string[]>();
  for (const { name, dimension } of units.values()) {
    const what = describeDimension(dimension);
    byDimension.set(what, [...(byDimension.get(what) ?? []), name]);
  }
  return table(["what", "units"], [...byDimension].map(([what, names]) => [what, names.map(code).join(" ")]));
}

const magnitudeTable = (): string =>
  table(["suffix", "times"], magnitudeSuffixes.map((suffix) => [code(suffix), formatGrouped(magnitudes[suffix])]));

/** The metrics whose formulas exist, with everything that is known of them. */
const computedMetricSections = (): readonly string[] =>
  declarationKeywords.flatMap((keyword) => (computedKinds[keyword]?.metrics ?? []).flatMap((metric, index) => [
    ...(index === 0 ? [`### Metrics of ${keyword}`] : []),
    `#### ${metric.id}`,
    `${metric.title}${metric.unit ? `, in ${code(metric.unit)}` : ""}. ${metric.documentation}`,
    fenced(metric.formula, "text"),
    `${metric.convention}\n\nSource: ${metric.source}`,
  ]));

/** Ids and units of metrics whose computation comes later. */
function announcedMetrics(): readonly string[] {
  return declarationKeywords.flatMap((keyword) => {
    const ids = computedKinds[keyword] ? [] : metricIds(keyword);
    if (ids.length === 0) return [];
    const unitOf = (id: string) => {
      const unit = metricUnit(keyword, id);
      return unit === null ? "a text" : unit === "" || unit === undefined ? "a number" : code(unit);
    };
    return [`### Metrics of ${keyword}`, "Named and checked, not computed by this version.", table(["metric", "unit"], ids.map((id) => [code(id), unitOf(id)]))];
  });
}

const introduction = `A \`.dsco\` file holds declarations. A property is \`name = value\` and ends at the line end or a comma; inside \`( )\` and \`[ ]\` a line end ends nothing. \`//\` and \`/* */\` are comments; \`///\` documents the declaration below it.`;

const statements = [
  [code('import { A, B as C } from "std:hardware/nvidia"'), "Names from the standard library or, with `./`, from another file."],
  [code("let NAME = expression"), "A constant."],
  [code("model NAME extends BASE { … }"), "A copy of BASE: properties override, nested blocks merge by keyword and kind. Where BASE has several of one kind, the one with equal `layers` is meant; a block of another kind replaces BASE's on its layers."],
  [code("require METRIC <= VALUE"), "What must hold: with `<=`, `>=`, `<`, `>` or `==`."],
  [code('measured METRIC = VALUE from "source"'), "What was observed or published; more than 15 % off is a warning."],
  [code("where METRIC <= VALUE"), "In a sweep: designs that count."],
  [`${code("maximize METRIC")}, ${code("minimize METRIC")}`, "In a sweep: what is sought."],
  [code("parallelism.ep = [8, 16, 32]"), "In a sweep: a property of a bound declaration that varies."],
];

/** The language reference, made from the schemas that check, complete and explain. */
export function languageDocument(): string {
  return page(
    "# The dsco language",
    introduction,
    "## Statements",
    table(["statement", "what it does"], statements),
    "## Numbers",
    "`61`, `18_432`, `3.35`, `1e-3`. A magnitude touches its number; a unit may stand behind a space. `671B` is a count, `671 B` are bytes; `85%` is a share, `a % b` a remainder.",
    magnitudeTable(),
    "## Units",
    "Case matters: `GB/s` are bytes, `Gbps` bits. `KB` is 1,000 bytes, `KiB` 1,024. Bandwidths are per direction.",
    unitTable(),
    "## Expressions",
    "`+ - * / % ^`, parentheses, functions, properties of the block and of the blocks around it, constants, and properties and metrics of other declarations: `DeepSeekV3.kv_bytes_per_token`. Units take part in the arithmetic.",
    functionTable(),
    "## Layer sets",
    "Layers count from 0 and both ends of a range are included: `0..2`, `5..61 step 6`, `[0, 3..60]`.",
    "## Precisions",
    precisionWords.map(code).join(" "),
    `Other words: ${constantNames.filter((name) => !(precisionWords as readonly string[]).includes(name)).map(code).join(" ")}.`,
    ...declarationKeywords.flatMap((keyword) => declarationSection(declarationSchemas[keyword])),
    "## Metrics",
    "Each is defined once, with its formula, its convention and its source. Expressions, `require` and `measured` name them by their id.",
    ...computedMetricSections(),
    ...announcedMetrics(),
  );
}
