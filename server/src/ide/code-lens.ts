import type { DeclarationKeyword } from "../../../grammar/src";
import { defaultSequenceLength, foundationsOf, metricOf, readingOf, shortFigure, usersOf, type FigureOptions, type MetricFigure, type Reading } from "../analysis";
import { fileScope, headerSpan, ownDeclaration, type BoundDeclaration, type Diagnostic, type FileScope, type Range, type Workspace } from "../core";
import { formatGrouped } from "../units";
import { checkedFile } from "./diagnostics";

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
  step_time: "a step",
  tokens_per_second_per_gpu: "a GPU",
  mfu: "MFU",
  memory_per_gpu: "a GPU",
  bubble_fraction: "bubble",
  training_cost: "for the training",
  ttft: "TTFT",
  tpot: "TPOT",
  tpot_limit: "TPOT limit",
  tokens_per_second_per_user: "a user",
  tokens_per_second_per_node: "a node",
  prefill_nodes: "prefill nodes",
  decode_nodes: "decode nodes",
  cost_per_million_tokens: "a million tokens",
} as const;

export type LensMetric = keyof typeof labels;

export const isLensMetric = (id: string): id is LensMetric => Object.hasOwn(labels, id);

interface Wanted {
  readonly metric: LensMetric;
  /** Rests on something that a design need not have, such as a price: shown only where it has a value. */
  readonly optional?: true;
}

/** The figures above each kind of declaration, and above a plan by its phase. */
const lenses: Readonly<Record<Reading, readonly Wanted[]>> = {
  model: [{ metric: "total_params" }, { metric: "active_params" }, { metric: "kv_bytes_per_token" }, { metric: "train_flops_per_token" }],
  hardware: [{ metric: "gpus" }, { metric: "peak_flops" }, { metric: "memory_total" }, { metric: "cost_per_hour", optional: true }],
  training: [
    { metric: "step_time" }, { metric: "tokens_per_second_per_gpu" }, { metric: "mfu" }, { metric: "memory_per_gpu" }, { metric: "bubble_fraction" },
    { metric: "training_cost", optional: true },
  ],
  prefill: [{ metric: "ttft" }, { metric: "tokens_per_second_per_node" }, { metric: "memory_per_gpu" }],
  decode: [
    { metric: "tpot" }, { metric: "tokens_per_second_per_user" }, { metric: "tokens_per_second_per_node" }, { metric: "memory_per_gpu" },
    { metric: "tpot_limit", optional: true },
  ],
  service: [{ metric: "prefill_nodes" }, { metric: "decode_nodes" }, { metric: "cost_per_million_tokens", optional: true }],
};

/** Above a layout or a workload: what it comes to in a plan that uses it. The first one is explained. */
const consequences = {
  training: ["step_time", "memory_per_gpu"],
  prefill: ["ttft", "memory_per_gpu"],
  decode: ["tpot", "memory_per_gpu"],
} as const satisfies Partial<Readonly<Record<Reading, readonly [LensMetric, ...LensMetric[]]>>>;

/** Plans that a layout or a workload names one by one; it may have many. */
const mostUsers = 3;

/** What lenses stand above: each kind can be switched off. */
export const lensKinds = ["models", "hardware", "layouts", "plans"] as const;
export type LensKind = (typeof lensKinds)[number];

const kindOf: Readonly<Record<DeclarationKeyword, LensKind>> = {
  model: "models", routing: "models", operator: "models", gpu: "hardware", nic: "hardware", hardware: "hardware", parallelism: "layouts", workload: "layouts",
  plan: "plans", service: "plans", sweep: "plans",
};

/** Which lens of a file is meant. */
export interface LensName {
  /** The declaration that it stands above. */
  readonly declaration: string;
  /** The plan whose figures it shows, where that is another declaration. */
  readonly user?: string | undefined;
  readonly metric: LensMetric;
}

/** The place of a lens; its text is made when it is shown. */
export interface FigureLens extends LensName {
  readonly kind: LensKind;
  readonly range: Range;
  /** The figure cannot be computed and the design is in error: what the lens said before still says more. */
  readonly isStale: boolean;
}

