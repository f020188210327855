import {
  attentionKinds, ffnKinds, implicitBlock, inProgress, memoized, mixerKinds, modelSchema, mtpSchema, names, precisionSchema, sparseSchema,
  type BoundBlock, type BoundDeclaration, type Workspace,
} from "../core";
import { Unavailable } from "../cost/definition";
import type {
  AttentionRecord, DenseFfnRecord, FfnRecord, GatedDeltaRecord, HeadAttentionRecord, KdaRecord, LightningRecord, Mamba2Record, MixerRecord, MlaRecord,
  ModelRecord, MoeFfnRecord, MtpRecord, SparseRecord,
} from "../cost/model/record";
import { summarizeLayers } from "../cost/term";
import { assignLayers, type LayerAssignment } from "./layers";
import { read, tolerant, type RecordResult } from "./records";

/** Builds the record of a model once; `undefined` where a value of the model asks for the model's own figures. */
export function modelResult(workspace: Workspace, declaration: BoundDeclaration): RecordResult<ModelRecord> | undefined {
  const found = memoized(workspace, declaration, "model record", () => build(workspace, declaration));
  return found === inProgress ? undefined : found;
}

function build(workspace: Workspace, declaration: BoundDeclaration): RecordResult<ModelRecord> {
  const { block } = declaration;
  const blocks = new Map<string, BoundBlock>([["", block]]);
  for (const inner of block.blocks) {
    blocks.set(inner.path, inner);
    for (const part of inner.blocks) blocks.set(part.path, part);
  }
  const of = (keyword: string) => block.blocks.filter((inner) => inner.keyword === keyword);
  const [mtpBlock] = of("mtp");
  const precisionBlock = of("precision")[0] ?? implicitBlock(workspace, block, "precision");
  if (precisionBlock) blocks.set("precision", precisionBlock);
  const head = read(workspace, block, modelSchema);
  const assignment = assignLayers(workspace, declaration);
  /** The blocks of a keyword, where every layer has something and every block is understood. */
  const blocksOf = (keyword: string): readonly BoundBlock[] => {
    if (!assignment) throw new Unavailable("`layers` of `model` has no value");
    const unknown = declaration.problems.some((problem) => problem.code === names.unknownBlock.entry.code);
    if (unknown) throw new Unavailable("a block of the model is not understood");
    const empty = emptyLayers(assignment);
    if (empty.length > 0) throw new Unavailable(`nothing stands on layers ${summarizeLayers(empty)}`);
    return of(keyword);
  };
  const layersOf = (inner: BoundBlock) => {
    const problem = assignment && layerProblem(assignment, inner);
    if (problem !== undefined) throw new Unavailable(problem);
    return assignment?.layers.get(inner) ?? [];
  };
  const record = tolerant<ModelRecord>({
    layers: () => head.layers,
    hidden_size: () => head.hidden_size,
    vocab_size: () => head.vocab_size,
    tie_embeddings: () => head.tie_embeddings,
    max_context: () => head.max_context,
    hyper_connections: () => head.hyper_connections,
    per_layer_embedding_size: () => head.per_layer_embedding_size,
    attention: () => blocksOf("attention").map((inner) => attentionRecord(workspace, inner, () => layersOf(inner))),
    ffn: () => blocksOf("ffn").map((inner) => ffnRecord(workspace, inner, () => layersOf(inner))),
    mtp: () => {
      const mtp = mtpBlock && read(workspace, mtpBlock, mtpSchema);
      return mtp && tolerant<MtpRecord>({ depth: () => mtp.depth, acceptance: () => mtp.acceptance });
    },
    precision: () => {
      if (!precisionBlock) throw new Unavailable("`precision` is not understood");
      return read(workspace, precisionBlock, precisionSchema);
    },
  });
  return { record, blocks };
}

function emptyLayers({ total, layers }: LayerAssignment): readonly number[] {
  const covered = new Set([...layers.values()].flat());
  return covered.size === total ? [] : Array.from({ length: total }, (_, layer) => layer).filter((layer) => !covered.has(layer));
}

/** Figures of layers that overlap or reach outside the model would be wrong: there are none. */
function layerProblem({ layers, outside }: LayerAssignment, block: BoundBlock): string | undefined {
  if (outside.has(block)) return `the layers of \`${block.keyword} ${block.variant ?? ""}\` reach outside the model`;
  const own = new Set(layers.get(block));
  for (const [other, indices] of layers) {
    const shared = other !== block && other.keyword === block.keyword ? indices.find((layer) => own.has(layer)) : undefined;
    if (shared !== undefined) return `two \`${block.keyword}\` blocks stand on layer ${shared}`;
  }
  return undefined;
}

