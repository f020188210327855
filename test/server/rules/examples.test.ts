// The example of each code, as the documentation prints it, raises that code and nothing else.
import { describe, expect, test } from "vitest";
import { diagnosticEntries } from "../../../server/src/rules";
import { checkFiles } from "../../kit/workspace";

/** Codes that an example raises besides its own, because the same text cannot be without them. */
const besides: Readonly<Record<string, readonly string[]>> = {
  DSCO2012: ["DSCO2090"], // what cannot extend is not computed yet either
};

describe.each(diagnosticEntries.map((entry) => [entry.code, entry] as const))("the example of %s", (code, { example, severity }) => {
  const found = checkFiles({ "example.dsco": example });

  test("raises it", () => {
    expect(found.find((problem) => problem.code === code)?.severity).toBe(severity);
  });

  test("raises nothing else", () => {
    const others = new Set(found.map((problem) => problem.code).filter((other) => other !== code));
    expect([...others].sort()).toEqual(besides[code] ?? []);
  });
});
