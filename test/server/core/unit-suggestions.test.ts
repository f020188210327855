import { expect, it } from "vitest";
import { suggestMagnitude } from "../../../server/src/core/unit-suggestions";

it.each([["K", "K"], ["mi", "Mi"], ["__proto__", undefined], ["constructor", undefined], ["q", undefined]])("%s stands for the magnitude %s", (word, magnitude) => {
  expect(suggestMagnitude(word)).toBe(magnitude);
});
