import { describe, expect, it } from "vitest";
import { deviceOf } from "../../../../server/src/cost/compute/device";
import { efficiencies } from "../../../../server/src/cost/compute/efficiency";
import { computeOf } from "../../../../server/src/cost/compute/layer";
import type { Operator, OperatorPart, Work } from "../../../../server/src/cost/compute/operator";
import { memoryTime } from "../../../../server/src/cost/compute/time";
import { Unavailable } from "../../../../server/src/cost/definition";
import { decodeFlops, forwardFlops } from "../../../../server/src/cost/model/flops";
import type { ModelRecord } from "../../../../server/src/cost/model/record";
import { wholeModel } from "../../../../server/src/cost/plan/stages";
import { bf16, deepSeekV2, deepSeekV3, gptOss120B, llama31Dense405B, mla, model, qwen3Moe30B } from "../models";
import { a100Pcie, b200, h800, layout, plan, training, type PlanOptions, timeOfAll } from "./records";

const operatorsOf = (record: ModelRecord, work: Work, options: PlanOptions = {}, degrees = {}, smShare = 1): readonly Operator[] => {
  const written = plan(record, options);
  return computeOf(written, layout(degrees), work, deviceOf(written, "estimate", smShare)).operators({ ...wholeModel(record), mtp_modules: 0 });
};

const total = (operators: readonly Operator[], of: (operator: Operator) => number): number =>
  operators.reduce((sum, operator) => sum + operator.count * of(operator), 0);

const models: readonly (readonly [string, ModelRecord])[] = [
  ["DeepSeek-V3", deepSeekV3], ["DeepSeek-V2", deepSeekV2], ["Llama 3.1 405B", llama31Dense405B], ["gpt-oss-120b", gptOss120B], ["Qwen3-30B", qwen3Moe30B],
];

describe("operators add up to the model", () => {
  it.each(models)("%s: forward FLOPs are those of the metric", (_, record) => {
    const flops = total(operatorsOf(record, training({ tokens: 8192, sequences: 2 })), (operator) => operator.flops.forward);
    expect(flops).toBeCloseTo(8192 * forwardFlops(record, { sequence_length: 4096, context_length: undefined }).value, -9);
  });

  it.each(models)("%s: gradients take two products for one, and the core of attention five for two", (_, record) => {
    const operators = operatorsOf(record, training());
    const core = (operator: Operator): number => (operator.kind === "attention" ? 1 : 0);
    const forward = total(operators, ({ flops }) => flops.forward);
    const coreForward = total(operators, (operator) => core(operator) * operator.flops.forward);
    expect(total(operators, ({ flops }) => flops.backward_input + flops.backward_weight)).toBeCloseTo(2 * forward + 0.5 * coreForward, -9);
  });

  it.each(models)("%s: decode FLOPs are those of the metric", (_, record) => {
    const flops = total(operatorsOf(record, { phase: "decode", tokens: 64, sequences: 64, sequence_length: 4096, imbalance: 1 }), (operator) => operator.flops.forward);
    expect(flops).toBeCloseTo(64 * decodeFlops(record, { sequence_length: 4096, context_length: 4096 }).value, -8);
  });

  it.each([[{ tp: 8 }], [{ tp: 4, cp: 2 }], [{ tp: 8, ep: 8 }], [{ tp: 2, ep: 4, etp: 2 }]])("the GPUs of %o share the work of their tokens", (degrees) => {
    const { tp = 1, cp = 1 } = degrees as { tp?: number; cp?: number };
    // one group of tp x cp GPUs holds the tokens of one sequence; DeepSeek-V2 has 128 heads, and its latent projections are shared out by sequence parallelism
    const own = operatorsOf(deepSeekV2, training({ tokens: 4096 / cp }), {}, degrees);
    const whole = forwardFlops(deepSeekV2, { sequence_length: 4096, context_length: undefined }).value * 4096;
    expect((total(own, ({ flops }) => flops.forward) * tp * cp) / whole).toBeCloseTo(1, 6);
  });

  it("times of parts add up to all, and those of a stage to its operators", () => {
    const written = plan(deepSeekV3, { parallelism: { recompute: "full" } });
    const compute = computeOf(written, layout({ ep: 64 }), training(), deviceOf(written, "estimate"));
    const stage = { ...wholeModel(deepSeekV3), mtp_modules: 1 };
    const { all, core, ...parts } = compute.times(stage);
    const operators = compute.operators(stage);
    for (const pass of ["forward", "backward_input", "backward_weight"] as const) {
      expect(Object.values(parts).reduce((sum, part) => sum + part[pass], 0) / all[pass]).toBeCloseTo(1, 9);
      expect(timeOfAll(operators, pass) / all[pass]).toBeCloseTo(1, 9);
      expect(timeOfAll(operators.filter(({ kind }) => kind === "attention"), pass)).toBeCloseTo(core[pass], 12);
    }
  });
});

