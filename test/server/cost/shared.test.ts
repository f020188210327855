/** What plans of a search share is what each of them would be alone. */

import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { Unavailable } from "../../../server/src/cost/definition";
import { planMetrics } from "../../../server/src/cost/plan/metrics";
import type { PlanRecord } from "../../../server/src/cost/plan/record";
import { shared, sharedParts, sharing } from "../../../server/src/cost/shared";
import { planRecord } from "../../kit/plan";

describe("a shared part", () => {
  const area = (parts = sharedParts()) => {
    let computed = 0;
    const of = (inputs: { readonly shape: { readonly wide: number; readonly high: number; readonly flat: boolean }; readonly colour: string }): number => sharing(parts, () =>
      shared("area", inputs, ({ shape }) => {
        computed += 1;
        if (shape.wide < 0) throw new Unavailable("nothing is that narrow");
        return shape.flat ? 0 : shape.wide * shape.high;
      }));
    return { of, computed: () => computed };
  };

  it("is computed once for inputs that agree in what it reads", () => {
    const { of, computed } = area();
    expect(of({ shape: { wide: 2, high: 3, flat: false }, colour: "red" })).toBe(6);
    expect(of({ shape: { wide: 2, high: 3, flat: false }, colour: "blue" })).toBe(6);
    expect(computed()).toBe(1);
    expect(of({ shape: { wide: 2, high: 4, flat: false }, colour: "red" })).toBe(8);
    expect(computed()).toBe(2);
  });

  it("follows what it reads to different depths", () => {
    const { of, computed } = area();
    expect([of({ shape: { wide: 2, high: 3, flat: true }, colour: "" }), of({ shape: { wide: 2, high: 7, flat: true }, colour: "" })]).toEqual([0, 0]);
    expect(computed()).toBe(1);
    expect(of({ shape: { wide: 2, high: 7, flat: false }, colour: "" })).toBe(14);
    expect(of({ shape: { wide: 2, high: 3, flat: true }, colour: "" })).toBe(0);
    expect(computed()).toBe(2);
  });

  it("says again why there is none", () => {
    const { of, computed } = area();
    for (const colour of ["red", "blue"]) expect(() => of({ shape: { wide: -1, high: 3, flat: false }, colour })).toThrow("nothing is that narrow");
    expect(computed()).toBe(1);
  });

  it("is not another's where a value of its own cannot be read", () => {
    const parts = sharedParts();
    const of = (record: { readonly width: number; readonly height: number }): number => sharing(parts, () => shared("area", { record }, (inputs) => inputs.record.width * inputs.record.height));
    const broken = Object.defineProperty({ width: 2, height: 3 }, "height", { get: () => { throw new Unavailable("`height` is missing"); } });
    expect(() => of(broken)).toThrow("`height` is missing");
    expect(of({ width: 2, height: 3 })).toBe(6);
    expect(() => of(broken)).toThrow("`height` is missing");
  });

  it("belongs to one search", () => {
    const one = area();
    const other = area(sharedParts());
    one.of({ shape: { wide: 2, high: 3, flat: false }, colour: "" });
    other.of({ shape: { wide: 2, high: 3, flat: false }, colour: "" });
    expect([one.computed(), other.computed()]).toEqual([1, 1]);
  });

  it("depends on all of a record whose keys it asks for", () => {
    const parts = sharedParts();
    const keys = (record: object): string => sharing(parts, () => shared("keys", { record }, (inputs) => Object.keys({ ...inputs.record }).join()));
    expect([keys({ a: 1 }), keys({ a: 1, b: 2 }), keys({ a: 1 })]).toEqual(["a", "a,b", "a"]);
  });

  it("is not another's that read further into a value which is a number here", () => {
    const parts = sharedParts();
    const of = (width: undefined | number | { readonly cm: number }): number => sharing(parts, () =>
      shared("width", { width, high: 1 }, (inputs) => (typeof inputs.width === "object" ? 100 * inputs.width.cm : (inputs.width ?? 0)) + inputs.high));
    expect([of(undefined), of({ cm: 5 }), of(5)]).toEqual([1, 501, 6]);
  });

  it("may keep nothing of its inputs to read later", () => {
    const late = sharing(sharedParts(), () => shared("late", { of: { wide: 2 } }, ({ of }) => () => of.wide));
    expect(late).toThrow("after it was computed");
  });

  it("reads through a part inside it", () => {
    const parts = sharedParts();
    const outer = (inputs: { readonly a: number; readonly b: number }): number => sharing(parts, () =>
      shared("outer", inputs, (watched) => shared("inner", watched, ({ b }) => 10 * b) + watched.a));
    // the second one finds the inner part known: its condition must hold for the outer one all the same
    expect([outer({ a: 1, b: 1 }), outer({ a: 2, b: 1 }), outer({ a: 2, b: 2 }), outer({ a: 1, b: 2 }), outer({ a: 2, b: 1 })]).toEqual([11, 12, 22, 21, 12]);
  });
});

