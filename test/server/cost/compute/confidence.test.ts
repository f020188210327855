/** Which defaults enter into the times of a plan, and which of them decides how far they can be trusted. */

import { describe, expect, it } from "vitest";
import { confidenceOf } from "../../../../server/src/cost/compute/confidence";
import { efficiencies } from "../../../../server/src/cost/compute/efficiency";
import { defaultsReadBy } from "../../../../server/src/cost/defaults-read";
import { evaluationOf } from "../../../../server/src/cost/plan/evaluation";
import type { PlanRecord } from "../../../../server/src/cost/plan/record";
import { planRecord } from "../../../kit/plan";

const read = (written: PlanRecord): readonly string[] => {
  const evaluation = evaluationOf({ ...written });
  return defaultsReadBy(() => {
    if (written.workload.phase === "training") evaluation.training("estimate");
    else evaluation.serving("estimate");
  }).map(({ name }) => name);
};

const prefill = planRecord({ parallelism: "ep = 32, dual_micro_batch = true", workload: "phase = prefill, prompt_length = 4096, batch_per_gpu = 4" });
const decode = planRecord({ parallelism: "ep = 128, dual_micro_batch = true", workload: "phase = decode, context_length = 4096, batch_per_gpu = 128" });

describe("the defaults that times read", () => {
  it("prefill of DeepSeek-V3: products in FP8 and bf16, permutation, blocks of attention, starts, and both links beside compute", () => {
    const names = read(prefill);
    for (const name of ["gemm", "gemm_fp8", "grouped_gemm_fp8", "gather", "attention_forward", "attention_block", "memory", "start of a product", "start of an exchange", "scale-up share of exchanges", "share of exchanges beside compute"]) {
      expect(names).toContain(name);
    }
    for (const name of ["attention_decode", "attention_backward", "running", "weight_gradient_fp8", "start of a collective"]) expect(names).not.toContain(name);
  });

  it("training reads the gaps between operators and the gradients of weights too", () => {
    const names = read(planRecord({}));
    for (const name of ["running", "weight_gradient_fp8", "attention_backward_wide", "gather", "start of a collective"]) expect(names).toContain(name);
  });

  it("a plan without exchanges reads no link", () => {
    const names = read(planRecord({ parallelism: "tp = 1", model: "DeepSeekV2", workload: "phase = decode, context_length = 4096, batch_per_gpu = 8" }));
    expect(names.filter((name) => /scale|exchange|collective|card/.test(name))).toEqual([]);
    expect(names).toContain("attention_decode");
  });

  it("what the author wrote is no default", () => {
    const names = read({ ...decode, efficiency: { gemm: 0.5, grouped_gemm: 0.5, attention: 0.5, memory: 0.8, scale_up: 0.8, scale_out: 0.9 } });
    for (const name of ["gemm", "gemm_fp8", "grouped_gemm_fp8", "memory", "gather", "attention_decode", "scale-up share of exchanges"]) expect(names).not.toContain(name);
  });
});

describe("a plan is as sure as its weakest default", () => {
  it("gather is scaled from a B200, on H800, and a share says more than a starting time", () => {
    for (const written of [prefill, decode]) {
      expect(confidenceOf(written)).toMatchObject({ level: "scaled", unit: "share" });
      expect(read(written)).toContain("gather");
    }
    const alone = { ...decode, efficiency: { ...decode.efficiency, gemm: 0.7 } };
    expect(confidenceOf(alone)).toMatchObject({ level: "scaled", name: "gather", evidence: efficiencies.hopper.gather });
  });

  it("nobody said which family the device is of: assumed", () => {
    const { hardware } = prefill;
    expect(confidenceOf({ ...prefill, hardware: { ...hardware, gpu: { ...hardware.gpu, architecture: undefined } } })).toMatchObject({ level: "assumed" });
  });

  it("asking does not change the figures, and asking again says the same", () => {
    const before = evaluationOf(prefill).serving("estimate").latency;
    const first = confidenceOf(prefill);
    expect(confidenceOf(prefill)).toEqual(first);
    expect(evaluationOf({ ...prefill }).serving("estimate").latency).toBe(before);
  });
});
