import { explainFigure, figureOf, figureText, type TracedExplanation } from "../../analysis";
import { blockTitle, settledValue, type BoundDeclaration, type Reference } from "../../core";
import { formatQuantity } from "../../units";
import { defaultText } from "../defaults";
import { placeText } from "../describe";
import { code, escapeMarkdown, paragraphs, withLinks } from "../markdown";
import { wordDocumentation } from "../words";
import { list, valueText, type Asked } from "./asked";
import { confidenceOf, describeDeclaration, describeLet } from "./declarations";

/** What a name in an expression stands for. */
export function describeReference(asked: Asked, reference: Reference): string | undefined {
  const { workspace } = asked;
  switch (reference.kind) {
    case "property": {
      const { block, key } = reference;
      const found = settledValue(workspace, block, key);
      const { property, spec } = found;
      const place = property ? `Written in ${code(placeText(property.file.source, property.node.start))}` : `By default ${defaultText(spec)}`;
      return paragraphs(`**${code(key)}** = ${valueText(found) ?? "no value"}`, spec?.documentation, `${place}.`);
    }
    case "block": return reference.block.schema && paragraphs(`**${code(blockTitle(reference.block.schema))}**`, reference.block.schema.documentation);
    case "declaration": return describeDeclaration(asked, reference.symbol.node, reference.symbol.uri);
    case "let": return describeLet(workspace, reference.symbol);
    case "metric": return describeMetric(asked, reference.declaration, reference.id);
    case "word": {
      const meaning = wordDocumentation(reference.word);
      return meaning === undefined ? undefined : `${code(reference.word)}: ${meaning}`;
    }
  }
}

function describeMetric({ workspace, options }: Asked, declaration: BoundDeclaration, id: string): string {
  const explanation = explainFigure(workspace, declaration, id, options);
  const owner = code(`${declaration.keyword} ${declaration.name}`);
  if (!explanation) {
    const figure = figureOf(workspace, declaration, id, options);
    return paragraphs(`**${code(id)}** of ${owner}`, figure.kind === "unavailable" ? `not computed: ${figure.reason}` : undefined);
  }
  const { title, figure, documentation: text, formula, convention, source } = explanation;
  return paragraphs(
    `**${code(id)}** of ${owner}: ${title}`,
    figureText(figure, explanation),
    confidenceOf(workspace, declaration, explanation),
    withLinks(text),
    `Formula: ${code(formula)}`,
    valuesText(explanation),
    convention === "" ? undefined : `Convention: ${withLinks(convention)}`,
    `Source: ${withLinks(source)}`,
  );
}

/** Lines of a breakdown that a hover shows; the explanation has all of them. */
const mostParts = 6;

/** The formula with the values of this design: what is summed up, or the parts of the one thing that is. */
function valuesText({ parts, dimension }: TracedExplanation): string | undefined {
  const [first, another] = parts;
  if (!first) return undefined;
  const shown = another ? parts : [first, ...(first.parts ?? [])];
  const lines = shown.slice(0, mostParts).map(({ label, value, formula }) => `${escapeMarkdown(label)}: ${formatQuantity(value, dimension)}${formula === "" ? "" : ` = ${code(formula)}`}`);
  const rest = shown.length - lines.length;
  return paragraphs("With the values here:", list([...lines, ...(rest > 0 ? [`and ${rest} ${rest === 1 ? "other" : "others"}`] : [])]));
}
