import type { JsonObject } from "../json";
import { deepseekFamilies } from "./deepseek";
import { denseFamilies } from "./dense";
import { classicFamilies } from "./classic";
import { expertFamilies } from "./experts";
import type { Family } from "./family";
import { genericDense, genericExperts } from "./generic";
import { gemmaFamilies } from "./gemma";
import { hybridFamilies } from "./hybrid";
import { latentModelFamilies, unknownLatent } from "./latent";
import { llamaFamilies } from "./llama";
import { megatron } from "./megatron";
import { minimaxFamilies } from "./minimax";
import { deepseekNative, params } from "./native";
import { moreExpertFamilies } from "./more-experts";
import { qwenFamilies } from "./qwen";
import { refusal } from "./refused";
import { stateSpaceFamilies } from "./state-space";
import { wideExpertFamilies } from "./wide-experts";

/** Every family that is known. */
export const families: readonly Family[] = [
  ...llamaFamilies, ...denseFamilies, ...qwenFamilies, ...gemmaFamilies, ...classicFamilies, ...wideExpertFamilies, ...expertFamilies, ...moreExpertFamilies, ...minimaxFamilies,
  ...deepseekFamilies, ...latentModelFamilies, ...hybridFamilies, ...stateSpaceFamilies,
];

export { megatron };

export type Found =
  /** `doubt`: why it may be the wrong one; a sentence without its full stop. */
  | { readonly kind: "family"; readonly family: Family; readonly doubt?: string }
  /** A sentence without its full stop. */
  | { readonly kind: "refused"; readonly reason: string };

/** The family of a config: by what it calls itself, the inner part before the outer, else by the fields that only one kind of model has. */
export function findFamily(root: JsonObject, main: JsonObject): Found {
  const types = [wordOf(main, "model_type"), wordOf(root, "model_type")].filter((type) => type !== undefined);
  const architectures = [...wordsOf(main, "architectures"), ...wordsOf(root, "architectures")];
  const byType = firstOf(types, (type) => families.find((family) => family.modelTypes.includes(type)));
  const byArchitecture = firstOf(architectures, (name) => families.find((family) => family.architectures.includes(name)));
  const known = byType ?? byArchitecture;
  if (known && byArchitecture && known !== byArchitecture && disagrees(main, known)) {
    return { kind: "family", family: known, doubt: `\`model_type\` is that of ${known.title}, \`architectures\` names one of ${byArchitecture.title}: it is read as ${known.title}` };
  }
  if (known) return { kind: "family", family: known };
  const has = (key: string): boolean => main.members.has(key);
  if (has("n_layers") && has("dim")) return { kind: "family", family: has("inter_dim") || has("moe_inter_dim") ? deepseekNative : params };
  const name = architectures[0] ?? types[0];
  const who = name === undefined ? "the config names no architecture" : `the architecture ${name} is not known`;
  const reason = firstOf(types, refusal);
  if (reason !== undefined) return { kind: "refused", reason: `${name} cannot be imported: ${reason}` };
  if (isTrue(main, "is_encoder_decoder")) return { kind: "refused", reason: `${who}: it has an encoder and a decoder, and the language says decoders alone` };
  const [family, as] = has("kv_lora_rank") ? [unknownLatent, "DeepSeek-V3"] as const
    : ["n_routed_experts", "num_experts", "num_local_experts", "moe_num_experts"].some(has) ? [genericExperts, "a decoder with experts"] as const
    : [genericDense, "a decoder like Llama"] as const;
  return { kind: "family", family, doubt: `${who}: it is read as ${as}` };
}

/** Whether the part that says the model's type names an architecture of another family itself. */
const disagrees = (main: JsonObject, known: Family): boolean =>
  wordsOf(main, "architectures").some((name) => families.some((family) => family !== known && family.architectures.includes(name))) && known.modelTypes.includes(wordOf(main, "model_type") ?? "");

function firstOf<Item, Result>(items: readonly Item[], find: (item: Item) => Result | undefined): Result | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isTrue(object: JsonObject, key: string): boolean {
  const node = object.members.get(key)?.value;
  return node?.kind === "scalar" && node.value === true;
}

function wordOf(object: JsonObject, key: string): string | undefined {
  const node = object.members.get(key)?.value;
  return node?.kind === "scalar" && typeof node.value === "string" ? node.value : undefined;
}

function wordsOf(object: JsonObject, key: string): readonly string[] {
  const node = object.members.get(key)?.value;
  return node?.kind !== "array" ? [] : node.items.flatMap((item) => (item.kind === "scalar" && typeof item.value === "string" ? [item.value] : []));
}
