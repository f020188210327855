/** Operators against published kernel tables: a sample of their rows, re-typed. The mean over all rows of a table is in efficiency.ts. */

import { describe, expect, it } from "vitest";
import { deviceOf, rateOf } from "../../../../server/src/cost/compute/device";
import { coreTime, decodeTime, productTime } from "../../../../server/src/cost/compute/time";
import type { GpuRecord } from "../../../../server/src/cost/hardware/record";
import type { Precision } from "../../../../server/src/cost/model/record";
import { deepSeekV3 } from "../models";
import { a100Pcie, b200, h20, h800, plan } from "./records";

const on = (gpu: GpuRecord) => deviceOf(plan(deepSeekV3, { gpu }), "estimate");

interface Dense {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  /** Accumulated in FP32: the gradient of a weight. */
  readonly accumulates?: boolean;
}

function denseTime(gpu: GpuRecord, precision: Precision, { m, k, n, accumulates = false }: Dense): number {
  const device = on(gpu);
  const rate = rateOf(device, precision, "the table");
  const bytes = rate.bytes * (m * k + k * n) + (accumulates ? 0 : 2 * m * n);
  return productTime(device, { kind: "gemm", experts: 1, rows: m, columns: n, inner: k, bytes, accumulated_bytes: accumulates ? 8 * m * n : 0 }, rate);
}

const meanError = (rows: readonly (readonly [estimate: number, measured: number])[]): number =>
  rows.reduce((sum, [estimate, measured]) => sum + Math.abs(estimate / measured - 1), 0) / rows.length;

describe("dense products", () => {
  it("H800 in FP8 (alibaba/InferSim, m, k, n, us)", () => {
    const rows = [
      [16, 7168, 1536, 16.443], [128, 7168, 1536, 11.714], [4096, 7168, 1536, 73.091], [16, 1536, 24576, 20.773], [1024, 1536, 24576, 64.069],
      [32768, 1536, 24576, 1885], [64, 7168, 576, 9.525], [8192, 7168, 576, 64.806], [64, 16384, 7168, 51.677], [4096, 16384, 7168, 649.13],
      [256, 7168, 4096, 24.871], [16384, 7168, 4096, 664.757], [128, 2048, 7168, 11.186], [4096, 2048, 7168, 98.102], [64, 7168, 36864, 100.142],
      [512, 7168, 36864, 251.288], [8192, 7168, 36864, 2981], [1024, 18432, 7168, 238.06],
    ] as const;
    expect(meanError(rows.map(([m, k, n, us]) => [denseTime(h800, "fp8_e4m3", { m, k, n }), us * 1e-6]))).toBeLessThan(0.1);
  });

  it("H20 in FP8 (alibaba/InferSim, m, k, n, us): no parameter was taken from it but the greatest share", () => {
    const rows = [
      [1024, 2048, 6144, 106.114], [16384, 2048, 6144, 1526], [4096, 5120, 7168, 1120], [4096, 4096, 24576, 2974], [16384, 7168, 1536, 1301],
      [256, 12288, 4096, 100.804], [16, 5120, 51200, 141.87], [64, 4096, 24576, 54.525],
    ] as const;
    expect(meanError(rows.map(([m, k, n, us]) => [denseTime(h20, "fp8_e4m3", { m, k, n }), us * 1e-6]))).toBeLessThan(0.15);
  });

  it("A100 PCIe in BF16 (SimuMax, m, k, n, share of 312 TFLOPS)", () => {
    const rows = [
      [4096, 5120, 1536, 0.788], [4096, 1536, 24576, 0.697], [4096, 5120, 576, 0.497], [4096, 512, 32768, 0.618], [4096, 5120, 16384, 0.761],
      [4096, 5120, 102400, 0.755], [4096, 18432, 7168, 0.739], [4096, 4096, 4096, 0.721], [4096, 28672, 8192, 0.741], [4096, 1024, 4096, 0.616],
      [4096, 8192, 10240, 0.755], [4096, 4096, 1024, 0.458], [4096, 2048, 7168, 0.681], [24640, 1536, 5120, 0.703],
    ] as const;
    expect(meanError(rows.map(([m, k, n, share]) => [denseTime(a100Pcie, "bf16", { m, k, n }), (2 * m * k * n) / (share * 312e12)]))).toBeLessThan(0.1);
    const gradients = [
      [1536, 4096, 5120, 0.624], [24576, 4096, 1536, 0.714], [57344, 4096, 8192, 0.71], [4096, 4096, 4096, 0.693], [8192, 4096, 28672, 0.712],
      [7168, 4096, 2048, 0.629], [102400, 4096, 5120, 0.715], [5120, 24640, 1536, 0.725],
    ] as const;
    expect(meanError(gradients.map(([m, k, n, share]) => [denseTime(a100Pcie, "bf16", { m, k, n, accumulates: true }), (2 * m * k * n) / (share * 312e12)]))).toBeLessThan(0.1);
  });

  it("B200 in BF16 in long hot runs (SimuMax, m, k, n, share of 2,250 TFLOPS)", () => {
    const rows = [
      [4096, 8192, 10240, 0.645], [4096, 8192, 57344, 0.487], [4096, 28672, 8192, 0.485], [4096, 8192, 128256, 0.487], [4096, 8192, 5120, 0.627],
      [4096, 16384, 106496, 0.496], [4096, 53248, 16384, 0.511], [4096, 5120, 1536, 0.414], [4096, 5120, 576, 0.322], [4096, 512, 32768, 0.319],
      [4096, 12288, 5120, 0.449], [4096, 5120, 160, 0.184], [4096, 160, 5120, 0.167], [4096, 7168, 4096, 0.383], [4096, 2048, 7168, 0.437],
      [32768, 7168, 4096, 0.47], [32768, 2048, 7168, 0.483], [4096, 7168, 256, 0.232], [4096, 256, 7168, 0.219], [4096, 4096, 6144, 0.653],
      [4096, 4096, 28672, 0.524], [4096, 14336, 4096, 0.455], [4096, 4096, 128384, 0.502], [4096, 512, 4096, 0.368], [4096, 7168, 36864, 0.485],
    ] as const;
    expect(meanError(rows.map(([m, k, n, share]) => [denseTime(b200, "bf16", { m, k, n }), (2 * m * k * n) / (share * 2250e12)]))).toBeLessThan(0.15);
    const gradients = [
      [10240, 4096, 8192, 0.598], [8192, 4096, 8192, 0.479], [57344, 4096, 8192, 0.454], [128256, 4096, 8192, 0.455], [2560, 4096, 8192, 0.562],
      [20480, 4096, 16384, 0.455], [16384, 4096, 53248, 0.454], [576, 4096, 7168, 0.485], [7168, 4096, 2048, 0.389], [4096, 32768, 7168, 0.431],
      [256, 4096, 7168, 0.271], [4096, 4096, 14336, 0.454], [129280, 4096, 7168, 0.448], [1536, 4096, 5120, 0.573],
    ] as const;
    expect(meanError(gradients.map(([m, k, n, share]) => [denseTime(b200, "bf16", { m, k, n, accumulates: true }), (2 * m * k * n) / (share * 2250e12)]))).toBeLessThan(0.15);
  });
});