/**
 * One lens a figure above every declaration that has figures and a name of its own, and one lens a plan above the layouts and
 * workloads that plans use. Figures that are missing for one reason share a lens behind the others, unless the design is in error and
 * the reader has seen them: then each keeps its place.
 */
export function codeLenses(workspace: Workspace, uri: string, options: FigureOptions = {}, wasSeen: (lens: LensName) => boolean = () => false): readonly FigureLens[] {
  const scope = fileScope(workspace, uri);
  if (!scope) return [];
  return scope.declarations.flatMap((node) => {
    if (node.kind !== "declaration" || !node.name) return [];
    const bound = ownDeclaration(workspace, scope, node.name.text);
    if (bound?.node !== node) return [];
    const range = scope.source.lines.range(headerSpan(node));
    return lensesAbove(workspace, scope, bound, options, wasSeen).map((lens) => ({ ...lens, kind: kindOf[bound.keyword], range }));
  });
}

type PlacedLens = Omit<FigureLens, "range" | "kind">;

function lensesAbove(
  workspace: Workspace, scope: FileScope, bound: BoundDeclaration, options: FigureOptions, wasSeen: (lens: LensName) => boolean,
): readonly PlacedLens[] {
  const { name: declaration, keyword } = bound;
  if (keyword === "parallelism" || keyword === "workload") {
    return plansUsing(workspace, scope, bound).slice(0, mostUsers).flatMap((plan): readonly PlacedLens[] => {
      const [first] = consequencesOf(workspace, plan, options);
      if (!first) return [];
      const lens = { declaration, user: plan.name, metric: first.metric };
      const isMissing = consequencesOf(workspace, plan, options).every(({ figure }) => figure.figure.kind === "unavailable");
      return [{ ...lens, isStale: isMissing && wasSeen(lens) && isInError(workspace, plan) }];
    });
  }
  const known: PlacedLens[] = [];
  const missing = new Map<string, PlacedLens>();
  for (const { metric, optional, figure: { figure } } of figuresAbove(workspace, bound, options)) {
    const isStale = figure.kind === "unavailable" && wasSeen({ declaration, metric }) && isInError(workspace, bound);
    if (figure.kind !== "unavailable" || isStale) known.push({ declaration, metric, isStale });
    else if (!optional && !missing.has(figure.reason)) missing.set(figure.reason, { declaration, metric, isStale });
  }
  return [...known, ...missing.values()];
}

interface WantedFigure extends Wanted {
  readonly figure: MetricFigure;
}

/** The figures that a declaration of this kind and phase can have. */
function figuresAbove(workspace: Workspace, bound: BoundDeclaration, options: FigureOptions): readonly WantedFigure[] {
  const reading = readingOf(workspace, bound);
  return reading === undefined ? [] : figuresFor(workspace, bound, lenses[reading], options);
}

function figuresFor(workspace: Workspace, bound: BoundDeclaration, wanted: readonly Wanted[], options: FigureOptions): readonly WantedFigure[] {
  return wanted.flatMap((each) => {
    const figure = metricOf(workspace, bound, each.metric, options);
    return figure && !(figure.figure.kind === "unavailable" && figure.figure.inapplicable) ? [{ ...each, figure }] : [];
  });
}

function consequencesOf(workspace: Workspace, plan: BoundDeclaration, options: FigureOptions): readonly WantedFigure[] {
  const reading = readingOf(workspace, plan);
  if (reading !== "training" && reading !== "prefill" && reading !== "decode") return [];
  return figuresFor(workspace, plan, consequences[reading].map((metric) => ({ metric })), options);
}

const plansUsing = (workspace: Workspace, scope: FileScope, bound: BoundDeclaration): readonly BoundDeclaration[] =>
  usersOf(workspace, scope, bound).filter(({ keyword }) => keyword === "plan");

const isInError = (workspace: Workspace, declaration: BoundDeclaration): boolean => errorsBehind(workspace, declaration).length > 0;

/** What is wrong with a declaration, or with another one of its file that its figures rest on. */
export function errorsBehind(workspace: Workspace, declaration: BoundDeclaration): readonly Diagnostic[] {
  const { uri } = declaration.file;
  const parts = [declaration, ...foundationsOf(workspace, declaration)].filter(({ file }) => file.uri === uri);
  return checkedFile(workspace, uri).filter(({ severity, span }) => severity === "error" && parts.some(({ node }) => span.start <= node.end && node.start <= span.end));
}

