/** Measured operators: one kernel each, which no plan states. Times in microseconds, bandwidths in GB/s. */

/** Dispatch and combine of one layer of DeepSeek-V3, run alone. `plan`: the plan of operators.dsco that says where. */
export interface ExchangeRow {
  readonly plan: string;
  readonly tokens: number;
  readonly dispatch: number;
  readonly combine: number;
}

const deepEp = "deepseek-ai/DeepEP at dd758caf, docs/legacy.md";

/**
 * Bandwidths of normal kernels: bytes of the copies of a token, counted once a node (within one node: once a GPU), its own among
 * them, over the time. FP8 dispatch with a scale of 4 B an 128 elements, BF16 combine.
 */
export const normalExchanges: readonly (ExchangeRow & { readonly source: string })[] = [
  { plan: "Normal8", tokens: 4096, dispatch: 153, combine: 158, source: deepEp },
  { plan: "Normal16", tokens: 4096, dispatch: 43, combine: 43, source: deepEp },
  { plan: "Normal32", tokens: 4096, dispatch: 58, combine: 57, source: deepEp },
  { plan: "Normal64", tokens: 4096, dispatch: 51, combine: 50, source: deepEp },
  { plan: "Normal128", tokens: 4096, dispatch: 45.34, combine: 41.6, source: "arXiv:2505.09343, Figure 7, bars assigned to sizes by inference" },
  { plan: "NormalB200", tokens: 8192, dispatch: 726, combine: 740, source: "deepseek-ai/DeepEP at dd758caf, README: EP8 over NVLink, 64 SMs" },
];

/** Times of low-latency kernels. */
export const lowLatencyExchanges: readonly ExchangeRow[] = [
  { plan: "LowLatency8", tokens: 128, dispatch: 77, combine: 114 },
  { plan: "LowLatency16", tokens: 128, dispatch: 118, combine: 195 },
  { plan: "LowLatency32", tokens: 128, dispatch: 155, combine: 273 },
  { plan: "LowLatency64", tokens: 128, dispatch: 173, combine: 314 },
  { plan: "LowLatency128", tokens: 128, dispatch: 192, combine: 369 },
  { plan: "LowLatency256", tokens: 128, dispatch: 194, combine: 360 },
];

export const lowLatencySource = deepEp;

/** A product of (rows x inner) by (inner x columns) in FP8 with BF16 results, `experts` of them in one launch. */
export interface ProductRow {
  readonly experts: number;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly time: number;
}

/** Every seventh row of the tables of alibaba/InferSim at f2293dab (H800), from the first on. */
export const kernelSource = "alibaba/InferSim at f2293dab, H800 kernels";

const dense = (rows: number, inner: number, columns: number, time: number): ProductRow => ({ experts: 1, rows, inner, columns, time });

export const denseProducts: readonly ProductRow[] = [
  dense(16, 7168, 1536, 16.443), dense(4096, 7168, 1536, 73.091), dense(128, 1536, 24_576, 21.975), dense(32_768, 1536, 24_576, 1885),
  dense(1024, 7168, 576, 16.127), dense(64, 16_384, 512, 17.678), dense(16_384, 16_384, 512, 196.316), dense(512, 65_536, 128, 84.419),
  dense(32, 16_384, 7168, 53.383), dense(8192, 16_384, 7168, 1310), dense(256, 7168, 4096, 24.871), dense(16, 2048, 7168, 10.094),
  dense(4096, 2048, 7168, 98.102), dense(128, 7168, 36_864, 103.498), dense(32_768, 7168, 36_864, 12_848), dense(1024, 18_432, 7168, 238.06),
];

/** Up and gate projections together, then down, of routed experts of DeepSeek-V3. Rows with one token an expert are left out: some experts have none. */
const expert = (experts: number, rows: number, up: number, down: number): readonly ProductRow[] => [
  { experts, rows, inner: 7168, columns: 4096, time: up },
  { experts, rows, inner: 2048, columns: 7168, time: down },
];

export const groupedProducts: readonly ProductRow[] = [
  ...expert(64, 8, 642.197, 342.454), ...expert(32, 32, 325.361, 175.983), ...expert(16, 128, 217.605, 118.536), ...expert(8, 512, 223.323, 107.076),
  ...expert(2, 64, 34.223, 17.589), ...expert(1, 256, 25.089, 19.32),
  ...expert(256, 32, 3249, 1541), ...expert(64, 2048, 6183, 3211), ...expert(16, 4096, 3199, 1575), ...expert(4, 8192, 1409, 812.365),
];

/** Attention of 128 heads, 192 and 128 wide, over prompts of `tokens`, causal, BF16: MLA in prefill and training. */
export interface PrefillRow {
  readonly tokens: number;
  readonly pass: "forward" | "backward";
  /** Streaming multiprocessors that compute, of 132. */
  readonly multiprocessors: number;
  readonly time: number;
  readonly source: string;
}

const whole = (tokens: number, time: number): PrefillRow => ({ tokens, pass: "forward", multiprocessors: 132, time, source: kernelSource });

/** The mean of four launches each, beside communication on 20 multiprocessors. */
const trace = "deepseek-ai/profile-data at 44960242, train.json";

export const latentPrefills: readonly PrefillRow[] = [
  whole(1024, 116.88), whole(4096, 1104.692), whole(8192, 4538.828), whole(16_384, 17_774.458), whole(32_768, 76_337.72),
  { tokens: 4096, pass: "forward", multiprocessors: 112, time: 1237, source: trace },
  { tokens: 4096, pass: "backward", multiprocessors: 112, time: 3779, source: trace },
];

/** Attention of one query a sequence over its cache, BF16. */
export interface DecodeRow {
  readonly sequences: number;
  readonly cached: number;
  readonly time: number;
}

/** 128 heads share 576 values a token, of which 512 are the values. */
export const latentDecodes: readonly DecodeRow[] = [
  { sequences: 1, cached: 1024, time: 20.91 },
  { sequences: 16, cached: 1024, time: 24.906 },
  { sequences: 32, cached: 1024, time: 39.138 },
  { sequences: 64, cached: 1024, time: 51.974 },
  { sequences: 128, cached: 1024, time: 96.252 },
  { sequences: 256, cached: 4096, time: 585.772 },
];

/** 32 heads of 128 over 8 key and value heads. */
export const groupedDecodes: readonly DecodeRow[] = [
  { sequences: 1, cached: 1024, time: 34.938 },
  { sequences: 16, cached: 1024, time: 36.086 },
  { sequences: 32, cached: 1024, time: 53.5 },
  { sequences: 64, cached: 1024, time: 100.247 },
  { sequences: 128, cached: 1024, time: 187.612 },
  { sequences: 256, cached: 4096, time: 1377.637 },
];
