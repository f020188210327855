// What the bench of plans measures is plans that have figures.
import { expect, test } from "vitest";
import { boundsOfPlan, figuresOfPlan, onAnotherGpu, planCases } from "./plans";

test.each(Object.entries(planCases()))("%s has the figures of its phase", (name, plan) => {
  expect(figuresOfPlan(plan)).toBeGreaterThan(name.endsWith("training") ? 25 : 10);
  expect(figuresOfPlan(onAnotherGpu(plan, 1))).toBe(figuresOfPlan(plan));
  expect(boundsOfPlan(plan)).toBeGreaterThan(name.endsWith("training") ? 5 : 0);
});