describe("what enters into a layer", () => {
  const find = (operators: readonly Operator[], name: string): Operator => {
    const found = operators.find((operator) => operator.name === name);
    if (!found) throw new Error(`no operator ${name}`);
    return found;
  };

  it("DeepSeek-V3's experts on 64 GPUs: four of them see 8,192 tokens each", () => {
    const experts = find(operatorsOf(deepSeekV3, training(), {}, { ep: 64 }), "experts up and gate");
    expect(experts.count).toBe(58);
    expect(experts.flops.forward / (2 * 7168 * 4096)).toBeCloseTo(4 * 8192, 6);
  });

  it("imbalance loads the busiest GPU, redundant experts lighten each one", () => {
    const flopsOf = (work: Work, redundant: number): number =>
      find(operatorsOf(deepSeekV3, work, { parallelism: { redundant_experts: redundant } }, { ep: 32 }), "experts down").flops.forward;
    expect(flopsOf(training({ imbalance: 1.5 }), 0)).toBeCloseTo(1.5 * flopsOf(training(), 0), 0);
    expect(flopsOf(training(), 32)).toBeCloseTo(flopsOf(training(), 0), 0);
  });

  it("prefill expands the whole prompt's keys in mla, computes the queries not found in the cache, and the head of the last token alone", () => {
    const work: Work = { phase: "prefill", tokens: 2048, sequences: 1, sequence_length: 4096, imbalance: 1 };
    const operators = operatorsOf(deepSeekV3, work);
    expect(find(operators, "kv_b").flops.forward).toBe(2 * 4096 * 512 * 128 * 256);
    expect(find(operators, "q_a").flops.forward).toBe(2 * 2048 * 7168 * 1536);
    // the second half of the queries sees 3,072 keys on average
    expect(find(operators, "attention core").flops.forward).toBe(2 * 2048 * 3072 * 128 * 320);
    expect(find(operators, "head").flops.forward).toBe(2 * 7168 * 129_280);
  });

  it("decode reads the cache of each sequence once: DeepSeek-V3's latent takes 1,152 B a token", () => {
    const core = find(operatorsOf(deepSeekV3, { phase: "decode", tokens: 128, sequences: 128, sequence_length: 4989, imbalance: 1 }), "attention core");
    expect(core.bytes.forward).toBe(128 * 4989 * 1152);
  });

  it("experts that no token reaches are not read: 16 sequences of 8 of 256 experts reach 39 % of them", () => {
    const experts = find(operatorsOf(deepSeekV3, { phase: "decode", tokens: 16, sequences: 16, sequence_length: 1024, imbalance: 1 }), "experts up and gate");
    // one byte a weight, and a scale of four for 128 x 128 of them
    const weights = 256 * (1 - Math.exp(-0.5)) * 4096 * 7168 * (1 + 4 / 128 ** 2);
    expect(experts.bytes.forward).toBeCloseTo(weights + 128 * (7168 + 4096) * 2, -3);
  });

  it("a window bounds what a query sees", () => {
    const [first, second] = operatorsOf(gptOss120B, training({ tokens: 8192, sequence_length: 8192 })).filter(({ name }) => name === "attention core");
    const windowed = 128 - (128 * 128) / (2 * 8192);
    expect(new Set([first?.flops.forward, second?.flops.forward])).toEqual(new Set([8192 * 4096 * 2 * 64 * 128, 8192 * windowed * 2 * 64 * 128]));
  });

  it("recomputation runs the forward pass of what it names again", () => {
    const of = (recompute: "none" | "selective" | "full", record = llama31Dense405B): readonly Operator[] => operatorsOf(record, training(), { parallelism: { recompute } });
    const extra = (name: string, level: "selective" | "full", record = llama31Dense405B): number =>
      find(of(level, record), name).time.backward_input - find(of("none", record), name).time.backward_input;
    expect(extra("activation", "selective")).toBeCloseTo(find(of("none"), "activation").time.forward, 12);
    expect(extra("attention core", "selective")).toBe(0);
    expect(extra("down", "selective")).toBe(0);
    expect(extra("down", "full")).toBeCloseTo(find(of("none"), "down").time.forward, 12);
    expect(extra("head", "full")).toBe(0);
    expect(extra("kv_b", "selective", deepSeekV3)).toBeCloseTo(find(of("none", deepSeekV3), "kv_b").time.forward, 12);
    expect(extra("attention core", "selective", deepSeekV3)).toBe(0);
  });

  it("serving has no backward pass, and no loss", () => {
    const operators = operatorsOf(llama31Dense405B, { phase: "prefill", tokens: 1024, sequences: 1, sequence_length: 1024, imbalance: 1 });
    expect(total(operators, ({ time }) => time.backward_input + time.backward_weight)).toBe(0);
    expect(operators.map(({ name }) => name)).not.toContain("cross entropy");
  });
});

