/** The physical bound beside a value: computed when somebody reads it, and once. */
import { expect, it } from "vitest";
import { toMetric, Unavailable, type Definition } from "../../../server/src/cost/definition";
import { amount } from "../../../server/src/cost/term";

function timeOf(ideal: () => number) {
  const definition: Definition<object, object> = {
    id: "time", title: "Time", unit: "s", documentation: "", formula: "", convention: "", source: "", arithmetic: () => amount("time", 3), ideal,
  };
  const figure = toMetric(definition).compute({}, {});
  if (figure.kind !== "value") throw new Error(figure.kind);
  return figure;
}

it("is computed when it is read, and once", () => {
  let computed = 0;
  const figure = timeOf(() => (computed += 1));
  expect([figure.value, computed]).toEqual([3, 0]);
  expect([figure.ideal, figure.ideal, computed]).toEqual([1, 1, 1]);
});

it.each<readonly [string, () => number]>([
  ["no number", () => Number.NaN],
  ["no end", () => Number.POSITIVE_INFINITY],
  ["nothing to be computed from", () => { throw new Unavailable("the hardware has no `nic`"); }],
])("is not there where it has %s, and the value is", (_, ideal) => {
  expect([timeOf(ideal).value, timeOf(ideal).ideal]).toEqual([3, undefined]);
});
