import { readArgumentFile, looksLikeArguments } from "./arguments";
import { rawConfig, Stop, type RawConfig } from "./config";
import type { ModelFacts, Remark } from "./facts";
import { findFamily, megatron } from "./families";
import { offsetAt, readJson, type JsonObject, type JsonProblem } from "./json";
import { modelText } from "./text";

/** A remark with the offset in the config's text that it is about. */
export interface PlacedRemark {
  readonly severity: "error" | "doubt";
  /** A sentence without its full stop. */
  readonly message: string;
  readonly offset: number;
}

export type ImportResult =
  | { readonly kind: "imported"; readonly name: string; readonly text: string; readonly remarks: readonly PlacedRemark[] }
  | { readonly kind: "failed"; readonly remarks: readonly PlacedRemark[] };

export interface ImportOptions {
  /** The declaration's name; without it, what the config calls itself, else `fallbackName`. */
  readonly name?: string | undefined;
  /** Where the name comes from when the config has none, as `nameOfPath` says it. */
  readonly fallbackName?: string | undefined;
}

/**
 * The `.dsco` model of a config: Hugging Face's `config.json`, DeepSeek's inference config, `params.json`, or a file of Megatron
 * arguments. Never throws; what it could not use stands among the remarks.
 */
export function importConfig(text: string, options: ImportOptions = {}): ImportResult {
  const opened = open(text);
  if (opened.kind === "failed") return { kind: "failed", remarks: [{ severity: "error", ...opened.problem }] };
  const { root, isMegatron } = opened;
  const raw = rawConfig(root);
  const remarks: Remark[] = [];
  const place = (): readonly PlacedRemark[] => [
    ...opened.repeated.map((problem) => ({ severity: "doubt" as const, ...problem })),
    ...remarks.map(({ severity, message, path }) => ({ severity, message, offset: offsetAt(root, path) })),
  ];
  const facts = factsOf(raw, isMegatron, remarks);
  if (!facts) return { kind: "failed", remarks: place() };
  const name = options.name ?? identifier(ownName(raw) ?? options.fallbackName ?? facts.family);
  const doubts = remarks.filter(({ severity }) => severity === "doubt");
  return { kind: "imported", name, text: modelText(facts, doubts, { name, documentation: documentation(raw, facts, isMegatron) }), remarks: place() };
}

type Opened =
  | { readonly kind: "read"; readonly root: JsonObject; readonly isMegatron: boolean; readonly repeated: readonly JsonProblem[] }
  | { readonly kind: "failed"; readonly problem: JsonProblem };

function open(text: string): Opened {
  if (!/^\uFEFF?\s*[{[/]/.test(text) && looksLikeArguments(text)) return { kind: "read", root: readArgumentFile(text), isMegatron: true, repeated: [] };
  const read = readJson(text);
  if (read.kind === "failed") return read;
  const { node, repeated } = read;
  if (node.kind !== "object") return { kind: "failed", problem: { message: "a config is an object: `{ … }` is expected", offset: node.start } };
  return { kind: "read", root: node, isMegatron: false, repeated };
}

function factsOf(raw: RawConfig, isMegatron: boolean, remarks: Remark[]): ModelFacts | undefined {
  const found = isMegatron ? { kind: "family", family: megatron } as const : findFamily(raw.root, raw.main);
  if (found.kind === "refused") {
    remarks.push({ severity: "error", message: found.reason, path: [...raw.mainPath, "model_type"] });
    return undefined;
  }
  const { family, doubt } = found;
  if (doubt !== undefined) remarks.push({ severity: "doubt", message: doubt, path: raw.mainPath });
  try {
    return family.import(raw, remarks);
  } catch (fault) {
    if (!(fault instanceof Stop)) throw fault;
    return undefined;
  }
}

function ownName({ root, main }: RawConfig): string | undefined {
  for (const object of [root, main]) {
    const node = object.members.get("_name_or_path")?.value;
    const path = node?.kind === "scalar" && typeof node.value === "string" ? node.value : "";
    const last = path.split(/[\\/]/).filter((part) => part !== "").at(-1);
    if (last !== undefined && /[A-Za-z]/.test(last)) return last;
  }
  return undefined;
}

/** What a file calls its model: the folder of `DeepSeek-V3/config.json`, the name of `DeepSeek-V3.json`. */
export function nameOfPath(path: string): string | undefined {
  const parts = path.split(/[\\/]/).filter((part) => part !== "" && part !== ".");
  const file = (parts.at(-1) ?? "").replace(/\.[^.]*$/, "");
  const isUsual = /^(config|params|args|arguments|model)$/i.test(file);
  return isUsual ? parts.at(-2) ?? file : file.split("__").at(-1);
}

/** A name of the language: letters, digits and `_`, not starting with a digit. */
export function identifier(text: string): string {
  const name = text.replace(/\.json$/i, "").replace(/[^A-Za-z0-9]+/g, "_").replace(/^_+|_+$/g, "").slice(0, 80);
  return name === "" ? "Model" : /^\d/.test(name) ? `Model_${name}` : name;
}

function documentation({ root, main }: RawConfig, { family }: ModelFacts, isMegatron: boolean): readonly string[] {
  if (isMegatron) return ["Imported from Megatron arguments."];
  const node = root.members.get("architectures")?.value ?? main.members.get("architectures")?.value;
  const [first] = node?.kind === "array" ? node.items : [];
  const architecture = first?.kind === "scalar" && typeof first.value === "string" ? first.value.replace(/[^\w.-]/g, "") : "";
  return [`Imported from a config of ${family}${architecture === "" ? "" : ` (${architecture})`}.`];
}
