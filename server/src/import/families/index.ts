import type { JsonObject } from "../json";
import { deepseekFamilies, deepseekNative, deepseekV3, params } from "./deepseek";
import { denseFamilies } from "./dense";
import { expertFamilies } from "./experts";
import type { Family } from "./family";
import { genericDense, genericExperts, megatron } from "./generic";
import { hybridFamilies } from "./hybrid";

/** Every family that is known. */
export const families: readonly Family[] = [...denseFamilies, ...expertFamilies, ...deepseekFamilies, ...hybridFamilies];

export { megatron };

export interface Found {
  readonly family: Family;
  /** Why it may be the wrong one; a sentence without its full stop. */
  readonly doubt?: string;
}

/** The family of a config: by what it calls itself, else by the fields that only one kind of model has. */
export function findFamily(root: JsonObject, main: JsonObject): Found {
  const types = [wordOf(main, "model_type"), wordOf(root, "model_type")].filter((type) => type !== undefined);
  const architectures = [...wordsOf(main, "architectures"), ...wordsOf(root, "architectures")];
  const known = families.find((family) => types.some((type) => family.modelTypes.includes(type)))
    ?? families.find((family) => architectures.some((name) => family.architectures.includes(name)));
  if (known) return { family: known };
  const has = (key: string): boolean => main.members.has(key);
  if (has("n_layers") && has("dim")) return { family: has("inter_dim") || has("moe_inter_dim") ? deepseekNative : params };
  const name = architectures[0] ?? types[0];
  const who = name === undefined ? "the config names no architecture" : `the architecture ${name} is not known`;
  const [family, as] = has("kv_lora_rank") ? [deepseekV3, "DeepSeek-V3"] as const
    : ["n_routed_experts", "num_experts", "num_local_experts", "moe_num_experts"].some(has) ? [genericExperts, "a decoder with experts"] as const
    : [genericDense, "a decoder like Llama"] as const;
  return { family, doubt: `${who}: it is read as ${as}` };
}

function wordOf(object: JsonObject, key: string): string | undefined {
  const node = object.members.get(key)?.value;
  return node?.kind === "scalar" && typeof node.value === "string" ? node.value : undefined;
}

function wordsOf(object: JsonObject, key: string): readonly string[] {
  const node = object.members.get(key)?.value;
  return node?.kind !== "array" ? [] : node.items.flatMap((item) => (item.kind === "scalar" && typeof item.value === "string" ? [item.value] : []));
}
