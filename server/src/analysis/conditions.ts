import { settledValue, type BoundDeclaration, type Workspace } from "../core";
import { defaultSequenceLength, type FigureOptions } from "./kinds";

/**
 * What the figures of a model are stated at, a sentence or two a line: what was asked, and what the model says. None for other
 * declarations. `contextOption`: how the reader states a context.
 */
export function conditionsOf(workspace: Workspace, declaration: BoundDeclaration, options: FigureOptions, contextOption: string): readonly string[] {
  if (declaration.keyword !== "model") return [];
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
