import {
  efficiencySchema, implicitBlock, inProgress, memoized, offloadSchema, parallelismSchema, planSchema, settledValue, workloadSchema,
  type BoundBlock, type BoundDeclaration, type Workspace,
} from "../core";
import { Unavailable } from "../cost/definition";
import { keepEvaluation } from "../cost/plan/evaluation";
import type { EfficiencyRecord, ParallelismRecord, PlanRecord, WorkloadRecord } from "../cost/plan/record";
import { hardwareResult } from "./hardware-record";
import { modelResult } from "./model-record";
import { read, tolerant, type RecordBlocks, type RecordResult } from "./records";

/** Builds the record of a plan once; `undefined` where a value of it asks for the plan's own figures. */
export function planResult(workspace: Workspace, declaration: BoundDeclaration): RecordResult<PlanRecord> | undefined {
  const found = memoized(workspace, declaration, "plan record", () => build(workspace, declaration));
  return found === inProgress ? undefined : found;
}

const parts = ["model", "hardware", "parallelism", "workload"] as const;

type Part = (typeof parts)[number];

function build(workspace: Workspace, { block }: BoundDeclaration): RecordResult<PlanRecord> {
  const blocks = new Map<string, BoundBlock>([["", block]]);
  const referred = new Map<Part, BoundDeclaration>();
  for (const part of parts) {
    const { value, plain } = settledValue(workspace, block, part);
    if (plain !== undefined && value?.kind === "declaration") referred.set(part, value.declaration);
  }
  const declarationOf = (part: Part): BoundDeclaration => {
    const found = referred.get(part);
    if (found) return found;
    throw new Unavailable(`\`${part}\` of \`${planSchema.keyword}\` ${settledValue(workspace, block, part).origin === "absent" ? "is missing" : "has no valid value"}`);
  };
  const efficiencyBlock = block.blocks.find(({ keyword }) => keyword === "efficiency") ?? implicitBlock(workspace, block, "efficiency");
  if (efficiencyBlock) blocks.set("efficiency", efficiencyBlock);
  /** The record of a part, its blocks filed under the part's name. */
  const within = <Record>(part: Part, result: RecordResult<Record> | undefined): Record => {
    if (!result) throw new Unavailable(`the \`${part}\` asks for its own figures`);
    for (const [path, inner] of result.blocks) blocks.set(path === "" ? part : `${part}.${path}`, inner);
    return result.record;
  };
  const record = tolerant<PlanRecord>({
    model: () => within("model", modelResult(workspace, declarationOf("model"))),
    hardware: () => within("hardware", hardwareResult(workspace, declarationOf("hardware"))),
    parallelism: () => within("parallelism", parallelismResult(workspace, declarationOf("parallelism").block)),
    workload: () => within("workload", workloadResult(workspace, declarationOf("workload").block)),
    efficiency: () => efficiencyRecord(workspace, efficiencyBlock),
  });
  return { record: sameRecord(record), blocks };
}

/** The last records by what is in them: a plan that an edit elsewhere leaves as it was keeps all that was computed of it. */
const recent = new Map<string, PlanRecord>();
const mostRecent = 256;

function sameRecord(record: PlanRecord): PlanRecord {
  const key = contentOf(record);
  const known = key === undefined ? undefined : recent.get(key);
  if (key === undefined || known) return known ?? record;
  const [oldest] = recent.keys();
  if (recent.size >= mostRecent && oldest !== undefined) recent.delete(oldest);
  recent.set(key, record);
  keepEvaluation(record);
  return record;
}

/** `undefined` where a part has no value. */
function contentOf(record: PlanRecord): string | undefined {
  try {
    return JSON.stringify(record);
  } catch (fault) {
    if (fault instanceof Unavailable) return undefined;
    throw fault;
  }
}

function parallelismResult(workspace: Workspace, block: BoundBlock): RecordResult<ParallelismRecord> {
  const values = read(workspace, block, parallelismSchema);
  const offload = block.blocks.find(({ keyword }) => keyword === "offload");
  const blocks: RecordBlocks = new Map([["", block], ...(offload ? [["offload", offload] as const] : [])]);
  const record = tolerant<ParallelismRecord>({
    tp: () => values.tp,
    pp: () => values.pp,
    ep: () => values.ep,
    dp: () => values.dp,
    cp: () => values.cp,
    etp: () => values.etp,
    vp: () => values.vp,
    schedule: () => values.schedule,
    zero: () => values.zero,
    sequence_parallel: () => values.sequence_parallel,
    micro_batch_size: () => values.micro_batch_size,
    recompute: () => recomputeOf(values),
    comm_sms: () => values.comm_sms,
    overlap_tensor_parallel: () => values.overlap_tensor_parallel,
    overlap_data_parallel: () => values.overlap_data_parallel,
    redundant_experts: () => values.redundant_experts,
    memory_reserve: () => values.memory_reserve,
    dual_micro_batch: () => values.dual_micro_batch,
    offload: () => offload && { experts: read(workspace, offload, offloadSchema).experts },
  });
  return { record, blocks };
}

/** What `recompute` comes to. The pipelines that hold two stages a rank came with selective recomputation: without it nothing of their size fits. */
export const recomputeOf = ({ recompute, schedule }: Pick<ParallelismRecord, "schedule"> & { readonly recompute: ParallelismRecord["recompute"] | "auto" }): ParallelismRecord["recompute"] =>
  (recompute !== "auto" ? recompute : schedule.startsWith("dualpipe") ? "selective" : "none");

function workloadResult(workspace: Workspace, block: BoundBlock): RecordResult<WorkloadRecord> {
  const values = read(workspace, block, workloadSchema);
  const record = tolerant<WorkloadRecord>({
    phase: () => values.phase,
    sequence_length: () => values.sequence_length,
    global_batch_size: () => values.global_batch_size,
    tokens: () => values.tokens,
    checkpoint_interval: () => values.checkpoint_interval,
    prompt_length: () => values.prompt_length,
    context_length: () => values.context_length,
    batch_per_gpu: () => values.batch_per_gpu,
    cache_hit_rate: () => values.cache_hit_rate,
    imbalance: () => values.imbalance,
  });
  return { record, blocks: new Map([["", block]]) };
}

const noEfficiencies: EfficiencyRecord = {
  gemm: undefined, grouped_gemm: undefined, attention: undefined, memory: undefined, scale_up: undefined, scale_out: undefined,
};

function efficiencyRecord(workspace: Workspace, block: BoundBlock | undefined): EfficiencyRecord {
  if (!block) return noEfficiencies;
  const values = read(workspace, block, efficiencySchema);
  return tolerant<EfficiencyRecord>({
    gemm: () => values.gemm,
    grouped_gemm: () => values.grouped_gemm,
    attention: () => values.attention,
    memory: () => values.memory,
    scale_up: () => values.scale_up,
    scale_out: () => values.scale_out,
  });
}