describe("precisions", () => {
  const names = (record: ModelRecord, options: PlanOptions = {}): readonly string[] => operatorsOf(record, training(), options).map(({ name }) => name);
  const at = (compute: ModelRecord["precision"]["compute"]): ModelRecord => ({ ...llama31Dense405B, precision: { ...bf16, compute } });

  it("FP8 halves the time of large products and adds casts", () => {
    const linear = (record: ModelRecord): number => total(operatorsOf(record, training()), ({ name, time }) => (name === "down" ? time.forward : 0));
    expect(linear(at("fp8_e4m3")) / linear(at("bf16"))).toBeGreaterThan(0.45);
    expect(linear(at("fp8_e4m3")) / linear(at("bf16"))).toBeLessThan(0.55);
    expect(names(at("fp8_e4m3"))).toContain("ffn casts");
    expect(names(at("bf16"))).not.toContain("ffn casts");
  });

  it("a rate that the GPU lacks is named, not replaced", () => {
    expect(() => names(at("fp8_e4m3"), { gpu: a100Pcie })).toThrow(new Unavailable("the gpu has no `fp8` in `peak`, and `precision.compute` is fp8_e4m3"));
    expect(() => names(llama31Dense405B, { gpu: { ...h800, peak: { fp8: 1979e12 } } })).toThrow("the gpu has no `bf16` in `peak`");
    expect(() => names(at("logfmt8"))).toThrow("nothing computes in logfmt8");
  });

  it("weights of four bits are widened to bf16 where the GPU has no rate for them", () => {
    const time = (compute: ModelRecord["precision"]["compute"], gpu = h800): number =>
      total(operatorsOf({ ...llama31Dense405B, precision: { ...bf16, compute } }, training(), { gpu }), ({ time: { forward } }) => forward);
    expect(time("int4")).toBe(time("bf16"));
    expect(time("mxfp4")).toBe(time("bf16"));
    expect(time("mxfp4", b200)).toBeLessThan(time("fp8_e4m3", b200));
  });

  it("what is not modelled says so", () => {
    const compressed = model(2, 1024, 32_000, [mla({ layers: [0, 1], heads: 16, q_lora_rank: undefined, compress: 4 })], []);
    expect(() => names(compressed)).toThrow(new Unavailable("plans do not model `compress` in `attention mla`"));
  });
});

describe("the public trace of DeepSeek-V3's training (deepseek-ai/profile-data, train.json; H800, 20 of 132 multiprocessors communicate)", () => {
  const fp8: ModelRecord = { ...deepSeekV3, precision: { ...bf16, compute: "fp8_e4m3", dispatch: "fp8_e4m3" } };
  const operators = operatorsOf(fp8, training(), { parallelism: { recompute: "selective" } }, { ep: 64 }, 112 / 132);
  const inMoeLayers = operators.filter(({ count }) => count === 58);
  const msOf = (part: (operator: Operator) => number): number => 1e3 * inMoeLayers.reduce((sum, operator) => sum + part(operator), 0);

  it("core of attention: 1.24 ms forward, 3.75 ms backward", () => {
    const [core] = operators.filter(({ name }) => name === "attention core");
    expect(Math.abs((core?.time.forward ?? 0) / 1.24e-3 - 1)).toBeLessThan(0.15);
    expect(Math.abs((core?.time.backward_input ?? 0) / 3.75e-3 - 1)).toBeLessThan(0.15);
  });

  it("experts, forward and gradient of the input: 22.9 ms in four layers", () => {
    const grouped = 4 * msOf(({ kind, time }) => (kind === "grouped_gemm" ? time.forward + time.backward_input : 0));
    expect(Math.abs(grouped / 22.9 - 1)).toBeLessThan(0.1);
  });
});

describe("evidence", () => {
  it("every default is a share of one with its source, a size apart", () => {
    const sizes = new Set(["prologue_bytes", "attention_block"]);
    for (const defaults of Object.values(efficiencies)) {
      for (const [name, { value, source }] of Object.entries(defaults)) {
        expect(source.length, name).toBeGreaterThan(10);
        if (sizes.has(name)) continue;
        expect(value, name).toBeGreaterThan(0);
        expect(value, name).toBeLessThanOrEqual(1);
      }
    }
  });

  it("what the author wrote is the share that a large product reaches, whatever its shape", () => {
    const gemm = (efficiency: PlanOptions["efficiency"]): Operator | undefined =>
      operatorsOf(llama31Dense405B, training(), efficiency ? { efficiency } : {}).find(({ name }) => name === "up and gate");
    expect(gemm({ gemm: 0.5 })?.efficiency).toBeGreaterThan(0.48);
    expect(gemm({ gemm: 0.5 })?.efficiency).toBeLessThanOrEqual(0.5);
  });

  it("a sweep through memory: 3.35 GB on an H800 take 1.49 ms at 0.67 of its bandwidth, and 3 us to start; ideally 1 ms", () => {
    expect(memoryTime(3.35e9, deviceOf(plan(llama31Dense405B), "estimate"))).toBeCloseTo(1e-3 / 0.67 + 3e-6, 9);
    expect(memoryTime(3.35e9, deviceOf(plan(llama31Dense405B), "ideal"))).toBeCloseTo(1e-3, 12);
  });

  it("parts of a layer are named as the schedule uses them", () => {
    const parts: readonly OperatorPart[] = operatorsOf(deepSeekV3, training(), {}, { ep: 64 }).map(({ part }) => part);
    expect(new Set(parts)).toEqual(new Set(["attention", "ffn", "routed", "ends"]));
  });
});