describe("dense products of other boards and precisions", () => {
  /** A layer of 4,096 hidden and 16,384 inner units over 15,872 tokens: forward, in ms. */
  const layer = (gpu: GpuRecord, precision: Precision): number =>
    1e3 * [[4096, 12_288], [4096, 4096], [4096, 16_384], [16_384, 4096]].reduce((sum, [k = 0, n = 0]) => sum + denseTime(gpu, precision, { m: 15_872, k, n }), 0);
  const b300: GpuRecord = { ...b200, power: 1100, peak: { bf16: 2250e12, fp8: 4500e12, fp4: 14_000e12 } };

  it("B300 (Transformer Engine's GEMM profiling, inputs cast before): MXFP8 2.365 ms, NVFP4 1.254 ms; bf16 4.25 ms in its short run", () => {
    expect(Math.abs(layer(b300, "fp8_e4m3") / 2.365 - 1)).toBeLessThan(0.1);
    expect(Math.abs(layer(b300, "nvfp4") / 1.254 - 1)).toBeLessThan(0.15);
    expect(layer(b300, "bf16") / 4.25).toBeGreaterThan(1);
    expect(layer(b300, "bf16") / 4.25).toBeLessThan(1.3);
  });

  it("H200 NVL (the same): bf16 10.63 ms, FP8 5.58 ms at 600 W and 835 TFLOPS", () => {
    const nvl: GpuRecord = { ...h800, power: 600, memory_bandwidth: 4.8e12, peak: { bf16: 835e12, fp8: 1671e12 } };
    expect(Math.abs(layer(nvl, "bf16") / 10.632 - 1)).toBeLessThan(0.1);
    expect(Math.abs(layer(nvl, "fp8_e4m3") / 5.577 - 1)).toBeLessThan(0.1);
  });
});

