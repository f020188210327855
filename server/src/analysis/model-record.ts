import type { z } from "zod";
import {
  attentionKinds, blockTitle, ffnKinds, memoized, mixerKinds, modelSchema, mtpSchema, precisionSchema, settledValue,
  type BlockSchema, type BoundBlock, type BoundDeclaration, type Workspace,
} from "../core";
import type { AttentionRecord, FfnRecord, ModelRecord } from "../cost/model/record";
import { formatLayers } from "../cost/term";
import { assignLayers, type LayerAssignment } from "./layers";

/** A model as the cost room takes it, or a clause that says why there is none. */
export type ModelResult =
  | { readonly kind: "model"; readonly record: ModelRecord; readonly blocks: ModelBlocks }
  | { readonly kind: "incomplete"; readonly reason: string };

/** The block behind the first part of an input path: `attention[0]`, `precision`, "" for the model itself. */
export type ModelBlocks = ReadonlyMap<string, BoundBlock>;

/** Thrown inside this file alone, so that a missing value ends the building of a record in one place. */
class Incomplete extends Error {}

/** Builds the record of a model once. */
export function modelResult(workspace: Workspace, declaration: BoundDeclaration): ModelResult {
  const found = memoized(workspace, declaration, "model record", (): ModelResult => {
    const blocks = new Map<string, BoundBlock>();
    try {
      return { kind: "model", record: build(workspace, declaration, blocks), blocks };
    } catch (fault) {
      if (fault instanceof Incomplete) return { kind: "incomplete", reason: fault.message };
      throw fault;
    }
  });
  return typeof found === "symbol" ? { kind: "incomplete", reason: "its value depends on itself" } : found;
}

function build(workspace: Workspace, declaration: BoundDeclaration, blocks: Map<string, BoundBlock>): ModelRecord {
  const { block } = declaration;
  blocks.set("", block);
  const head = read(workspace, block, modelSchema);
  const assignment = assignLayers(workspace, declaration);
  if (!assignment) throw new Incomplete("`layers` has no value");
  const problem = layerProblem(assignment);
  if (problem !== undefined) throw new Incomplete(problem);
  for (const inner of block.blocks) {
    if (!inner.schema) throw new Incomplete(`the block \`${inner.keyword}\` is not understood`);
    blocks.set(inner.path, inner);
  }
  const of = (keyword: string) => block.blocks.filter((inner) => inner.keyword === keyword);
  const [mtpBlock] = of("mtp");
  const precisionBlock = of("precision")[0] ?? implicitBlock(block, precisionSchema);
  blocks.set("precision", precisionBlock);
  const mtp = mtpBlock && read(workspace, mtpBlock, mtpSchema);
  return {
    layers: head.layers,
    hidden_size: head.hidden_size,
    vocab_size: head.vocab_size,
    tie_embeddings: head.tie_embeddings,
    max_context: head.max_context,
    attention: of("attention").map((inner) => attentionRecord(workspace, inner, assignment.layers.get(inner) ?? [])),
    ffn: of("ffn").map((inner) => ffnRecord(workspace, inner, assignment.layers.get(inner) ?? [])),
    mtp: mtp && { depth: mtp.depth, acceptance: mtp.acceptance },
    precision: read(workspace, precisionBlock, precisionSchema),
  };
}

/** A block that nobody wrote: every key has its default. */
function implicitBlock(parent: BoundBlock, schema: BlockSchema): BoundBlock {
  return {
    keyword: schema.keyword, variant: schema.variant, schema, node: parent.node, body: undefined, file: parent.file, parent,
    path: schema.keyword, properties: new Map(), blocks: [], own: true, replacedBy: [],
  };
}

/** The typed record of a block; every key was checked when its value was computed. */
function read<Shape extends z.ZodRawShape>(workspace: Workspace, block: BoundBlock, schema: BlockSchema<Shape>): z.output<z.ZodObject<Shape>> {
  const plain: Record<string, unknown> = {};
  for (const spec of schema.properties.values()) {
    const { plain: value, origin } = settledValue(workspace, block, spec.key);
    if (value === undefined && (spec.required || origin !== "absent")) {
      const state = origin === "absent" ? "is missing" : "has no valid value";
      throw new Incomplete(`\`${spec.key}\` of \`${blockTitle(schema)}\` ${state}`);
    }
    if (value !== undefined) plain[spec.key] = value;
  }
  const checked = schema.record.safeParse(plain);
  if (!checked.success) throw new Incomplete(`\`${blockTitle(schema)}\` has a value that does not fit`);
  return checked.data;
}

