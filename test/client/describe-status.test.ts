import { expect, test } from "vitest";
import { describeStatus } from "../../client/src/features/server-status/describe-status";
import type { StatusParams } from "../../server/src/lsp/protocol";

const found = (errors: number, warnings: number, state: StatusParams["state"] = "ready"): StatusParams => ({
  state, uri: "file:///a.dsco", errors, warnings, version: 1,
});
const ofServer = (state: StatusParams["state"]): StatusParams => ({ state, errors: 0, warnings: 0, version: 0 });

test.each([
  ["running", undefined, found(0, 0), "0 errors, 0 warnings", "information"],
  ["running", undefined, found(1, 2), "1 error, 2 warnings", "error"],
  ["running", undefined, found(0, 1), "0 errors, 1 warning", "warning"],
  ["running", undefined, undefined, "ready", "information"],
  ["running", ofServer("error"), found(0, 0), "the server met a fault; see its output", "error"],
  ["running", undefined, found(0, 0, "error"), "this file could not be checked; see the output", "error"],
  ["starting", undefined, found(1, 0), "starting", "information"],
  ["stopped", undefined, found(1, 0), "the server does not run", "error"],
] as const)("a server that is %s, says %o and found %o: %s", (state, server, document, detail, severity) => {
  expect(describeStatus(state, server, document)).toMatchObject({ detail, severity });
});

test.each([
  ["running", undefined, found(0, 0, "busy"), true],
  ["running", ofServer("busy"), undefined, true],
  ["running", undefined, found(0, 0), false],
  ["starting", undefined, undefined, true],
  ["stopped", ofServer("busy"), undefined, false],
] as const)("a server that is %s, says %o and found %o is busy: %s", (state, server, document, busy) => {
  expect(describeStatus(state, server, document).busy).toBe(busy);
});

test("only a stopped server offers a restart", () => {
  expect(describeStatus("stopped", undefined, undefined).action).toBe("restart");
  expect(describeStatus("running", ofServer("error"), undefined).action).toBe("output");
});
