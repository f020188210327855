import type { FigureOptions } from "../analysis";
import { createSource, createWorkspace, didYouMean, fileScope, letValue, nearest, type MetricLookup } from "../core";
import type { OptionSpec, ReadArguments } from "../hosts/arguments";
import type { CommandHost } from "../hosts/command-host";
import { dimensions, isPlain, sameDimension } from "../units";
import { WrongUse } from "./command";

export const setOption: Readonly<Record<string, OptionSpec>> = { set: { type: "string", multiple: true } };
export const figureOptionSpecs: Readonly<Record<string, OptionSpec>> = { "sequence-length": { type: "string" }, context: { type: "string" } };

/** What stands before an edit on the command line. */
export const setOptionText = "--set ";

/** How a context is stated on the command line. */
export const contextOptionText = "--context N";

export const setHelp = `  --set NAME.path=VALUE   asks what would be: the edit is made in memory alone, and may be
                          repeated. Paths: NAME.key, NAME.block.key, NAME.attention[0].key,
                          and by kind, NAME.moe.top_k. The value is written as in a file:
                          --set DeepSeekV3.precision.kv_cache=fp8_e4m3`;

export const figureHelp = `  --sequence-length N     tokens of a training sequence (default 4096)
  --context N             tokens in the cache (default: the model's max_context);
                          128K is 128,000 and 128Ki is 131,072`;

const given = (read: ReadArguments, name: string): string | undefined => read.options.get(name)?.[0];

export const hasFlag = (read: ReadArguments, name: string): boolean => read.options.has(name);
export const whatIfs = (read: ReadArguments): readonly string[] => read.options.get("set") ?? [];

/** One of some words. Throws `WrongUse` at any other. */
export function formatOption<Word extends string>(read: ReadArguments, words: readonly [Word, ...Word[]]): Word {
  const text = given(read, "format") ?? words[0];
  const word = words.find((candidate) => candidate === text);
  if (word === undefined) throw new WrongUse(`--format takes ${words.slice(0, -1).join(", ")} or ${words[words.length - 1]}: found ${text}${plainSuggestion(text, words)}`);
  return word;
}

const plainSuggestion = (word: string, candidates: readonly string[]): string => didYouMean(nearest(word, candidates)).replace(/`/g, "");

export function figureOptions(read: ReadArguments): FigureOptions {
  return { sequenceLength: tokensOption(read, "sequence-length"), contextLength: tokensOption(read, "context") };
}

/** A number of tokens as the language writes it: `4096`, `8_192`, `128Ki`. */
function tokensOption(read: ReadArguments, name: string): number | undefined {
  const text = given(read, name);
  if (text === undefined) return undefined;
  const value = tokensOf(text);
  if (value === undefined) throw new WrongUse(`--${name} takes a whole number of tokens, such as 4096 or 128Ki: found ${text}${magnitudeSuggestion(text)}`);
  return value;
}

/** A small `k` is neither of the two: `128K` is 128,000 and `128Ki` is 131,072. */
function magnitudeSuggestion(text: string): string {
  const match = /^([\d_.]+)([kmbt])i?$/i.exec(text);
  if (!match?.[1] || !match[2]) return "";
  const words = ["", "i"].flatMap((binary) => {
    const word = `${match[1]}${match[2]?.toUpperCase()}${binary}`;
    const tokens = tokensOf(word);
    return tokens === undefined ? [] : [`${word} (${tokens.toLocaleString("en-US")})`];
  });
  return words.length === 0 ? "" : `; did you mean ${words.join(" or ")}?`;
}

const noMetrics: MetricLookup = { ids: () => [], dimension: () => undefined, value: () => ({ kind: "unavailable", reason: "" }) };

function tokensOf(text: string): number | undefined {
  const uri = "option:tokens";
  const source = createSource(uri, `let tokens = ${text}`);
  const workspace = createWorkspace(() => ({ kind: "source", source }), noMetrics);
  const symbol = fileScope(workspace, uri)?.symbols.get("tokens");
  if (source.parsed.errors.length > 0 || source.parsed.file.declarations.length !== 1 || symbol?.kind !== "let") return undefined;
  const found = letValue(workspace, symbol);
  const value = typeof found === "symbol" ? undefined : found.value;
  if (value?.kind !== "quantity" || !(isPlain(value.dimension) || sameDimension(value.dimension, dimensions.tokens))) return undefined;
  return Number.isSafeInteger(value.value) && value.value >= 1 ? value.value : undefined;
}

/** Columns that text is laid out for: the terminal's, within what reads well. */
export const layoutColumns = (host: CommandHost): number => Math.min(Math.max(host.columns ?? 100, 60), 120);
