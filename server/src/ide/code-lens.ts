import type { DeclarationKeyword } from "../../../grammar/src";
import { defaultSequenceLength, figureOf, metricDimension, type FigureOptions } from "../analysis";
import { bindDeclaration, fileScope, headerSpan, type BoundDeclaration, type Range, type Workspace } from "../core";
import { formatGrouped, formatQuantity } from "../units";
import { checkedFile } from "./diagnostics";

/** The place of one figure above a declaration; its text is made when it is shown. */
export interface FigureLens {
  readonly range: Range;
  readonly declaration: string;
  readonly metric: LensMetric;
  /** The figure cannot be computed and the declaration is in error: what the lens said before still says more. */
  readonly isStale: boolean;
}

/** What each figure is called in a lens. */
const labels = {
  total_params: "total",
  active_params: "active",
  kv_bytes_per_token: "KV a token",
  train_flops_per_token: "training a token",
  gpus: "GPUs",
  peak_flops: "BF16 peak",
  memory_total: "memory",
  cost_per_hour: "in all",
} as const;

export type LensMetric = keyof typeof labels;

export const isLensMetric = (id: string): id is LensMetric => Object.hasOwn(labels, id);

/** The figures above each kind of declaration; one that rests on an optional property stands there where that is written. */
const lenses: Partial<Readonly<Record<DeclarationKeyword, readonly { readonly metric: LensMetric; readonly rests?: string }[]>>> = {
  model: [{ metric: "total_params" }, { metric: "active_params" }, { metric: "kv_bytes_per_token" }, { metric: "train_flops_per_token" }],
  hardware: [{ metric: "gpus" }, { metric: "peak_flops" }, { metric: "memory_total" }, { metric: "cost_per_hour", rests: "price" }],
};

/**
 * One lens a figure, above every declaration that has figures and a name of its own. Figures that are missing for one
 * reason share a lens behind the others, unless the declaration is in error and the reader has seen them: then each keeps its place.
 */
export function codeLenses(
  workspace: Workspace, uri: string, options: FigureOptions = {}, wasSeen: (declaration: string, metric: LensMetric) => boolean = () => false,
): readonly FigureLens[] {
  const scope = fileScope(workspace, uri);
  if (!scope) return [];
  return scope.declarations.flatMap((node) => {
    if (node.kind !== "declaration" || !node.name) return [];
    const { text: declaration } = node.name;
    const symbol = scope.symbols.get(declaration);
    if (symbol?.kind !== "declaration" || symbol.node !== node) return [];
    const range = scope.source.lines.range(headerSpan(node));
    const bound = bindDeclaration(workspace, node, scope);
    if (!bound) return [];
    const known: FigureLens[] = [];
    const missing = new Map<string, FigureLens>();
    for (const metric of metricsOf(bound)) {
      const reason = missingReason(workspace, bound, metric, options);
      const isStale = reason !== undefined && wasSeen(declaration, metric) && isInError(workspace, bound);
      if (reason === undefined || isStale) known.push({ range, declaration, metric, isStale });
      else if (!missing.has(reason)) missing.set(reason, { range, declaration, metric, isStale });
    }
    return [...known, ...missing.values()];
  });
}

const metricsOf = ({ keyword, block }: BoundDeclaration): readonly LensMetric[] =>
  (lenses[keyword] ?? []).flatMap(({ metric, rests }) => (rests !== undefined && !block.properties.has(rests) ? [] : [metric]));

function missingReason(workspace: Workspace, declaration: BoundDeclaration, metric: LensMetric, options: FigureOptions): string | undefined {
  const figure = figureOf(workspace, declaration, metric, options);
  return figure.kind === "unavailable" ? figure.reason : undefined;
}

const isInError = (workspace: Workspace, { file, node }: BoundDeclaration): boolean =>
  checkedFile(workspace, file.uri).some(({ severity, span }) => severity === "error" && span.start <= node.end && node.start <= span.end);

export interface LensText {
  /** `70.27 KB KV a token`; `total, active not computed: …` with the reason, for those that are missing for it; `not computed: …` for all. */
  readonly title: string;
  /** `broken`: not computed, and the declaration's text is in error: the reader is in the middle of an edit. */
  readonly state: "known" | "unknown" | "broken";
}

/** The text of a lens; `undefined` where the file has no such declaration any more. */
export function lensText(workspace: Workspace, uri: string, declaration: string, metric: LensMetric, options: FigureOptions = {}): LensText | undefined {
  const scope = fileScope(workspace, uri);
  const symbol = scope?.symbols.get(declaration);
  if (!scope || symbol?.kind !== "declaration") return undefined;
  const bound = bindDeclaration(workspace, symbol.node, scope);
  const dimension = bound && metricDimension(bound.keyword, metric);
  if (!bound || !dimension) return undefined;
  const figure = figureOf(workspace, bound, metric, options);
  if (figure.kind === "value") return { title: `${formatQuantity(figure.value, dimension)} ${labelOf(metric, options)}`, state: "known" };
  if (figure.kind === "text") return { title: figure.value, state: "known" };
  return { title: `${missingTogether(workspace, bound, figure.reason, options)}not computed: ${figure.reason}`, state: isInError(workspace, bound) ? "broken" : "unknown" };
}

/** Which figures of a declaration are missing for a reason, in front of it; nothing where all of them are. */
function missingTogether(workspace: Workspace, declaration: BoundDeclaration, reason: string, options: FigureOptions): string {
  const all = metricsOf(declaration);
  const together = all.filter((metric) => missingReason(workspace, declaration, metric, options) === reason);
  return together.length === all.length ? "" : `${together.map((metric) => labels[metric]).join(", ")} `;
}

/** Training FLOPs say their sequence length where it is not the usual one. */
function labelOf(metric: LensMetric, { sequenceLength = defaultSequenceLength }: FigureOptions): string {
  const label = labels[metric];
  return metric === "train_flops_per_token" && sequenceLength !== defaultSequenceLength ? `${label} at ${formatGrouped(sequenceLength)}` : label;
}
