// What is behind the page of the report panel, as far as no editor is needed.
import { describe, expect, test } from "vitest";
import type { PanelPicture, PanelReport } from "../../server/src/lsp/protocol";
import { createLatest } from "../../client/src/features/report-panel/latest";
import { isFromReport, isReportState } from "../../client/src/features/report-panel/panel-messages";
import { hashesOf, shortened, whole } from "../../client/src/features/report-panel/pictures";
import { bytesOf } from "../../client/src/features/report-panel/saving";

describe("messages of the page", () => {
  test.each([
    [{ type: "size", width: 740 }], [{ type: "go", to: { uri: "file:///a.dsco", place: { line: 0, character: 3 } } }],
    [{ type: "explain", figure: { uri: "file:///a.dsco", declaration: "Train", metric: "mfu" } }], [{ type: "pin", pinned: true }],
    [{ type: "save", format: "html" }], [{ type: "save", format: "png", name: "memory", data: "AAAA" }],
  ])("%j is one", (message) => {
    expect(isFromReport(message)).toBe(true);
  });

  test.each([
    [null], ["size"], [{}], [{ type: "run" }], [{ type: "size", width: 0 }], [{ type: "size", width: "740" }], [{ type: "go", to: { uri: 7, place: { line: 0, character: 0 } } }],
    [{ type: "go", to: { uri: "file:///a.dsco", place: { line: -1, character: 0 } } }], [{ type: "go" }], [{ type: "explain", figure: { uri: "file:///a.dsco", declaration: "Train" } }],
    [{ type: "pin" }], [{ type: "save", format: "exe", name: "memory", data: "" }], [{ type: "save", format: "svg", name: "memory" }],
  ])("%j is none", (message) => {
    expect(isFromReport(message)).toBe(false);
  });

  test.each([
    [{ pinned: false, scroll: 0, open: [] }, true], [{ target: { uri: "file:///a.dsco", declaration: "Train" }, pinned: true, scroll: 0, open: [] }, true],
    [undefined, false], [{ target: { uri: "file:///a.dsco" }, pinned: true }, false], [{ target: undefined }, false],
  ])("what was kept, %j, can be taken up again: %s", (state, expected) => {
    expect(isReportState(state)).toBe(expected);
  });
});

describe("pictures", () => {
  const picture = (id: string, hash: string): PanelPicture => ({ id, hash, title: id, summary: "", svg: `<svg id="${hash}"/>`, table: { columns: [], rows: [] } });
  const report = (...pictures: readonly PanelPicture[]): PanelReport =>
    ({ uri: "file:///a.dsco", declaration: "Train", place: { line: 0, character: 0 }, kind: "plan", summary: "", headline: "", parts: [], figures: [], checks: [], pictures, missing: [] });
  const before = report(picture("memory", "a"), picture("step", "b"));

  test("that are as before come from before, in the order of the answer", () => {
    const answer = { ...report(), headline: "other", pictures: [{ hash: "b" }, picture("memory", "c")] };
    expect(whole(answer, before)).toEqual({ ...report(picture("step", "b"), picture("memory", "c")), headline: "other" });
    expect(whole({ ...report(), pictures: [{ hash: "b" }] }, undefined)).toEqual(report());
  });

  test("that the page has are not told again", () => {
    const after = report(picture("memory", "c"), picture("step", "b"));
    expect(hashesOf(before)).toEqual(["a", "b"]);
    expect(shortened(after, hashesOf(before)).pictures).toEqual([picture("memory", "c"), { hash: "b" }]);
    expect(shortened(after, hashesOf(undefined))).toEqual(after);
  });
});

test("files are the bytes that the page has sent", () => {
  expect([...bytesOf({ type: "save", format: "svg", name: "memory", data: "<é>" })]).toEqual([0x3c, 0xc3, 0xa9, 0x3e]);
  expect([...bytesOf({ type: "save", format: "png", name: "memory", data: "iVBO/w==" })]).toEqual([0x89, 0x50, 0x4e, 0xff]);
});

test("questions do not pile up: of those asked while one is answered the last is asked", async () => {
  const ends: (() => void)[] = [];
  const ask = createLatest(() => new Promise((resolve) => ends.push(resolve)));
  const turn = () => new Promise((resolve) => setTimeout(resolve));
  ask();
  ask();
  ask();
  expect(ends).toHaveLength(1);
  ends[0]?.();
  await turn();
  expect(ends).toHaveLength(2);
  ends[1]?.();
  await turn();
  expect(ends).toHaveLength(2);
  ask();
  expect(ends).toHaveLength(3);
});
