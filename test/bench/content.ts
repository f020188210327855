// What the measurements run on: designs of a chosen length, and the same content as JSON with a schema.
import type { Block, BlockDeclaration, Expression, Member } from "../../grammar/src";
import { parse } from "../../grammar/src";
import { declarationSchemas, type BlockSchema, type PropertyType } from "../../server/src/core";

/** One study: constants, a model, a variant of it, a cluster, a layout, a workload and a plan. */
const study = (index: number): string => `/// Study ${index}: a mixture of experts with latent attention, and a narrower variant.
let hidden_${index} = ${4096 + 64 * (index % 16)}

model Model${index} {
  layers      = ${40 + (index % 20)}
  hidden_size = hidden_${index}
  vocab_size  = 129_280
  max_context = 128Ki

  attention mla {
    heads            = 128
    q_lora_rank      = 1536
    kv_lora_rank     = ${512 + 16 * (index % 8)}
    qk_nope_head_dim = 128
    qk_rope_head_dim = 64
    v_head_dim       = 128
  }

  ffn dense { layers = 0..2, intermediate_size = 4 * hidden_size }

  ffn moe {
    layers            = 3..${39 + (index % 20)}
    routed_experts    = 256
    shared_experts    = 1
    top_k             = 8
    intermediate_size = 2048        // of one expert
    groups            = 8
    group_limit       = 4           // node-limited routing
    balance loss_free { bias_update_rate = 0.001 }
  }

  mtp { depth = 1, acceptance = 85% }

  precision {
    weights  = fp8_e4m3
    kv_cache = bf16
    dispatch = fp8_e4m3
    combine  = bf16
  }

  require kv_bytes_per_token <= 100 KB
}

model Narrow${index} extends Model${index} {
  hidden_size = hidden_${index} / 2
  attention mla { heads = 64 }
}

hardware Cluster${index} {
  gpu           = H800
  gpus_per_node = 8
  nodes         = ${128 * (1 + (index % 4))}
  nic           = ConnectX7
  nics_per_node = 8
  network multi_plane_fat_tree { planes = 8, tiers = 2, switch_ports = 64 }
  price         = 2 USD/h           // of one GPU
}

parallelism Layout${index} {
  pp       = 16
  ep       = 64
  dp       = auto
  zero     = 1
  schedule = dualpipe
  micro_batch_size = 1
}

workload Work${index} {
  phase             = training
  sequence_length   = 4096
  global_batch_size = 15_360
  tokens            = 14.8T
}

plan Plan${index} {
  model       = Model${index}
  hardware    = Cluster${index}
  parallelism = Layout${index}
  workload    = Work${index}

  require  memory_per_gpu <= 80 GB
  measured step_time = 19.926 s from "a measurement"
}
`;

/** A design of exactly `lines` lines (at least 100): whole studies, and constants for what is left. */
export function design(lines: number): string {
  const text = ['import { H800, ConnectX7 } from "std:hardware/nvidia"', ""];
  for (let index = 0; ; index += 1) {
    const next = study(index).split("\n");
    if (text.length + next.length > lines) break;
    text.push(...next);
  }
  while (text.length < lines) text.push(`let filler_${text.length} = ${text.length}`);
  return text.join("\n");
}

/** A design whose `count` plans all rest on the same model, cluster, layout and workload: every edit in these concerns every plan. */
export const manyPlans = (count: number): string => `import { H800, ConnectX7 } from "std:hardware/nvidia"

${study(0)}
${Array.from({ length: count - 1 }, (_, index) => `plan Other${index} {
  model = Model0, hardware = Cluster0, parallelism = Layout0, workload = Work0
  require memory_per_gpu <= ${80 - index} GB
}
`).join("\n")}`;

// ── the same as JSON ────────────────────────────────────────────────────────────────────────────────────────────────

type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

/** The declarations of a design as JSON, one property a line; what is written as an expression stands as its text. */
export function asJson(text: string): string {
  const declarations = parse(text).file.declarations.filter((node): node is BlockDeclaration => node.kind === "declaration");
  const body: Record<string, Json> = {};
  for (const keyword of Object.keys(declarationSchemas)) {
    const entries = declarations.filter((node) => node.keyword === keyword).map((node) => [node.name?.text ?? "", bodyOf(text, node.body?.members ?? [])] as const);
    if (entries.length > 0) body[keyword] = Object.fromEntries(entries);
  }
  return `${JSON.stringify(body, null, 2)}\n`;
}

function bodyOf(text: string, members: readonly Member[]): Json {
  const body: Record<string, Json> = {};
  for (const member of members) {
    if (member.kind === "property") body[member.path.map((part) => part.text).join(".")] = valueOf(text, member.value);
    if (member.kind === "block") body[blockKey(member)] = bodyOf(text, member.body.members);
  }
  return body;
}

const blockKey = ({ keyword, variant }: Block): string => (variant ? `${keyword.text} ${variant.text}` : keyword.text);

function valueOf(text: string, value: Expression): Json {
  if (value.kind === "number" && value.unit === undefined && value.suffix === undefined) return value.value;
  return value.kind === "boolean" ? value.value : text.slice(value.start, value.end);
}

/** A JSON schema with the keys, types, words and bounds of the language. */
export function asJsonSchema(): object {
  const properties = Object.fromEntries(
    Object.values(declarationSchemas).map(({ keyword, block }) => [keyword, { type: "object", additionalProperties: schemaOf(block) }]),
  );
  return { $schema: "http://json-schema.org/draft-07/schema#", type: "object", properties, additionalProperties: false };
}

function schemaOf(block: BlockSchema): object {
  const properties: Record<string, object> = {};
  for (const spec of block.properties.values()) properties[spec.key] = { description: spec.documentation, ...typeOf(spec.type) };
  for (const child of block.children) {
    for (const variant of child.variants) properties[variant.variant === undefined ? child.keyword : `${child.keyword} ${variant.variant}`] = schemaOf(variant);
  }
  return { type: "object", description: block.documentation, properties, additionalProperties: block.open };
}

function typeOf(type: PropertyType): object {
  switch (type.kind) {
    case "word": return { enum: type.words };
    case "boolean": return { type: "boolean" };
    case "quantity": return { type: "string", pattern: "^[0-9._e-]+ ?[A-Za-z/]+$" };
    case "fraction": return { type: ["number", "string"], minimum: 0, maximum: 1 };
    case "reference": return { type: "string", minLength: 1 };
    case "numbers": return { type: ["array", "string"] };
    case "layers": return { type: ["array", "string", "number"] };
    case "number": case "token-count": case "number-or-auto": return { type: ["number", "string"], minimum: 0 };
  }
}

/** A folder of `count` files about one model: each has a study of its own, and a plan and a variant of the shared model. */
export function sharedFolder(count: number): Readonly<Record<string, string>> {
  const user = (index: number): string => `import { Shared } from "./shared.dsco"
import { H800, ConnectX7 } from "std:hardware/nvidia"

${study(index)}
model Variant${index} extends Shared { hidden_size = ${4096 + 64 * index} }

plan OfShared${index} { model = Shared, hardware = Cluster${index}, parallelism = Layout${index}, workload = Work${index} }

let share_${index} = Shared.active_params / Model${index}.total_params
`;
  return {
    "shared.dsco": `import { H800, ConnectX7 } from "std:hardware/nvidia"\n\n${study(0).replaceAll("Model0", "Shared")}`,
    ...Object.fromEntries(Array.from({ length: count - 1 }, (_, index) => [`user${index}.dsco`, user(index)])),
  };
}
