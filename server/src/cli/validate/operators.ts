/** Measured operators beside the times that the compute and communication rooms give them. */

import type { FigureForm } from "../../analysis";
import type { Workspace } from "../../core";
import { expertExchange } from "../../cost/communication/expert-parallel";
import { placesReached } from "../../cost/communication/reach";
import { deviceOf, rateOf, type Device } from "../../cost/compute/device";
import { coreTime, decodeTime, productTime } from "../../cost/compute/time";
import { Unavailable } from "../../cost/definition";
import { groupsOf, layoutOf, moeBlocksOf, type Groups } from "../../cost/plan/layout";
import type { MoeFfnRecord } from "../../cost/model/record";
import type { PlanRecord } from "../../cost/plan/record";
import {
  denseProducts, groupedDecodes, groupedProducts, kernelSource, latentDecodes, latentPrefills, lowLatencyExchanges, lowLatencySource,
  normalExchanges, operatorsFile, type DecodeRow, type ExchangeRow, type PrefillRow, type ProductRow,
} from "../../evidence";
import { dimensions } from "../../units";
import type { Comparison } from "./comparisons";
import { compared, planNamed } from "./table-case";

export function operatorComparisons(workspace: Workspace): readonly Comparison[] {
  return [
    ...normalExchanges.flatMap((row) => normalExchange(workspace, row, row.source)),
    ...lowLatencyExchanges.flatMap((row) => lowLatencyExchange(workspace, row)),
    ...denseProducts.map((row) => product(workspace, row, "Dense products on H800", "gemm")),
    ...groupedProducts.map((row) => product(workspace, row, "Products of experts on H800", "grouped_gemm")),
    ...latentPrefills.map((row) => latentPrefill(workspace, row)),
    ...latentDecodes.map((row) => decode(workspace, row, latentShape)),
    ...groupedDecodes.map((row) => decode(workspace, row, groupedShape)),
  ];
}

const seconds: FigureForm = { unit: "s", dimension: dimensions.time, share: false };
const bytesPerSecond: FigureForm = { unit: "B/s", dimension: dimensions.byteRate, share: false };

interface ExchangeSite {
  readonly plan: PlanRecord;
  readonly groups: Groups;
  readonly block: MoeFfnRecord;
}

function exchangeSite(workspace: Workspace, name: string): ExchangeSite {
  const plan = planNamed(workspace, operatorsFile, name).record;
  const [block] = moeBlocksOf(plan);
  if (!block) throw new Unavailable(`the model of \`${name}\` has no experts`);
  return { plan, groups: groupsOf(layoutOf(plan), plan.hardware), block };
}

/** FP8 with a scale of 4 B an 128 elements one way, BF16 back. */
const dispatchedElement = 1 + 4 / 128;
const combinedElement = 2;

function normalExchange(workspace: Workspace, row: ExchangeRow, source: string): readonly Comparison[] {
  const bandwidth = (direction: "dispatch" | "combine", element: number) => (): number => {
    const { plan, groups, block } = exchangeSite(workspace, row.plan);
    const nodes = groups.ep.size / groups.ep.per_domain;
    const places = placesReached(block, nodes === 1 ? groups.ep.size : nodes);
    const { time } = expertExchange(plan, groups, block, row.tokens, "estimate")[direction];
    return (row.tokens * places * plan.model.hidden_size * element) / time;
  };
  const about = { group: "Exchanges of expert parallelism", name: `DeepEP, ${exchangeName(row.plan)}, normal kernels`, form: bytesPerSecond, source };
  return [
    compared({ ...about, metric: "dispatch", published: row.dispatch * 1e9 }, bandwidth("dispatch", dispatchedElement)),
    compared({ ...about, metric: "combine", published: row.combine * 1e9 }, bandwidth("combine", combinedElement)),
  ];
}