describe("grouped products", () => {
  const groupedTime = (gpu: GpuRecord, precision: Precision, experts: number, m: number, n: number, k: number, accumulates = false): number => {
    const device = on(gpu);
    const rate = rateOf(device, precision, "the table");
    const bytes = experts * (rate.bytes * (m * k + k * n) + (accumulates ? 0 : 2 * m * n));
    return productTime(device, { kind: "grouped_gemm", experts, rows: m, columns: n, inner: k, bytes, accumulated_bytes: accumulates ? experts * 8 * m * n : 0 }, rate);
  };

  it("H800 in FP8 (alibaba/InferSim: experts, tokens of one, us of up and gate, us of down)", () => {
    const rows = [
      [256, 32, 3249, 1541], [256, 128, 3533, 1707], [64, 512, 1896, 960.509], [32, 1024, 1617, 850.889], [16, 4096, 3199, 1575], [4, 8192, 1409, 812.365],
      [64, 4, 641.063, 342.304], [32, 16, 325.23, 176.189], [16, 64, 196.722, 102.24], [8, 128, 120.397, 63.444], [4, 32, 51.557, 30.752],
      [4, 1024, 216.346, 114.294], [2, 64, 34.223, 17.589], [2, 2048, 214.01, 98.896], [1, 128, 20.659, 14.964],
    ] as const;
    expect(meanError(rows.flatMap(([experts, tokens, up, down]) => [
      [groupedTime(h800, "fp8_e4m3", experts, tokens, 4096, 7168), up * 1e-6] as const,
      [groupedTime(h800, "fp8_e4m3", experts, tokens, 7168, 2048), down * 1e-6] as const,
    ]))).toBeLessThan(0.1);
  });

  // deepseek-ai/profile-data, train.json: 4 experts of 8,192 copies each, dense layers of 4,096 tokens; the sum of a layer's weight gradients
  it("H800, FP8 gradients of weights in training: 32.8 ms for four layers of DeepSeek-V3 on 112 of 132 multiprocessors", () => {
    const dense = [[7168, 1536], [1536, 24_576], [7168, 576], [512, 32_768], [16_384, 7168], [7168, 4096], [2048, 7168]] as const;
    const layer = dense.reduce((sum, [k, n]) => sum + denseTime(h800, "fp8_e4m3", { m: k, k: 4096, n, accumulates: true }), 0)
      + groupedTime(h800, "fp8_e4m3", 4, 7168, 4096, 8192, true) + groupedTime(h800, "fp8_e4m3", 4, 2048, 7168, 8192, true);
    expect((4 * layer * 132) / 112 / 32.8e-3).toBeCloseTo(1, 1);
  });

  it("B200 in BF16 (SimuMax: experts, M, N, K, share of 2,250 TFLOPS)", () => {
    const forward = [
      [128, 256, 4096, 7168, 0.274], [128, 256, 7168, 2048, 0.309], [40, 616, 3072, 5120, 0.462], [40, 616, 5120, 1536, 0.326], [64, 512, 4096, 7168, 0.367],
      [64, 512, 7168, 2048, 0.427], [20, 1232, 3072, 5120, 0.513], [32, 1024, 4096, 7168, 0.457], [32, 1024, 7168, 2048, 0.384], [40, 2460, 3072, 5120, 0.487],
      [40, 9832, 3072, 5120, 0.475], [160, 154, 3072, 5120, 0.202],
    ] as const;
    expect(meanError(forward.map(([experts, m, n, k, share]) => [groupedTime(b200, "bf16", experts, m, n, k), (2 * experts * m * n * k) / (share * 2250e12)]))).toBeLessThan(0.15);
    const gradients = [
      [40, 616, 3072, 5120, 0.258], [64, 512, 4096, 7168, 0.219], [20, 1232, 3072, 5120, 0.328], [32, 1024, 4096, 7168, 0.289], [40, 2460, 3072, 5120, 0.417],
      [40, 9832, 3072, 5120, 0.419], [32, 1024, 7168, 2048, 0.274],
    ] as const;
    expect(meanError(gradients.map(([experts, m, n, k, share]) => [
      groupedTime(b200, "bf16", experts, n, k, m, true), (2 * experts * m * n * k) / (share * 2250e12),
    ]))).toBeLessThan(0.15);
  });
});