/** Every metric of a plan, as its value or why there is none. */
const figuresOf = (plan: PlanRecord): readonly unknown[] => planMetrics.map((metric) => {
  const figure = metric.compute({ ...plan }, {});
  if (figure.kind === "unavailable") return figure.reason;
  return figure.kind === "text" ? figure.value : [figure.value, figure.ideal];
});

const training = planRecord({ parallelism: "pp = 16, ep = 64, zero = 1, schedule = dualpipe" });
const dense = planRecord({ model: "Llama3_1_405B", hardware: "DGX_H100", parallelism: "tp = 8, pp = 1" });
const decode = planRecord({ parallelism: "ep = 32", workload: "phase = decode, context_length = 4096, batch_per_gpu = 64" });

const degree = fc.constantFrom(1, 2, 4, 8, 16);

/** Plans that differ here and there: each choice is made apart from the others. */
const plans: fc.Arbitrary<PlanRecord> = fc.record({
  base: fc.constantFrom(training, dense, decode),
  parallelism: fc.record({
    tp: degree, pp: degree, ep: fc.constantFrom(8, 16, 64), zero: fc.constantFrom(0, 1, 2, 3), micro_batch_size: fc.constantFrom(1, 2),
    schedule: fc.constantFrom("1f1b" as const, "zb1p" as const, "dualpipe" as const, "dualpipev" as const, "interleaved" as const), recompute: fc.constantFrom("none" as const, "selective" as const, "full" as const),
    overlap_data_parallel: fc.constantFrom("auto" as const, "true" as const), overlap_tensor_parallel: fc.boolean(), memory_reserve: fc.constantFrom(0, 1e9),
    sequence_parallel: fc.constantFrom("auto" as const, "false" as const), comm_sms: fc.constantFrom(undefined, 20), cp: fc.constantFrom(1, 2),
  }, { requiredKeys: [] }),
  workload: fc.record({ global_batch_size: fc.constantFrom(7680, 15360), sequence_length: fc.constantFrom(4096, 8192), imbalance: fc.constantFrom(1, 1.3), batch_per_gpu: fc.constantFrom(16, 64), context_length: fc.constantFrom(4096, 32768) }, { requiredKeys: [] }),
  nodes: fc.constantFrom(undefined, 64, 128),
  memory: fc.constantFrom(undefined, 141e9),
  bandwidth: fc.constantFrom(undefined, 100e9),
  efficiency: fc.constantFrom(undefined, 0.5),
}).map(({ base, parallelism, workload, nodes, memory, bandwidth, efficiency }) => {
  const { hardware } = base;
  const gpu = { ...hardware.gpu, ...(memory === undefined ? {} : { memory }), ...(bandwidth === undefined || !hardware.gpu.scale_up ? {} : { scale_up: { ...hardware.gpu.scale_up, bandwidth } }) };
  return {
    ...base, hardware: { ...hardware, gpu, ...(nodes === undefined ? {} : { nodes }) }, parallelism: { ...base.parallelism, ...parallelism }, workload: { ...base.workload, ...workload },
    efficiency: { ...base.efficiency, ...(efficiency === undefined ? {} : { gemm: efficiency }) },
  };
});

test("plans of one search have the figures, to the last bit, that each has alone", () => {
  fc.assert(fc.property(fc.array(plans, { minLength: 4, maxLength: 12 }), (all) => {
    const parts = sharedParts();
    expect(all.map((plan) => sharing(parts, () => figuresOf(plan)))).toEqual(all.map(figuresOf));
  }), { numRuns: 60 });
});
