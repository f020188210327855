import { expect, test } from "vitest";
import { DscoParser } from "../../grammar/src/parser";

test("the grammar has no ambiguity and no left recursion", () => {
  expect(() => new DscoParser(true)).not.toThrow();
});