describe("attention", () => {
  /** Causal; SimuMax counts the whole square, five products backward for two forward. */
  const simuMax = (gpu: GpuRecord, peak: number, pass: "forward" | "backward", rows: readonly (readonly [length: number, heads: number, kvHeads: number, qk: number, share: number])[]): number => {
    const device = on(gpu);
    const rate = rateOf(device, "bf16", "the table");
    return meanError(rows.map(([length, heads, kvHeads, qk, share]) => {
      const width = qk + 128;
      const square = 2 * length * length * heads * width * (pass === "forward" ? 1 : 2.5);
      const core = { flops: square / 2, bytes: 2 * length * (heads + kvHeads) * width, heads, queries: length, keys: length, width, wide: qk > 128 };
      return [coreTime(device, core, rate, pass), square / (share * peak)];
    }));
  };

  it("H800 prefill of mla (alibaba/InferSim: tokens, us)", () => {
    const device = on(h800);
    const rate = rateOf(device, "bf16", "the table");
    const rows = [[1024, 116.88], [4096, 1104.692], [8192, 4538.828], [16384, 17774.458], [32768, 76337.72]] as const;
    expect(meanError(rows.map(([s, us]) => {
      const core = { flops: s * s * 128 * 320, bytes: 4 * s * 128 * 320, heads: 128, queries: s, keys: s, width: 320, wide: true };
      return [coreTime(device, core, rate, "forward"), us * 1e-6];
    }))).toBeLessThan(0.1);
  });

  it("A100 PCIe (SimuMax)", () => {
    expect(simuMax(a100Pcie, 312e12, "forward", [
      [4096, 128, 128, 192, 1.073], [4096, 32, 32, 192, 1.015], [4096, 16, 16, 192, 0.916], [4096, 32, 8, 128, 1.132], [4096, 8, 2, 128, 0.777], [4096, 4, 1, 128, 0.514], [4096, 64, 8, 128, 1.187],
    ])).toBeLessThan(0.1);
    expect(simuMax(a100Pcie, 312e12, "backward", [
      [4096, 128, 128, 192, 0.802], [4096, 32, 32, 192, 0.78], [4096, 16, 16, 192, 0.752], [4096, 32, 8, 128, 0.976], [4096, 8, 2, 128, 0.763], [4096, 4, 1, 128, 0.675], [4096, 64, 8, 128, 1.005],
    ])).toBeLessThan(0.1);
  });

  it("B200 (SimuMax)", () => {
    expect(simuMax(b200, 2250e12, "forward", [
      [4096, 64, 8, 128, 0.872], [4096, 32, 4, 128, 0.732], [4096, 16, 2, 128, 0.578], [4096, 8, 1, 128, 0.31], [4096, 128, 16, 128, 0.997], [4096, 128, 128, 192, 0.831],
      [4096, 64, 64, 192, 0.885], [4096, 16, 16, 192, 0.637], [32768, 16, 2, 128, 1.165],
    ])).toBeLessThan(0.15);
    expect(simuMax(b200, 2250e12, "backward", [
      [4096, 64, 8, 128, 0.729], [4096, 32, 4, 128, 0.796], [4096, 16, 2, 128, 0.755], [4096, 8, 1, 128, 0.659], [4096, 128, 16, 128, 0.832], [4096, 128, 128, 192, 0.643],
      [4096, 64, 64, 192, 0.609], [4096, 16, 16, 192, 0.593], [32768, 16, 2, 128, 0.872],
    ])).toBeLessThan(0.1);
  });

  it("H800 decode (alibaba/InferSim: sequences, tokens of each, us)", () => {
    const device = on(h800);
    const rate = rateOf(device, "bf16", "the table");
    const gqa = [[1, 131072, 184.663], [16, 4096, 99.783], [32, 16384, 675.618], [64, 1024, 100.247], [64, 8192, 698.033], [128, 4096, 689.665], [256, 8192, 2745.944], [512, 1024, 707.868]] as const;
    expect(meanError(gqa.map(([n, s, us]) => [decodeTime(device, n * s * 4 * 32 * 128, n * s * 4096, rate), us * 1e-6]))).toBeLessThan(0.05);
    const mla = [[1, 1024, 20.91], [1, 65536, 62.724], [16, 4096, 53.437], [32, 8192, 148.468], [64, 1024, 51.974], [64, 32768, 1119.284], [128, 4096, 292.023], [128, 16384, 1057.193], [256, 1024, 188.841], [512, 8192, 2074.245]] as const;
    expect(meanError(mla.map(([n, s, us]) => [decodeTime(device, n * s * 2 * 128 * 1088, n * s * 1152, rate), us * 1e-6]))).toBeLessThan(0.15);
  });
});
