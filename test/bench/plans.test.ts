// What the bench of plans measures is plans that have figures.
import { expect, test } from "vitest";
import { figuresOfPlan, planCases } from "./plans";

test.each(Object.entries(planCases()))("%s has the figures of its phase", (name, plan) => {
  expect(figuresOfPlan(plan)).toBeGreaterThan(name.endsWith("training") ? 25 : 10);
});
