import { fedMetrics, metricIds, usersOf } from "../analysis";
import { bindDeclaration, didYouMean, fileScope, nearest, resolveSymbol, settledValue, withArticle, type BoundDeclaration, type PropertyValue } from "../core";
import type { Design } from "./design";
import { findTarget } from "./property-path";
import { meantBy, unknownDeclaration } from "./unknown-name";
import { WrongUse } from "./wrong-use";

/** What a caller named in order to have it explained. */
export type Asked =
  | { readonly kind: "figure"; readonly declaration: BoundDeclaration; readonly metric: string }
  /** A property is written, not computed. `feeds`: the figures that it enters, as `NAME.METRIC`. */
  | { readonly kind: "property"; readonly value: PropertyValue; readonly feeds: readonly string[] }
  /** A declaration without a figure of it. */
  | { readonly kind: "declaration"; readonly declaration: BoundDeclaration }
  /** `ids`: the metrics that the declaration has. `suggestion`: the metric or the property that is nearest. */
  | { readonly kind: "unknown-metric"; readonly declaration: BoundDeclaration; readonly metric: string; readonly ids: readonly string[]; readonly suggestion: string | undefined };

/** `NAME.METRIC`, `NAME.key`, or a metric alone where one declaration of the file has it. Throws `WrongUse` at anything else. */
export function findFigure(design: Design, asked: string): Asked {
  const point = asked.lastIndexOf(".");
  if (point < 0) return onlyFigure(design, asked);
  const [name, metric] = [asked.slice(0, point), asked.slice(point + 1)];
  if (name.includes(".")) return findProperty(design, asked);
  const declaration = findDeclaration(design, name);
  const ids = metricIds(declaration.keyword);
  if (ids.includes(metric)) return { kind: "figure", declaration, metric };
  if (declaration.block.schema?.properties.has(metric)) return findProperty(design, asked);
  const keys = [...(declaration.block.schema?.properties.keys() ?? [])];
  if (ids.length === 0) throw new WrongUse(`${withoutFigures(declaration)}, and no property \`${metric}\`${didYouMean(nearest(metric, keys))}`);
  return { kind: "unknown-metric", declaration, metric, ids, suggestion: nearest(metric, [...ids, ...keys]) };
}

/** A word without a point: a metric of the one declaration that has it. */
function onlyFigure(design: Design, word: string): Asked {
  const { workspace, files: [file] } = design;
  const scope = file && fileScope(workspace, file.uri);
  if (scope?.symbols.has(word)) {
    const declaration = findDeclaration(design, word);
    if (metricIds(declaration.keyword).length === 0) throw new WrongUse(withoutFigures(declaration));
    return { kind: "declaration", declaration };
  }
  const declarations = (scope?.declarations ?? []).flatMap((node) => (node.kind === "declaration" && node.name && scope ? bindDeclaration(workspace, node, scope) ?? [] : []));
  const [declaration, another] = declarations.filter(({ keyword }) => metricIds(keyword).includes(word));
  if (declaration && another) throw new WrongUse(`several declarations have the figure \`${word}\`: write \`${declaration.name}.${word}\` or \`${another.name}.${word}\``);
  if (declaration) return { kind: "figure", declaration, metric: word };
  const known = [...(scope?.symbols.keys() ?? []), ...declarations.flatMap(({ keyword }) => metricIds(keyword))];
  throw new WrongUse(`there is no declaration and no figure \`${word}\` in ${file?.path ?? ""}${meantBy(word, known)}`);
}

const withoutFigures = ({ name, keyword }: BoundDeclaration): string => `\`${name}\` is ${withArticle(keyword)}: it has no figures`;

function findProperty(design: Design, asked: string): Asked {
  const { workspace } = design;
  const target = findTarget(workspace, design.files.map((file) => file.uri), asked, (problem) => {
    throw new WrongUse(`\`${asked}\`: ${problem}`);
  });
  if (target.kind !== "key") throw new WrongUse(`\`${asked}\` is a property, not a figure, and it is not written`);
  const { declaration, block, key } = target;
  const users = [declaration, ...design.files.flatMap(({ uri }) => {
    const scope = fileScope(workspace, uri);
    return scope ? usersOf(workspace, scope, declaration) : [];
  })];
  const feeds = users.flatMap((user) => fedMetrics(workspace, user, block, key).map((metric) => `${user.name}.${metric.id}`));
  return { kind: "property", value: settledValue(workspace, block, key), feeds };
}

function findDeclaration(design: Design, name: string): BoundDeclaration {
  const { workspace, files } = design;
  const scope = files[0] && fileScope(workspace, files[0].uri);
  const symbol = scope && resolveSymbol(workspace, scope, name);
  if (!scope || !symbol) throw unknownDeclaration(design, name);
  if (symbol.kind === "let") throw new WrongUse(`\`${name}\` is a constant: it has no figures`);
  const home = fileScope(workspace, symbol.uri);
  const declaration = home && bindDeclaration(workspace, symbol.node, home);
  if (!declaration) throw new WrongUse(`\`${name}\` extends itself: it has no figures`);
  return declaration;
}
