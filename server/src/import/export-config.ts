/**
 * A model as a Hugging Face config. Each architecture that may say it is tried: its config is imported again, and the first one
 * that comes back as the same model is the answer. What no config says is reported.
 */
import { openWorkspace } from "../analysis";
import { bindDeclaration, createSource, fileScope, type BoundDeclaration, type Workspace } from "../core";
import { candidates } from "./candidates";
import { importConfig } from "./import-config";
import { plainModel, type PlainBlock, type PlainModel } from "./plain-model";

export type ExportResult =
  | { readonly kind: "exported"; readonly text: string; readonly architecture: string; /** Sentences without their full stop. */ readonly doubts: readonly string[] }
  | { readonly kind: "failed"; readonly problems: readonly string[] };

/** What a reader must know of every config that is printed. */
export const leftOutOfConfigs = "`rope_theta`, `rms_norm_eps`, `hidden_act`, numbers of tokens and the like change no figure, so the model does not hold them and the config leaves them out";

/** `declaration` is a model without errors. Never throws. */
export function exportConfig(workspace: Workspace, declaration: BoundDeclaration): ExportResult {
  const model = plainModel(workspace, declaration);
  if (!model) return { kind: "failed", problems: ["the model has a block that is not understood, or no number of layers"] };
  let nearest: readonly string[] | undefined;
  for (const { config, architecture } of candidates(model)) {
    const { returned, unread } = backAgain(config);
    if (!returned) continue;
    const differences = differencesOf(model, returned);
    if (differences.length === 0) {
      const text = `${JSON.stringify(without(config, unread), undefined, 2)}\n`;
      return { kind: "exported", architecture, text, doubts: unsaid(model) };
    }
    if (nearest === undefined || differences.length < nearest.length) nearest = differences;
  }
  return { kind: "failed", problems: ["no architecture that is known says this model", ...(nearest ?? []).slice(0, 4).map((difference) => `the nearest one differs in ${difference}`)] };
}

/** The config imported, and the fields that its architecture does not read. */
function backAgain(config: Readonly<Record<string, unknown>>): { readonly returned: PlainModel | undefined; readonly unread: readonly string[] } {
  const imported = importConfig(JSON.stringify(config), { name: "Exported" });
  if (imported.kind === "failed") return { returned: undefined, unread: [] };
  const uri = "export:model.dsco";
  const source = createSource(uri, imported.text);
  const workspace = openWorkspace((asked) => (asked === uri ? { kind: "source", source } : { kind: "failed", reason: "nothing is imported" }));
  const scope = fileScope(workspace, uri);
  const node = scope?.declarations.find((declaration) => declaration.kind === "declaration");
  const bound = scope && node?.kind === "declaration" ? bindDeclaration(workspace, node, scope) : undefined;
  const unread = imported.remarks.flatMap(({ message }) => /^`(\w+)` is not understood/.exec(message)?.[1] ?? []);
  return { returned: bound && plainModel(workspace, bound), unread };
}

const without = (config: Readonly<Record<string, unknown>>, keys: readonly string[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(config).filter(([key, value]) => value !== undefined && !keys.includes(key)));

/** Keys that no config has a field for. */
const unsaidKeys: ReadonlySet<string> = new Set(["acceptance", "bias_update_rate", "alpha"]);
const saidFormats = ["weights", "experts", "kv_cache", "embeddings"];

function differencesOf(left: PlainModel, right: PlainModel): readonly string[] {
  return [
    ...valueDifferences("", left.values, right.values),
    ...layerDifferences("attention", left.attention, right.attention),
    ...layerDifferences("ffn", left.ffn, right.ffn),
    ...blockDifferences("mtp", left.mtp, right.mtp),
    ...saidFormats.filter((key) => formatOf(left, key) !== formatOf(right, key)).map((key) => `precision.${key}`),
  ];
}

const formatOf = ({ precision }: PlainModel, key: string): unknown => precision?.values[key] ?? "bf16";

function layerDifferences(keyword: string, left: PlainModel["attention"], right: PlainModel["attention"]): readonly string[] {
  const found = new Map<string, number>();
  left.forEach((block, layer) => {
    for (const difference of blockDifferences(keyword, block, right[layer])) found.set(difference, found.get(difference) ?? layer);
  });
  return [...found].map(([difference, layer]) => `${difference} of layer ${layer}`);
}

function blockDifferences(path: string, left: PlainBlock | undefined, right: PlainBlock | undefined): readonly string[] {
  if (!left || !right) return left === right ? [] : [path];
  if (left.kind !== right.kind) return [`the kind of ${path} (${left.kind})`];
  const children = new Set([...Object.keys(left.children), ...Object.keys(right.children)]);
  // An auxiliary loss costs nothing: without it the figures are the same.
  const matters = (key: string): boolean => left.children[key]?.kind !== "auxiliary_loss" || right.children[key] !== undefined;
  return [
    ...valueDifferences(`${path}.`, left.values, right.values),
    ...[...children].filter(matters).flatMap((key) => blockDifferences(`${path}.${key}`, left.children[key], right.children[key])),
  ];
}

function valueDifferences(path: string, left: PlainBlock["values"], right: PlainBlock["values"]): readonly string[] {
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].filter((key) => !unsaidKeys.has(key) && left[key] !== right[key]).map((key) => `${path}${key}`);
}

/** What the model says and a config cannot. */
function unsaid(model: PlainModel): readonly string[] {
  const doubts: string[] = [];
  if (model.mtp?.values["acceptance"] !== undefined) doubts.push("`mtp.acceptance` has no field in a config: it is left out");
  if ([...model.ffn].some((block) => block?.children["balance"]?.kind === "loss_free")) doubts.push("`bias_update_rate` has no field in a config: it is left out");
  const { precision } = model;
  const left = Object.entries(precision?.values ?? {}).filter(([key, value]) => ["dispatch", "combine", "activations", "kv_rope", "attention", "state"].includes(key) && value !== (key === "state" ? "fp32" : "bf16"));
  if (left.length > 0) doubts.push(`${left.map(([key]) => `\`precision.${key}\``).join(", ")} ${left.length === 1 ? "has" : "have"} no field in a config: left out`);
  return doubts;
}
