import { explainFigure, figureOf, figureText } from "../../analysis";
import { blockTitle, settledValue, type BoundDeclaration, type Reference } from "../../core";
import { defaultText } from "../defaults";
import { placeText } from "../describe";
import { code, paragraphs } from "../markdown";
import { wordDocumentation } from "../words";
import { valueText, type Asked } from "./asked";
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
    text,
    `Formula: ${code(formula)}`,
    convention === "" ? undefined : `Convention: ${convention}`,
    `Source: ${source}`,
  );
}
