import type { DeclarationKeyword } from "../../../grammar/src";
import { defaultSequenceLength, figureOf, metricDimension, type FigureOptions } from "../analysis";
import { bindDeclaration, fileScope, headerSpan, type Range, type Workspace } from "../core";
import { formatGrouped, formatQuantity } from "../units";
import { checkedFile } from "./diagnostics";

/** The place of one figure above a declaration; its text is computed when it is shown. */
export interface FigureLens {
  readonly range: Range;
  readonly declaration: string;
  readonly metric: LensMetric;
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

/** One lens a figure, above every declaration that has figures and a name of its own: no figure is computed here. */
export function codeLenses(workspace: Workspace, uri: string): readonly FigureLens[] {
  const scope = fileScope(workspace, uri);
  if (!scope) return [];
  return scope.declarations.flatMap((node) => {
    if (node.kind !== "declaration" || !node.name) return [];
    const { text: declaration } = node.name;
    const symbol = scope.symbols.get(declaration);
    if (symbol?.kind !== "declaration" || symbol.node !== node) return [];
    const range = scope.source.lines.range(headerSpan(node));
    const block = bindDeclaration(workspace, node, scope)?.block;
    return (lenses[node.keyword] ?? []).flatMap(({ metric, rests }) =>
      rests !== undefined && !block?.properties.has(rests) ? [] : [{ range, declaration, metric }]);
  });
}

export interface LensText {
  /** `70.27 KB KV a token`; `— KV a token` where the figure cannot be computed. */
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
  const label = labelOf(metric, options);
  if (figure.kind === "value") return { title: `${formatQuantity(figure.value, dimension)} ${label}`, state: "known" };
  const isBroken = checkedFile(workspace, uri).some(({ severity, span }) => severity === "error" && span.start <= symbol.node.end && symbol.node.start <= span.end);
  return { title: `— ${label}`, state: isBroken ? "broken" : "unknown" };
}

/** Training FLOPs say their sequence length where it is not the usual one. */
function labelOf(metric: LensMetric, { sequenceLength = defaultSequenceLength }: FigureOptions): string {
  const label = labels[metric];
  return metric === "train_flops_per_token" && sequenceLength !== defaultSequenceLength ? `${label} at ${formatGrouped(sequenceLength)}` : label;
}
