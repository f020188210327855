/** One group of sequences on its way through the stages of a replica: operators, exchanges, and what of them runs at the same time. Seconds. */

import { commSms, exchangeLinks, expertExchange, noExchange } from "../communication/expert-parallel";
import { linksOf } from "../communication/links";
import { contextParallelTransfers, decodeTensorParallelTransfer, pipelineSend, tensorParallelTransfers, vocabularyTransfers } from "../communication/parallel";
import type { Links } from "../communication/transfer";
import { deviceOf } from "../compute/device";
import { keysOf } from "../compute/attention-operators";
import { computeOf, type ComputedStage, type StageCompute } from "../compute/layer";
import type { Operator, Work } from "../compute/operator";
import type { MoeFfnRecord } from "../model/record";
import { oncePerKey } from "../once";
import type { Evaluation, Mode } from "../plan/evaluation";
import { shapeOf, type LayerRun, type Stage } from "../plan/stages";
import { exchangedTokens } from "./limit";
import { lengthOf, tokensOf, type Batch } from "./batch";
import { expertsOnHost, hostExpertTime } from "./host-experts";
import { beyond, exposedOfTwo, type LayerWork } from "./overlap";

/** Where the time of a pass goes. The parts add up to the time. */
export interface Parts {
  readonly attention: number;
  /** Dense networks, shared experts and routers. */
  readonly ffn: number;
  readonly routed: number;
  /** Embedding, final norm and head. */
  readonly ends: number;
  /** What operators do not hide of expert parallelism's dispatch and combine, or of experts on the host. */
  readonly exchange: number;
  readonly tensor_parallel: number;
  readonly context_parallel: number;
  readonly send: number;
}

export const partNames = ["attention", "ffn", "routed", "ends", "exchange", "tensor_parallel", "context_parallel", "send"] as const satisfies readonly (keyof Parts)[];

export const timeOf = (parts: Parts): number => partNames.reduce((time, name) => time + parts[name], 0);

/** A pass of every micro-batch of a group through one stage, the send to the next stage included. */
export interface StagePass {
  readonly parts: Parts;
  /** Operators of one micro-batch, for explanations. */
  readonly operators: () => readonly Operator[];
  /** Its layers by what they are made of, for pictures. */
  readonly layers: () => readonly LayerPass[];
}

/** Layers of a stage that are alike. */
export interface LayerPass {
  readonly run: LayerRun;
  /** Of all of them and every micro-batch of a group. */
  readonly parts: Parts;
  /** Dispatch and combine in that, hidden or not; of experts on the host, what the host takes. */
  readonly exchange: number;
  /** Of one micro-batch, in all of the layers. */
  readonly operators: readonly Operator[];
}

export function stagePasses(evaluation: Evaluation, batch: Batch, mode: Mode): readonly StagePass[] {
  const context = contextOf(evaluation, batch, mode);
  return evaluation.stages.map(oncePerKey(shapeOf, (stage) => stagePass(context, stage)));
}

interface Context {
  readonly evaluation: Evaluation;
  readonly batch: Batch;
  readonly mode: Mode;
  /** Of one micro-batch. */
  readonly work: Work;
  readonly compute: StageCompute;
  readonly links: Links;
}

function contextOf(evaluation: Evaluation, batch: Batch, mode: Mode): Context {
  const { plan } = evaluation;
  const layout = evaluation.layout;
  const { sms } = plan.hardware.gpu;
  const share = sms === undefined ? 1 : (sms - commSms(plan, evaluation.groups)) / sms;
  const work: Work = {
    phase: batch.phase,
    tokens: tokensOf(batch, layout),
    sequences: batch.sequences / batch.micro_batches,
    sequence_length: lengthOf(plan),
    imbalance: mode === "ideal" ? 1 : plan.workload.imbalance,
  };
  const compute = computeOf(plan, layout, work, deviceOf(plan, mode, share));
  return { evaluation, batch, mode, work, compute, links: linksOf(plan.hardware, plan.efficiency, mode) };
}

function stagePass(context: Context, stage: Stage): StagePass {
  const { evaluation, compute, links, batch: { micro_batches } } = context;
  const { plan } = evaluation;
  const parts = noParts();
  for (const run of stage.runs) addRun(parts, context, run);
  parts.ends = micro_batches * compute.times(endsOf(stage)).all.forward;
  const vocabulary = vocabularyTransfers(plan, evaluation.layout, evaluation.groups, context.work.tokens, links);
  parts.tensor_parallel += micro_batches * ((stage.embedding ? vocabulary.embedding.forward.time : 0) + (stage.head ? vocabulary.head.forward.time : 0));
  if (!stage.head) parts.send = micro_batches * pipelineSend(plan, evaluation.layout, evaluation.groups, context.work.tokens, links).time;
  return { parts, operators: () => [...stage.runs.flatMap((run) => runOperators(context, run)), ...compute.operators(endsOf(stage))], layers: () => stage.runs.map((run) => layerPass(context, run)) };
}

