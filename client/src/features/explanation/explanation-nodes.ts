import { l10n } from "vscode";
import type { ExplainedFact, ExplainedFigure, ExplainedPart, PanelPlace, StatedFigure } from "../../../../server/src/lsp/protocol";

/** A line of the tree. `key` tells it from its siblings: what is open stays open when figures change. */
export type ExplanationNode =
  | { readonly kind: "figure"; readonly key: string; readonly label: string; readonly value: string; readonly figure: StatedFigure }
  | { readonly kind: "group"; readonly key: string; readonly label: string; readonly nodes: readonly ExplanationNode[] }
  | { readonly kind: "part"; readonly key: string; readonly label: string; readonly value: string; readonly tip: string; readonly nodes: readonly ExplanationNode[] }
  | { readonly kind: "fact"; readonly key: string; readonly label: string; readonly value: string; readonly tip: string; readonly to?: PanelPlace | undefined; readonly nodes: readonly ExplanationNode[] }
  /** A formula, a source, a convention. `link`: what a source names. */
  | { readonly kind: "text"; readonly key: string; readonly label: string; readonly value: string; readonly link?: string | undefined };

/** What a figure came from: its formula and source, the metrics that the formula names, its parts, its facts by what they are of. */
export function nodesOf({ formula, source, convention, confidence, metrics, parts, facts }: ExplainedFigure): readonly ExplanationNode[] {
  const text = (key: string, label: string, value: string): readonly ExplanationNode[] => (value === "" ? [] : [{ kind: "text", key, label, value, link: paperIn(value) }]);
  return [
    ...formula.flatMap((clause, index) => text(`formula ${index}`, l10n.t("Formula"), clause)),
    ...metrics.map(({ figure, title, value }): ExplanationNode => ({ kind: "figure", key: `${figure.declaration}.${figure.metric}`, label: title, value: `${value} · ${figure.declaration}`, figure })),
    // One part alone is the figure itself.
    ...(metrics.length > 0 && parts.length === 1 && parts[0]?.parts.length === 0 ? [] : grouped("parts", l10n.t("Parts"), parts.map(partNode), metrics.length === 0 ? mostOpen : 0)),
    ...factGroups(facts),
    ...text("confidence", l10n.t("Confidence"), confidence),
    ...text("convention", l10n.t("Convention"), convention),
    ...text("source", l10n.t("Source"), source),
  ];
}

/** Lines that stand below their figure without a group of their own. */
const mostOpen = 10;

const grouped = (key: string, label: string, nodes: readonly ExplanationNode[], most = mostOpen): readonly ExplanationNode[] =>
  (nodes.length === 0 || nodes.length <= most ? nodes : [{ kind: "group", key, label: `${label} (${nodes.length})`, nodes }]);

/** Many facts stand together by what they are of: `hardware (12)`. */
function factGroups(facts: readonly ExplainedFact[]): readonly ExplanationNode[] {
  if (facts.length <= mostOpen) return facts.map((fact) => factNode(fact, fact.path));
  const groups = new Map<string, ExplainedFact[]>();
  for (const fact of facts) {
    const owner = fact.path.includes(".") ? fact.path.slice(0, fact.path.indexOf(".")) : "";
    groups.set(owner, [...(groups.get(owner) ?? []), fact]);
  }
  return [...groups].flatMap(([owner, members]) => (owner === "" ? members.map((fact) => factNode(fact, fact.path))
    : grouped(`facts ${owner}`, l10n.t("Facts of {0}", owner), members.map((fact) => factNode(fact, fact.path.slice(owner.length + 1))), 1)));
}

function factNode({ path, value, origin, source, documentation, to, facts }: ExplainedFact, label: string): ExplanationNode {
  return {
    kind: "fact", key: path, label, value: `${value} · ${origin}`, to, nodes: facts.map((fact, index) => ({ ...factNode(fact, fact.path), key: `${index} ${fact.path}` })),
    tip: [`\`${path}\``, documentation, source].filter((part) => part !== "").join("\n\n"),
  };
}

function partNode({ label, value, share, how, parts }: ExplainedPart, index: number): ExplanationNode {
  return { kind: "part", key: `part ${index} ${label}`, label, value: share === "" ? value : `${value} · ${share}`, tip: how, nodes: parts.map(partNode) };
}

/** The paper that a text names: `arXiv:2412.19437`. */
const paperIn = (text: string): string | undefined => {
  const [, paper] = /\barXiv:(\d{4}\.\d{4,5})\b/.exec(text) ?? [];
  return paper === undefined ? undefined : `https://arxiv.org/abs/${paper}`;
};