/** Figures of a model whose layers overlap, reach outside or have gaps would be wrong: there are none. */
function layerProblem({ total, layers, outside }: LayerAssignment): string | undefined {
  for (const block of outside.keys()) return `the layers of \`${block.keyword} ${block.variant ?? ""}\` reach outside the model`;
  const covered = new Set<number>();
  for (const keyword of ["attention", "ffn"]) {
    const seen = new Set<number>();
    for (const [block, indices] of layers) {
      if (block.keyword !== keyword) continue;
      for (const layer of indices) {
        if (seen.has(layer)) return `two \`${keyword}\` blocks stand on layer ${layer}`;
        seen.add(layer);
        covered.add(layer);
      }
    }
  }
  if (covered.size === total) return undefined;
  const empty = Array.from({ length: total }, (_, layer) => layer).filter((layer) => !covered.has(layer));
  return `nothing stands on layer ${formatLayers(empty)}`;
}

function attentionRecord(workspace: Workspace, block: BoundBlock, layers: readonly number[]): AttentionRecord {
  const kind = block.variant ?? "";
  if (kind in mixerKinds) {
    return { kind: kind as keyof typeof mixerKinds, layers, bias: false, qk_norm: false, window: undefined, notModelled: [] };
  }
  const common = (values: ModifierValues) => ({
    layers,
    bias: values.bias === "qkv" ? ("qkv" as const) : values.bias === "true",
    qk_norm: values.qk_norm,
    window: values.window,
    notModelled: notModelled(block, values),
  });
  if (kind === "mla") {
    const values = read(workspace, block, attentionKinds.mla);
    const { heads, q_lora_rank, kv_lora_rank, qk_nope_head_dim, qk_rope_head_dim, v_head_dim } = values;
    return { kind, ...common(values), heads, q_lora_rank, kv_lora_rank, qk_nope_head_dim, qk_rope_head_dim, v_head_dim };
  }
  if (kind === "mha" || kind === "mqa" || kind === "gqa") {
    const values = read(workspace, block, attentionKinds[kind]);
    return { kind, ...common(values), heads: values.heads, kv_heads: values.kv_heads, head_dim: values.head_dim };
  }
  throw new Incomplete(`\`attention\` has no kind \`${kind}\``);
}

interface ModifierValues {
  readonly bias: "true" | "false" | "qkv";
  readonly qk_norm: boolean;
  readonly output_gate: boolean;
  readonly window?: number | undefined;
  readonly o_lora_rank?: number | undefined;
  readonly o_groups?: number | undefined;
  readonly compress?: number | undefined;
  readonly kv_share?: number | undefined;
}

/** What is written and whose cost is not modelled yet: figures without it would be wrong. */
function notModelled(block: BoundBlock, values: ModifierValues): readonly string[] {
  return [
    ...(block.blocks.some((inner) => inner.keyword === "sparse") ? ["sparse"] : []),
    ...(values.output_gate ? ["output_gate"] : []),
    ...(["o_lora_rank", "o_groups", "compress", "kv_share"] as const).filter((key) => values[key] !== undefined),
  ];
}

function ffnRecord(workspace: Workspace, block: BoundBlock, layers: readonly number[]): FfnRecord {
  if (block.variant === "dense") {
    const values = read(workspace, block, ffnKinds.dense);
    return { kind: "dense", layers, intermediate_size: values.intermediate_size, gated: values.gated };
  }
  if (block.variant !== "moe") throw new Incomplete(`\`ffn\` has no kind \`${block.variant ?? ""}\``);
  const values = read(workspace, block, ffnKinds.moe);
  const balance = block.blocks.find((inner) => inner.keyword === "balance")?.variant;
  return {
    kind: "moe", layers,
    routed_experts: values.routed_experts,
    shared_experts: values.shared_experts,
    top_k: values.top_k,
    intermediate_size: values.intermediate_size,
    shared_intermediate_size: values.shared_intermediate_size,
    gated: values.gated,
    groups: values.groups,
    group_limit: values.group_limit,
    balance: balance === "loss_free" || balance === "auxiliary_loss" ? balance : undefined,
    notModelled: values.latent_size === undefined ? [] : ["latent_size"],
  };
}
