import { parseArgs } from "node:util";

/** One option of a command. */
export interface OptionSpec {
  readonly type: "boolean" | "string";
  /** May be given several times. */
  readonly multiple?: boolean;
  readonly short?: string;
}

export interface ReadArguments {
  readonly positionals: readonly string[];
  /** The values of each option that was given; `"true"` for one without a value. */
  readonly options: ReadonlyMap<string, readonly string[]>;
}

export type ArgumentsResult =
  | { readonly kind: "arguments"; readonly arguments: ReadArguments }
  | { readonly kind: "unknown-option"; readonly option: string }
  /** A sentence without its full stop. */
  | { readonly kind: "problem"; readonly problem: string };

/** Reads the words behind a command's name. Strict: what no spec names is a problem. Never throws. */
export function readArguments(words: readonly string[], specs: Readonly<Record<string, OptionSpec>>): ArgumentsResult {
  const { tokens } = parseArgs({ args: [...words], options: specs, strict: false, tokens: true, allowPositionals: true });
  const positionals: string[] = [];
  const options = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const { name, rawName, value, inlineValue } = token;
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (!spec) return { kind: "unknown-option", option: rawName };
    if (spec.type === "boolean" && inlineValue) return { kind: "problem", problem: `${rawName} takes no value` };
    const looksLikeOption = !inlineValue && value !== undefined && /^-[^\d]/.test(value);
    if (spec.type === "string" && (value === undefined || looksLikeOption)) return { kind: "problem", problem: `${rawName} needs a value` };
    const earlier = options.get(name);
    if (earlier && !spec.multiple && spec.type === "string") return { kind: "problem", problem: `${rawName} is given twice` };
    options.set(name, [...(earlier ?? []), value ?? "true"]);
  }
  return { kind: "arguments", arguments: { positionals, options } };
}
