import type { DeclarationKeyword } from "../../../../grammar/src";
import { computedKinds, figureOf, keyMetricsOf, metricIds, metricOf, shortText } from "../../analysis";
import type { BoundDeclaration, Workspace } from "../../core";
import { code, paragraphs } from "../markdown";
import type { Around } from "./around";
import type { CompletionMore, Draft } from "./draft";

/** The figures that a statement can name: those of its declaration, of a sweep those of its plan. */
export function statementMetrics(workspace: Workspace, { node, bound, varied }: Around): readonly Draft[] {
  const declaration = varied ?? (node.keyword === "sweep" ? undefined : bound);
  if (declaration) return metricsOfDeclaration(workspace, declaration);
  const keyword = node.keyword === "sweep" ? "plan" : node.keyword;
  return metricIds(keyword).map((id) => metricDraft(keyword, id));
}

/** The figures of a declaration with their values, those that are read first in front; those that such a design cannot have, as a training plan a TPOT, come last. */
export function metricsOfDeclaration(workspace: Workspace, declaration: BoundDeclaration): readonly Draft[] {
  const ids = metricIds(declaration.keyword);
  const first = keyMetricsOf(workspace, declaration).filter((id) => ids.includes(id));
  const rankOf = (id: string) => (isInapplicable(workspace, declaration, id) ? 3 : first.includes(id) ? 0 : 1);
  return [...first, ...ids.filter((id) => !first.includes(id))].map((id) => ({
    ...metricDraft(declaration.keyword, id), rank: rankOf(id), more: () => metricMore(workspace, declaration, id),
  }));
}

function isInapplicable(workspace: Workspace, declaration: BoundDeclaration, id: string): boolean {
  const figure = figureOf(workspace, declaration, id);
  return figure.kind === "unavailable" && figure.inapplicable === true;
}

function metricDraft(keyword: DeclarationKeyword, id: string): Draft {
  const metric = computedKinds[keyword]?.metrics.find((candidate) => candidate.id === id);
  return { label: id, kind: "metric", detail: metric?.title ?? "metric", documentation: metric && documentationOf(metric) };
}

const documentationOf = ({ documentation, formula, source }: { readonly documentation: string; readonly formula: string; readonly source: string }): string =>
  paragraphs(documentation, formula === "" ? undefined : `Formula: ${code(formula)}`, source === "" ? undefined : `Source: ${source}`);

function metricMore(workspace: Workspace, declaration: BoundDeclaration, id: string): CompletionMore {
  const metric = metricOf(workspace, declaration, id);
  if (!metric) return {};
  const { figure, title } = metric;
  const value = figure.kind === "value" ? shortText(figure.value, metric) : figure.kind === "text" ? figure.value : "not computed";
  return { detail: `${title}: ${value}` };
}
