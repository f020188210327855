import { assignLayers, metricsOfKind } from "../../analysis";
import { blockTitle, settledValue, type BoundBlock, type BoundDeclaration, type PropertyValue } from "../../core";
import { defaultText, defaultsOf } from "../defaults";
import { describeLayers, describeSpecType, placeText } from "../describe";
import { efficiencyDefault, efficiencyDefaults } from "../efficiency";
import { blockAround, boundAround, type Located } from "../locate";
import { code, paragraphs, withLinks } from "../markdown";
import { linesOf, list, valueText, type Asked } from "./asked";
import { costsHere } from "./costs";
import { describeUses } from "./uses";

/** A block: its layers, its defaults, the figures that its kind enters. */
export function describeBlock({ workspace, scope, options }: Asked, located: Extract<Located, { kind: "block" }>): string | undefined {
  const bound = boundAround(workspace, scope, located.within);
  const block = bound && blockAround(bound, located.within);
  const schema = block?.schema;
  if (!bound || !block || !schema) return undefined;
  const layers = bound.keyword === "model" ? assignLayers(workspace, bound)?.layers.get(block) : undefined;
  const usual = defaultsOf(workspace, block);
  const metrics = metricsOfKind(workspace, bound, block, options);
  return paragraphs(
    `**${code(blockTitle(schema))}**`,
    withLinks(schema.documentation),
    layers && `On ${describeLayers(layers)}.`,
    usual.length === 0 ? undefined : `By default: ${usual.map(({ text }) => code(text)).join(", ")}.`,
    isEfficiency(bound, block) ? efficiencyDefaults(workspace, bound) : undefined,
    metrics.length === 0 ? undefined : paragraphs("Its kind enters into:", list(linesOf(workspace, bound, metrics, options))),
  );
}

export function describeKey(asked: Asked, located: Extract<Located, { kind: "key" }>): string | undefined {
  const { workspace, scope } = asked;
  const bound = boundAround(workspace, scope, located.within);
  const block = bound && blockAround(bound, located.within);
  const key = located.property.path.length === 1 ? located.property.path[0]?.text : undefined;
  return bound && block && key !== undefined ? describeProperty(asked, bound, block, key) : undefined;
}

/** For a place inside a value: the property that the value belongs to. */
export function describeAroundValue(asked: Asked, { within }: Located): string | undefined {
  const { workspace, scope } = asked;
  const { member } = within;
  if (member?.kind !== "property" || member.path.length !== 1) return undefined;
  const bound = boundAround(workspace, scope, within);
  const block = bound && blockAround(bound, within);
  const key = member.path[0]?.text;
  return bound && block && key !== undefined ? describeProperty(asked, bound, block, key) : undefined;
}

function describeProperty({ workspace, scope, options }: Asked, bound: BoundDeclaration, block: BoundBlock, key: string): string | undefined {
  const found = settledValue(workspace, block, key);
  const { spec } = found;
  if (!spec && !found.property) return undefined;
  return paragraphs(
    `**${code(key)}**${spec ? `: ${describeSpecType(spec)}` : ""}`,
    spec && withLinks(spec.documentation),
    spec?.alsoKnownAs === undefined ? undefined : `Hugging Face: ${spec.alsoKnownAs.split(", ").map(code).join(", ")}`,
    `Value: ${valueText(found) ?? "none"}, ${originText(found, bound)}.`,
    isEfficiency(bound, block) ? efficiencyDefault(workspace, bound, key) : undefined,
    costsHere({ workspace, scope, options }, bound, block, key),
    spec && describeUses(workspace, scope, bound, { block, key }, options),
  );
}

const isEfficiency = ({ keyword }: BoundDeclaration, block: BoundBlock): boolean => keyword === "plan" && block.keyword === "efficiency";

function originText({ origin, property, spec }: PropertyValue, bound: BoundDeclaration): string {
  switch (origin) {
    case "written": return "written here";
    case "inherited": {
      const place = property ? ` (${code(placeText(property.file.source, property.node.start))})` : "";
      return `inherited from ${code(bound.node.base?.text ?? bound.name)}${place}`;
    }
    case "default": return `by default ${withLinks(defaultText(spec))}`;
    case "absent": return "not written";
  }
}