function lowLatencyExchange(workspace: Workspace, row: ExchangeRow): readonly Comparison[] {
  const time = (direction: "dispatch" | "combine") => (): number => {
    const { plan, groups, block } = exchangeSite(workspace, row.plan);
    return expertExchange(plan, groups, block, row.tokens, "estimate")[direction].time;
  };
  const about = { group: "Exchanges of expert parallelism", name: `DeepEP, ${exchangeName(row.plan)}, low-latency kernels`, form: seconds, source: lowLatencySource };
  return [
    compared({ ...about, metric: "dispatch", published: row.dispatch * 1e-6 }, time("dispatch")),
    compared({ ...about, metric: "combine", published: row.combine * 1e-6 }, time("combine")),
  ];
}

/** `Normal64`: EP64 on H800; `NormalB200`: EP8 there. */
const exchangeName = (plan: string): string => (plan.endsWith("B200") ? "EP8 on B200" : `EP${plan.replace(/\D/g, "")} on H800`);

/** An H800, of whose multiprocessors a share computes. */
const device = (workspace: Workspace, share = 1): Device => deviceOf(planNamed(workspace, operatorsFile, "Normal8").record, "estimate", share);

function product(workspace: Workspace, row: ProductRow, group: string, kind: "gemm" | "grouped_gemm"): Comparison {
  const { experts, rows, inner, columns, time } = row;
  const name = `${experts === 1 && kind === "gemm" ? "" : `${experts} x `}${rows} x ${inner} by ${inner} x ${columns}, FP8`;
  return compared({ group, name, metric: "time", form: seconds, published: time * 1e-6, source: kernelSource }, () => {
    const here = device(workspace);
    const rate = rateOf(here, "fp8_e4m3", "the table");
    const bytes = experts * ((rows * inner + inner * columns) * rate.bytes + rows * columns * 2);
    return productTime(here, { kind, experts, rows, columns, inner, bytes, accumulated_bytes: 0 }, rate);
  });
}

/** Width of queries and keys, and of values. */
const [latentKeyWidth, latentValueWidth] = [128 + 64, 128];

function latentPrefill(workspace: Workspace, { tokens, pass, multiprocessors, time, source }: PrefillRow): Comparison {
  const name = `MLA, ${tokens} tokens, ${pass}, ${multiprocessors} SMs, BF16`;
  return compared({ group: "Attention of prompts on H800", name, metric: "time", form: seconds, published: time * 1e-6, source }, () => {
    const here = device(workspace, multiprocessors / 132);
    const width = latentKeyWidth + latentValueWidth;
    const forward = { flops: (2 * 128 * tokens * tokens * width) / 2, bytes: 2 * 2 * tokens * 128 * width };
    const passes = pass === "forward" ? forward : { flops: 2.5 * forward.flops, bytes: 2 * forward.bytes };
    return coreTime(here, { ...passes, heads: 128, queries: tokens, keys: tokens, width, wide: true }, rateOf(here, "bf16", "the table"), pass);
  });
}

/** Of one query a sequence: multiply-adds by heads, cached values by token. */
interface DecodeShape {
  readonly name: string;
  readonly products: number;
  readonly cached_values: number;
}

const latentShape: DecodeShape = { name: "MLA", products: 128 * (576 + 512), cached_values: 576 };
const groupedShape: DecodeShape = { name: "GQA, 32 heads over 8", products: 32 * (128 + 128), cached_values: 8 * (128 + 128) };

function decode(workspace: Workspace, { sequences, cached, time }: DecodeRow, shape: DecodeShape): Comparison {
  const name = `${shape.name}, ${sequences} x ${cached} tokens, BF16`;
  return compared({ group: "Attention of decoding on H800", name, metric: "time", form: seconds, published: time * 1e-6, source: kernelSource }, () => {
    const here = device(workspace);
    const tokens = sequences * cached;
    return decodeTime(here, 2 * tokens * shape.products, 2 * tokens * shape.cached_values, rateOf(here, "bf16", "the table"));
  });
}
