import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findFiles } from "../../../server/src/hosts/files";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "dsco-files-"));
  for (const name of ["a.dsco", "b.txt", "deep/er/c.dsco", "node_modules/p/d.dsco", ".hidden/e.dsco", "é #1/f.dsco", "g.dsco.bak"]) {
    mkdirSync(path.join(folder, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(folder, name), "");
  }
  mkdirSync(path.join(folder, "folder.dsco"));
  // A link to the folder itself: a walk that follows it never ends.
  symlinkSync(folder, path.join(folder, "deep/loop"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("files are found in every folder below, but not in those of tools nor behind links", async () => {
  const found = (await findFiles(folder, ".dsco")).map((file) => path.relative(folder, file).replaceAll(path.sep, "/"));
  expect(found.sort()).toEqual(["a.dsco", "deep/er/c.dsco", "é #1/f.dsco"]);
});

test("a folder that is not there holds nothing", async () => {
  expect(await findFiles(path.join(folder, "nowhere"), ".dsco")).toEqual([]);
});
