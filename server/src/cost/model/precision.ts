/**
 * Bytes that one element takes, with its share of the scales that its format needs.
 *
 * Sources: DeepSeek-V3 technical report, arXiv:2412.19437, section 3.3.2 (FP32 scales, activations a 1x128 tile,
 * weights a 128x128 block); OCP Microscaling Formats v1.0 (MX: one UE8M0 byte a block of 32); NVFP4: one E4M3 byte a
 * block of 16, its one FP32 a tensor left out. No scales are counted for the other formats: int8, int4, fp6 and fp4
 * fix no block size, and the LogFMT paper does not say how a tile's minimum and step are stored.
 */

import { formatNumber, type Count } from "../term";
import type { ModelRecord, Precision } from "./record";

const bits: Readonly<Record<Precision, number>> = {
  fp32: 32, tf32: 32, bf16: 16, fp16: 16, fp8_e4m3: 8, fp8_e5m2: 8, fp6: 6, fp4: 4, mxfp4: 4, nvfp4: 4,
  int8: 8, int4: 4, logfmt8: 8, logfmt10: 10,
};

interface Scale {
  readonly bytes: number;
  readonly elements: number;
}

const tile: Scale = { bytes: 4, elements: 128 };
const block: Scale = { bytes: 4, elements: 128 * 128 };
const ownScale: Readonly<Partial<Record<Precision, Scale>>> = {
  mxfp4: { bytes: 1, elements: 32 },
  nvfp4: { bytes: 1, elements: 16 },
};

/** One element of a weight matrix: FP8 is scaled a 128x128 block. */
export function weightElement(precision: Precision): Count {
  return weightElements[precision];
}

/** One element of an activation or a cache entry: FP8 is scaled a 1x128 tile. */
export function activationElement(precision: Precision): Count {
  return activationElements[precision];
}

/** The same element without its scale. */
export const plainElement = (precision: Precision): Count => plainElements[precision];

/**
 * One element of what operators hand on: BF16, or FP32 where activations are kept so. A narrower `activations` is that of the inputs of
 * linear layers, through `compute`: arXiv:2412.19437, section 3.3, keeps the residual stream, norms and attention in BF16.
 */
export const betweenLayers = ({ activations }: Pick<ModelRecord["precision"], "activations">): Count => plainElement(activations === "fp32" ? "fp32" : "bf16");

/** The share of one activation or cache entry in its tile's or block's scale; `undefined` where the format has none. */
export function activationScale(precision: Precision): Count | undefined {
  const scale = isFp8(precision) ? tile : ownScale[precision];
  return scale && { value: scale.bytes / scale.elements, unit: `B (${scale.bytes} B / ${formatNumber(scale.elements)})` };
}

export const isFp8 = (precision: Precision): boolean => precision === "fp8_e4m3" || precision === "fp8_e5m2";

const scaledTable = (fp8Scale: Scale): Readonly<Record<Precision, Count>> =>
  elementTable((precision) => elementBytes(bits[precision] / 8, isFp8(precision) ? fp8Scale : ownScale[precision]));

const plainElements = elementTable((precision) => elementBytes(bits[precision] / 8, undefined));
const weightElements = scaledTable(block);
const activationElements = scaledTable(tile);

function elementTable(element: (precision: Precision) => Count): Readonly<Record<Precision, Count>> {
  return {
    fp32: element("fp32"), tf32: element("tf32"), bf16: element("bf16"), fp16: element("fp16"),
    fp8_e4m3: element("fp8_e4m3"), fp8_e5m2: element("fp8_e5m2"), fp6: element("fp6"), fp4: element("fp4"),
    mxfp4: element("mxfp4"), nvfp4: element("nvfp4"), int8: element("int8"), int4: element("int4"),
    logfmt8: element("logfmt8"), logfmt10: element("logfmt10"),
  };
}

function elementBytes(bytes: number, scale: Scale | undefined): Count {
  if (scale === undefined) return { value: bytes, unit: "B" };
  return {
    value: bytes + scale.bytes / scale.elements,
    unit: `B (${bytes} B + ${scale.bytes} B / ${formatNumber(scale.elements)})`,
  };
}
