/** A GPU as its operators see it: rates, bandwidth, and the shares of both that operators reach. */

import { notedTable, type DefaultUnit } from "../defaults-read";
import { Unavailable } from "../definition";
import type { PeakRecord } from "../hardware/record";
import type { Precision } from "../model/record";
import { oncePerKey } from "../once";
import type { Mode } from "../plan/evaluation";
import type { EfficiencyRecord, PlanRecord } from "../plan/record";
import { efficienciesOf, launchTimesOf, powerReferences, type Efficiencies, type LaunchTimes, type PowerReference } from "./efficiency";

export interface Device {
  readonly mode: Mode;
  /** In FLOP/s by precision, of the whole GPU. */
  readonly peak: PeakRecord;
  /** In B/s. */
  readonly memory_bandwidth: number;
  /** Streaming multiprocessors that compute, no whole number where some communicate for a part of the time; `undefined`: nobody said. */
  readonly sms: number | undefined;
  /** Share of the streaming multiprocessors that compute; the rest communicates. */
  readonly sm_share: number;
  /** The defaults of the device class. */
  readonly defaults: Efficiencies;
  readonly launch: LaunchTimes;
  /** What the author wrote instead. */
  readonly written: EfficiencyRecord;
  /** Board power in W; `undefined`: nobody said. */
  readonly power: number | undefined;
  readonly power_reference: PowerReference;
  /** What the board's power makes of a compute-bound share at a rate, beside the board that was measured. */
  readonly power_factor: (rate: Rate) => number;
}

/**
 * `smShare`: share of the streaming multiprocessors that compute, 0 to 1; communication kernels hold the others. The `ideal` device
 * computes on all of them, at its peak rates and full bandwidth.
 */
export function deviceOf({ hardware: { gpu }, efficiency }: PlanRecord, mode: Mode, smShare = 1): Device {
  const isIdeal = mode === "ideal";
  const share = isIdeal ? 1 : smShare;
  const power_reference = powerReferences[gpu.architecture ?? "unknown"];
  return {
    mode,
    peak: gpu.peak,
    memory_bandwidth: gpu.memory_bandwidth,
    sms: isIdeal || gpu.sms === undefined ? undefined : gpu.sms * share,
    sm_share: share,
    defaults: notedTable(efficienciesOf(gpu), unitOf),
    launch: notedTable(launchTimesOf(gpu), () => "s", (kind) => `start of ${launchNames[kind] ?? kind}`),
    written: efficiency,
    power: gpu.power,
    power_reference,
    power_factor: oncePerKey(({ key }: Rate) => key, (rate) => (isIdeal ? 1 : powerFactor(gpu.power, power_reference, rate))),
  };
}

const unitOf = (name: string): DefaultUnit => (name === "attention_block" || name === "prologue_bytes" ? "size" : "share");

const launchNames: Readonly<Record<string, string>> = {
  gemm: "a product", grouped_gemm: "a grouped product", attention: "an attention core", decode_attention: "decode attention", memory: "an operator that moves memory", scan_step: "a chunk of a scan",
};

type RateKey = "bf16" | "fp16" | "fp32" | "tf32" | "fp8" | "fp6" | "fp4" | "int8" | "int4";

const rateKeys: Readonly<Record<Precision, RateKey | undefined>> = {
  fp32: "fp32", tf32: "tf32", bf16: "bf16", fp16: "fp16", fp8_e4m3: "fp8", fp8_e5m2: "fp8", fp6: "fp6", fp4: "fp4", mxfp4: "fp4", nvfp4: "fp4",
  int8: "int8", int4: "int4", logfmt8: undefined, logfmt10: undefined,
};

/** Formats that weights are kept in for their size; without a rate of their own they are widened to bf16 and multiplied there. */
const isWeightOnly = (key: RateKey): boolean => key === "int4" || key === "fp4" || key === "fp6";

/** A rate at which products run. */
export interface Rate {
  readonly key: RateKey;
  /** In FLOP/s. */
  readonly peak: number;
  /** Bytes of an operand's element, scales left out. */
  readonly bytes: number;
}

const operandBytes: Readonly<Record<RateKey, number>> = { bf16: 2, fp16: 2, fp32: 4, tf32: 4, fp8: 1, fp6: 0.75, fp4: 0.5, int8: 1, int4: 0.5 };

/** Throws `Unavailable` where the GPU has no rate for the precision. `asker` says who asks for it: "`precision.compute`". */
export function rateOf({ peak }: { readonly peak: PeakRecord }, precision: Precision, asker: string): Rate {
  const key = rateKeys[precision];
  if (key === undefined) throw new Unavailable(`nothing computes in ${precision}, which ${asker} asks for`);
  const own = peak[key];
  if (own !== undefined) return { key, peak: own, bytes: operandBytes[key] };
  const wide = isWeightOnly(key) ? peak["bf16"] : undefined;
  if (wide !== undefined) return { key: "bf16", peak: wide, bytes: operandBytes.bf16 };
  throw new Unavailable(`the gpu has no \`${key}\` in \`peak\`, and ${asker} is ${precision}`);
}

/** Rates of wide operands are measured on no board. */
function powerFactor(power: number | undefined, reference: PowerReference, { key, peak }: Rate): number {
  const bits = powerBits[key];
  if (power === undefined || bits === undefined) return 1;
  return ((power * reference.peak[bits]) / (reference.power * peak)) ** reference.exponent.value;
}

const powerBits: Readonly<Record<RateKey, 16 | 8 | 4 | undefined>> = {
  bf16: 16, fp16: 16, fp8: 8, int8: 8, fp6: 8, fp4: 4, int4: 4, fp32: undefined, tf32: undefined,
};
