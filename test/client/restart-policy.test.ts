import { expect, test } from "vitest";
import { createRestartPolicy, maximumRestarts, restartWindowMilliseconds } from "../../client/src/infrastructure/restart-policy";

test("a server that keeps ending is left stopped", () => {
  const policy = createRestartPolicy();
  for (let end = 1; end <= maximumRestarts; end += 1) expect(policy.mayRestart(end)).toBe(true);
  expect(policy.mayRestart(maximumRestarts + 1)).toBe(false);
});

test("ends that lie far apart are each followed by a start", () => {
  const policy = createRestartPolicy();
  for (let end = 0; end < 20; end += 1) expect(policy.mayRestart((end * restartWindowMilliseconds) / (maximumRestarts - 1))).toBe(true);
});

test("a start that the user asks for counts anew", () => {
  const policy = createRestartPolicy();
  for (let end = 0; end <= maximumRestarts; end += 1) policy.mayRestart(end);
  policy.reset();
  expect(policy.mayRestart(maximumRestarts + 1)).toBe(true);
});