export interface LensText {
  /**
   * `70.27 KB KV a token`; `19.93 s a step, 51.20 GB of 84.94 GB a GPU in TrainV3`; `Parameters not computed: …` with the reason, for
   * those that are missing for it; `not computed: …` for all.
   */
  readonly title: string;
  /** `broken`: not computed, and the design's text is in error: the reader is in the middle of an edit. */
  readonly state: "known" | "unknown" | "broken";
}

/** The text of a lens; `undefined` where the file has no such declaration any more. */
export function lensText(workspace: Workspace, uri: string, lens: LensName, options: FigureOptions = {}): LensText | undefined {
  const scope = fileScope(workspace, uri);
  const bound = scope && ownDeclaration(workspace, scope, lens.declaration);
  if (!bound) return undefined;
  if (lens.user !== undefined) return consequenceText(workspace, scope, bound, lens.user, options);
  const metric = metricOf(workspace, bound, lens.metric, options);
  const text = metric && labelled(workspace, bound, { metric: lens.metric, figure: metric }, options);
  if (text !== undefined) return { title: text, state: "known" };
  if (metric?.figure.kind !== "unavailable") return undefined;
  const { reason } = metric.figure;
  return { title: `${missingTogether(workspace, bound, reason, options)}not computed: ${reason}`, state: isInError(workspace, bound) ? "broken" : "unknown" };
}

function consequenceText(workspace: Workspace, scope: FileScope, bound: BoundDeclaration, user: string, options: FigureOptions): LensText | undefined {
  const plans = plansUsing(workspace, scope, bound);
  const at = plans.findIndex(({ name }) => name === user);
  const plan = plans[at];
  if (!plan) return undefined;
  const figures = consequencesOf(workspace, plan, options);
  const rest = at === mostUsers - 1 ? plans.length - mostUsers : 0;
  const others = rest === 0 ? "" : `; ${rest} more ${rest === 1 ? "plan uses" : "plans use"} it`;
  const texts = figures.flatMap((wanted) => labelled(workspace, plan, wanted, options) ?? []);
  if (texts.length > 0) return { title: `${texts.join(", ")} in ${user}${others}`, state: "known" };
  const [reason] = figures.flatMap(({ figure: { figure } }) => (figure.kind === "unavailable" ? [figure.reason] : []));
  if (reason === undefined) return undefined;
  return { title: `${user} not computed: ${reason}${others}`, state: isInError(workspace, plan) ? "broken" : "unknown" };
}

/** The figures that the lenses of a declaration show, those without a value left out. */
export const lensFigures = (workspace: Workspace, bound: BoundDeclaration, options: FigureOptions = {}): readonly string[] =>
  figuresAbove(workspace, bound, options).flatMap((wanted) => labelled(workspace, bound, wanted, options) ?? []);

/** A figure with what a lens calls it; `undefined` where it has no value. */
function labelled(workspace: Workspace, bound: BoundDeclaration, { metric, figure }: WantedFigure, options: FigureOptions): string | undefined {
  const text = shortFigure(workspace, bound, figure);
  const label = labelOf(metric, options);
  return text === undefined ? undefined : `${text} ${text === "1" ? label.replace(/s$/, "") : label}`;
}

/** Which figures of a declaration are missing for a reason, in front of it; nothing where all of them are. */
function missingTogether(workspace: Workspace, declaration: BoundDeclaration, reason: string, options: FigureOptions): string {
  const all = figuresAbove(workspace, declaration, options).filter(({ optional, figure: { figure } }) => !optional || figure.kind !== "unavailable");
  const together = all.filter(({ figure: { figure } }) => figure.kind === "unavailable" && figure.reason === reason);
  return together.length === all.length ? "" : `${together.map(({ figure }) => figure.title).join(", ")} `;
}

/** Training FLOPs say their sequence length where it is not the usual one. */
function labelOf(metric: LensMetric, { sequenceLength = defaultSequenceLength }: FigureOptions): string {
  const label = labels[metric];
  return metric === "train_flops_per_token" && sequenceLength !== defaultSequenceLength ? `${label} at ${formatGrouped(sequenceLength)}` : label;
}