function attentionRecord(workspace: Workspace, block: BoundBlock, layers: () => readonly number[]): AttentionRecord {
  const kind = block.variant ?? "";
  if (isMixer(kind)) return mixerRecord(workspace, block, kind, layers);
  const common = (values: ModifierValues) => ({
    layers,
    post_norm: () => values.post_norm,
    bias: () => flagOr(values.bias),
    qk_norm: () => flagOr(values.qk_norm),
    output_gate: () => flagOr(values.output_gate),
    sinks: () => values.sinks,
    window: () => values.window,
    sparse: () => sparseRecord(workspace, block),
    compress: () => values.compress,
    compress_overlap: () => values.compress_overlap,
    kv_share: () => values.kv_share,
    o_lora_rank: () => values.o_lora_rank,
    o_groups: () => values.o_groups,
  });
  if (kind === "mla") {
    const values = read(workspace, block, attentionKinds.mla);
    return tolerant<MlaRecord>({
      kind: () => kind, ...common(values),
      heads: () => values.heads,
      q_lora_rank: () => values.q_lora_rank,
      kv_lora_rank: () => values.kv_lora_rank,
      qk_nope_head_dim: () => values.qk_nope_head_dim,
      qk_rope_head_dim: () => values.qk_rope_head_dim,
      v_head_dim: () => values.v_head_dim,
    });
  }
  if (kind === "mha" || kind === "mqa" || kind === "gqa") {
    const values = read(workspace, block, attentionKinds[kind]);
    return tolerant<HeadAttentionRecord>({
      kind: () => kind, ...common(values), heads: () => values.heads, kv_heads: () => values.kv_heads, head_dim: () => values.head_dim,
      v_head_dim: () => values.v_head_dim, q_lora_rank: () => values.q_lora_rank, tie_kv: () => flagOr(values.tie_kv),
    });
  }
  throw new Unavailable("an `attention` block has no kind that is understood");
}

const isMixer = (kind: string): kind is keyof typeof mixerKinds => Object.hasOwn(mixerKinds, kind);

/** A word that may also be true or false. */
const flagOr = <Word extends string>(value: Word): boolean | Exclude<Word, "true" | "false"> =>
  (value === "true" ? true : value === "false" ? false : value as Exclude<Word, "true" | "false">);

interface ModifierValues {
  readonly bias: "true" | "false" | "qkv";
  readonly qk_norm: "true" | "false" | "whole";
  readonly output_gate: "true" | "false" | "head";
  readonly sinks: boolean;
  readonly post_norm: boolean;
  readonly compress_overlap: boolean;
  readonly window?: number | undefined;
  readonly o_lora_rank?: number | undefined;
  readonly o_groups?: number | undefined;
  readonly compress?: number | undefined;
  readonly kv_share?: number | undefined;
}

function sparseRecord(workspace: Workspace, block: BoundBlock): SparseRecord | undefined {
  const inner = block.blocks.find(({ keyword }) => keyword === "sparse");
  if (!inner) return undefined;
  const values = read(workspace, inner, sparseSchema);
  return tolerant<SparseRecord>({
    indexer_heads: () => values.indexer_heads, indexer_head_dim: () => values.indexer_head_dim, top_k: () => values.top_k,
    shared_indexer: () => values.shared_indexer,
  });
}

function mixerRecord(workspace: Workspace, block: BoundBlock, kind: MixerRecord["kind"], layers: () => readonly number[]): MixerRecord {
  const common = (values: MixerValues) => ({
    layers,
    post_norm: () => values.post_norm,
    heads: () => values.heads,
    key_head_dim: () => values.key_head_dim,
    value_head_dim: () => values.value_head_dim,
    state_size: () => values.state_size,
    conv_kernel: () => values.conv_kernel,
  });
  switch (kind) {
    case "lightning": {
      const values = read(workspace, block, mixerKinds.lightning);
      return tolerant<LightningRecord>({ kind: () => kind, ...common(values), output_gate: () => values.output_gate });
    }
    case "gated_delta": {
      const values = read(workspace, block, mixerKinds.gated_delta);
      return tolerant<GatedDeltaRecord>({ kind: () => kind, ...common(values), output_gate: () => values.output_gate, value_heads: () => values.value_heads });
    }
    case "kda": {
      const values = read(workspace, block, mixerKinds.kda);
      return tolerant<KdaRecord>({
        kind: () => kind, ...common(values), output_gate: () => flagOr(values.output_gate), value_heads: () => values.value_heads, gate_rank: () => values.gate_rank,
      });
    }
    case "mamba2": {
      const values = read(workspace, block, mixerKinds.mamba2);
      return tolerant<Mamba2Record>({ kind: () => kind, ...common(values), output_gate: () => values.output_gate, groups: () => values.groups, conv_bias: () => values.conv_bias });
    }
  }
}

type MixerValues = { readonly [Key in Exclude<keyof LightningRecord, "kind" | "layers" | "output_gate">]: LightningRecord[Key] };

function ffnRecord(workspace: Workspace, block: BoundBlock, layers: () => readonly number[]): FfnRecord {
  if (block.variant === "dense") {
    const values = read(workspace, block, ffnKinds.dense);
    return tolerant<DenseFfnRecord>({
      kind: () => "dense", layers, intermediate_size: () => values.intermediate_size, gated: () => values.gated, bias: () => values.bias,
      post_norm: () => values.post_norm,
    });
  }
  if (block.variant !== "moe") throw new Unavailable("an `ffn` block has no kind that is understood");
  const values = read(workspace, block, ffnKinds.moe);
  return tolerant<MoeFfnRecord>({
    kind: () => "moe", layers,
    routed_experts: () => values.routed_experts,
    shared_experts: () => values.shared_experts,
    top_k: () => values.top_k,
    intermediate_size: () => values.intermediate_size,
    shared_intermediate_size: () => values.shared_intermediate_size,
    shared_gate: () => values.shared_gate,
    latent_size: () => values.latent_size,
    gated: () => values.gated,
    bias: () => values.bias,
    post_norm: () => values.post_norm,
    groups: () => values.groups,
    group_limit: () => values.group_limit,
    balance: () => balanceOf(block),
  });
}

function balanceOf(block: BoundBlock): MoeFfnRecord["balance"] {
  const kind = block.blocks.find((inner) => inner.keyword === "balance")?.variant;
  return kind === "loss_free" || kind === "auxiliary_loss" ? kind : undefined;
}