const noParts = (): Sums => ({ attention: 0, ffn: 0, routed: 0, ends: 0, exchange: 0, tensor_parallel: 0, context_parallel: 0, send: 0 });

function layerPass(context: Context, run: LayerRun): LayerPass {
  const parts = noParts();
  addRun(parts, context, run);
  const exchange = run.ffn?.kind === "moe" ? context.batch.micro_batches * run.layers.length * wholeExchange(context, run.ffn) : 0;
  return { run, parts, exchange, operators: runOperators(context, run) };
}

/** A stage without its layers; serving runs no MTP module. */
const endsOf = ({ embedding, head }: Stage): ComputedStage => ({ runs: [], embedding, head, mtp_modules: 0 });

/** The GPUs have no routed experts to multiply where the host does it. */
const hostMultiplies = ({ work, evaluation }: Context): boolean => work.phase === "decode" && expertsOnHost(evaluation.plan);

function runOperators(context: Context, run: LayerRun): readonly Operator[] {
  const operators = context.compute.operators({ runs: [run], embedding: false, head: false, mtp_modules: 0 });
  return hostMultiplies(context) ? operators.filter(({ part }) => part !== "routed") : operators;
}

type Sums = { -readonly [Part in keyof Parts]: number };

function addRun(sums: Sums, context: Context, run: LayerRun): void {
  const { evaluation, batch: { micro_batches }, work, compute, links } = context;
  const { plan } = evaluation;
  const layers = run.layers.length;
  const [layout, groups] = [evaluation.layout, evaluation.groups];
  const times = compute.layerTimes(run);
  const [attention, ffn] = [times.attention.forward, times.ffn.forward];
  const routed = hostMultiplies(context) ? 0 : times.routed.forward;
  const each = micro_batches * layers;
  sums.attention += each * attention;
  sums.ffn += each * ffn;
  sums.routed += each * routed;
  sums.exchange += layers * exposedTime(context, run, { attention, ffn: ffn + routed });
  const tensorParallel = work.phase === "decode"
    ? decodeTensorParallelTransfer(plan, layout, groups, run.attention, run.ffn, work.tokens, links)
    : tensorParallelTransfers(plan, layout, groups, run.attention, run.ffn, work.tokens, links).forward;
  sums.tensor_parallel += each * tensorParallel.time;
  sums.context_parallel += work.phase === "prefill" ? each * contextParallelTransfers(plan, layout, groups, run.attention, keysOf({ work, layout }), links).forward.time : 0;
}

/**
 * What one layer of all micro-batches of a group takes beyond its operators: exchanges of expert parallelism, or experts on the host. Tensor-
 * and context-parallel exchanges are left out: the next operator waits for those.
 */
function exposedTime(context: Context, { ffn }: LayerRun, operators: Pick<LayerWork, "attention" | "ffn">): number {
  const { evaluation: { plan }, batch, mode } = context;
  if (ffn?.kind !== "moe") return 0;
  if (expertsOnHost(plan)) return batch.micro_batches * exposedHostTime(operators, onHost(context, ffn), batch);
  const { dispatch, combine } = exchanged(context, ffn);
  if (batch.micro_batches === 1) return dispatch + combine;
  return exposedOfTwo({ ...operators, dispatch, combine }, mode, batch.phase === "decode");
}

type Times = Pick<LayerWork, "dispatch" | "combine">;

/** Of one layer and micro-batch. */
function exchanged({ evaluation, batch, mode }: Context, ffn: MoeFfnRecord): Times {
  const { plan } = evaluation;
  const { dispatch, combine } = evaluation.layout.ep === 1 ? noExchange : expertExchange(plan, evaluation.groups, ffn, exchangedTokens(evaluation, batch), mode, exchangeLinks(plan, mode));
  return { dispatch: dispatch.time, combine: combine.time };
}

const onHost = ({ evaluation, batch, mode }: Context, ffn: MoeFfnRecord): number =>
  hostExpertTime(evaluation.plan, evaluation.layout, ffn, exchangedTokens(evaluation, batch), mode);

function wholeExchange(context: Context, ffn: MoeFfnRecord): number {
  if (expertsOnHost(context.evaluation.plan)) return onHost(context, ffn);
  const { dispatch, combine } = exchanged(context, ffn);
  return dispatch + combine;
}

/** In decode the shared experts run on the GPU while the routed ones run on the host; in prefill a layer's experts arrive while it computes. */
const exposedHostTime = ({ attention, ffn }: Pick<LayerWork, "attention" | "ffn">, host: number, { phase }: Batch): number =>
  beyond(host, phase === "decode" ? ffn : attention + ffn);
