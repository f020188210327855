// What the bench of sweeps measures is a space of more than a million designs, many of which are plans with all their objectives.
import { expect, test } from "vitest";
import { evaluatorOf, runStretch } from "../../server/src/explore";
import { millionSpace } from "./sweeps";

test("the space of the bench has more than a million designs, of which many can run and fit", () => {
  const space = millionSpace();
  expect(space.size).toBe(10 * 4 * 4 * 5 * 5 * 4 * 3 * 3 * 3 * 3);
  const { indices, reasons } = runStretch(evaluatorOf(space), 1_000_000, 1_004_000);
  expect(indices.length).toBeGreaterThan(1000);
  expect(reasons.filter(({ kind }) => kind === "unknown")).toEqual([]);
});
