import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { append, create, replace, save } from "../../../server/src/hosts/written-files";

let folder: string;
const at = (name: string) => path.join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "dsco-written-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function* endsEarly(): Generator<string> {
  yield "x".repeat(1 << 17); // more than is written at a time
  throw Object.assign(new Error("full"), { code: "ENOSPC" });
}

test("a new file whose writing ends early is not there, nor anything else", () => {
  expect(save(at("a.csv"), endsEarly())).toEqual({ kind: "failed", reason: "the disk is full" });
  expect(readdirSync(folder)).toEqual([]);
});

test("one that is there stays as it was", () => {
  writeFileSync(at("a.csv"), "before");
  expect(save(at("a.csv"), endsEarly())).toEqual({ kind: "failed", reason: "the disk is full" });
  expect([readdirSync(folder), readFileSync(at("a.csv"), "utf8")]).toEqual([["a.csv"], "before"]);
});

test("what a process of the same number has left behind is in nobody's way", () => {
  writeFileSync(at("a.csv"), "before");
  writeFileSync(at(`.a.csv.${process.pid}.tmp`), "half");
  expect(save(at("a.csv"), ["one\n", "two\n"])).toEqual({ kind: "written" });
  expect(readFileSync(at("a.csv"), "utf8")).toBe("one\ntwo\n");
});

test("the mode stays, and a link goes on leading to the file", () => {
  writeFileSync(at("a.csv"), "before");
  chmodSync(at("a.csv"), 0o640);
  symlinkSync(at("a.csv"), at("link.csv"));
  expect(replace(at("link.csv"), "after")).toEqual({ kind: "written" });
  expect([readFileSync(at("a.csv"), "utf8"), statSync(at("a.csv")).mode & 0o777, readdirSync(folder).sort()]).toEqual(["after", 0o640, ["a.csv", "link.csv"]]);
});

test("what is no file is not replaced by one", () => {
  expect(save(folder, "text")).toEqual({ kind: "failed", reason: "this is not a file" });
});

test("a folder that is not there is named, and so is a file", () => {
  for (const write of [save, append, create]) expect(write(at("nowhere/a.csv"), "text")).toEqual({ kind: "failed", reason: "there is no such folder" });
  expect(replace(at("a.csv"), "text")).toEqual({ kind: "failed", reason: "there is no such file" });
});
