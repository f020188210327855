import { settledValue, type BoundDeclaration, type Workspace } from "../core";
import { formatGrouped } from "../units";
import { figureOf } from "./figures";
import { defaultSequenceLength, type FigureOptions } from "./kinds";
import { planResult } from "./plan-record";

/**
 * What a reader must know beside the figures, a sentence or two a line: what those of a model are stated at, which ones of a cluster are
 * those of more than it uses, which ones of a plan reach further than its model does. `contextOption`: how the reader states a context.
 */
export function conditionsOf(workspace: Workspace, declaration: BoundDeclaration, options: FigureOptions, contextOption: string): readonly string[] {
  switch (declaration.keyword) {
    case "model": return ofModel(workspace, declaration, options, contextOption);
    case "hardware": return ofCluster(workspace, declaration);
    case "plan": return ofPlan(workspace, declaration);
    default: return [];
  }
}

/** A network is priced whole, however many of its endpoints are in use. */
function ofCluster(workspace: Workspace, declaration: BoundDeclaration): readonly string[] {
  const held = figureOf(workspace, declaration, "max_endpoints");
  const [nodes, cards] = ["nodes", "nics_per_node"].map((key) => settledValue(workspace, declaration.block, key).plain);
  if (held.kind !== "value" || typeof nodes !== "number" || typeof cards !== "number" || nodes * cards >= held.value) return [];
  return [`Endpoints, switches, links, bisection and cost of the network are those of the full topology; the cluster uses ${formatGrouped(nodes * cards)} of its ${formatGrouped(held.value)} endpoints.`];
}

function ofPlan(workspace: Workspace, declaration: BoundDeclaration): readonly string[] {
  const fits = figureOf(workspace, declaration, "max_context_that_fits");
  const model = planResult(workspace, declaration)?.blocks.get("model");
  const longest = model && settledValue(workspace, model, "max_context").plain;
  if (fits.kind !== "value" || typeof longest !== "number" || fits.value <= longest) return [];
  return [`Note: the longest context that fits is longer than the model's max_context, ${tokensText(longest)}.`];
}

function ofModel(workspace: Workspace, declaration: BoundDeclaration, options: FigureOptions, contextOption: string): readonly string[] {
  const { plain } = settledValue(workspace, declaration.block, "max_context");
  const longest = typeof plain === "number" ? plain : undefined;
  const training = `Training at a sequence of ${tokensText(options.sequenceLength ?? defaultSequenceLength)}`;
  const decoding = options.contextLength !== undefined ? `cache and decoding at a context of ${tokensText(options.contextLength)}`
    : longest !== undefined ? `cache and decoding at the model's max_context, ${tokensText(longest)}`
    : `no context is given: ${contextOption} states one`;
  return [`${training}; ${decoding}.`, ...beyond(longest, [["sequence", options.sequenceLength], ["context", options.contextLength]])];
}

const tokensText = (count: number): string => `${count.toLocaleString("en-US")} token${count === 1 ? "" : "s"}`;

/** A note where the reader asks for more than the model takes: the arithmetic holds there, the model does not. */
function beyond(longest: number | undefined, asked: readonly (readonly [what: string, tokens: number | undefined])[]): readonly string[] {
  if (longest === undefined) return [];
  const longer = asked.filter(([, tokens]) => tokens !== undefined && tokens > longest).map(([what]) => what);
  if (longer.length === 0) return [];
  return [`Note: the ${longer.join(" and the ")} asked for ${longer.length === 1 ? "is" : "are"} longer than the model's max_context, ${tokensText(longest)}.`];
}
