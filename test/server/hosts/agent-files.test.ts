// What the tools of language models may read of a disk.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { folderFiles, foldersToRead } from "../../../server/src/hosts/agent-files";

let root: string;
const at = (...parts: readonly string[]) => path.join(root, ...parts);
const address = (...parts: readonly string[]) => pathToFileURL(at(...parts)).href;

beforeAll(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), "dsco-agent-files-")));
  for (const folder of ["designs/sub", "more", "outside"]) mkdirSync(at(folder), { recursive: true });
  writeFileSync(at("designs/a.dsco"), "let a = 1\n");
  writeFileSync(at("designs/sub/ä b.dsco"), "let b = 1\n");
  writeFileSync(at("more/c.dsco"), "let c = 1\n");
  writeFileSync(at("outside/secret.dsco"), "let secret = 1\n");
  symlinkSync(at("outside/secret.dsco"), at("designs/link.dsco"));
  symlinkSync(at("outside"), at("designs/linked"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("one folder", () => {
  const files = () => folderFiles([at("designs")]);

  it.each([["a.dsco"], ["./a.dsco"], ["sub/../a.dsco"]])("%s is a file of it", (asked) => {
    expect(files().resolve(asked)).toEqual({ kind: "file", uri: address("designs/a.dsco") });
  });

  it("takes absolute paths and addresses of files inside it", () => {
    expect(files().resolve(at("designs/a.dsco"))).toEqual({ kind: "file", uri: address("designs/a.dsco") });
    expect(files().resolve(address("designs/sub/ä b.dsco"))).toEqual({ kind: "file", uri: address("designs/sub/ä b.dsco") });
  });

  it.each([
    ["../outside/secret.dsco"], ["sub/../../outside/secret.dsco"], ["link.dsco"], ["linked/secret.dsco"], ["linked/not-there.dsco"], ["/etc/hosts.dsco"], [".."],
  ])("%s leads out and is refused", (asked) => {
    expect(files().resolve(asked)).toMatchObject({ kind: "refused", reason: expect.stringContaining(`outside the folder that may be read: ${at("designs")}`) as unknown });
  });

  it("refuses the address of a file outside, and what is no address", () => {
    expect(files().resolve(address("outside/secret.dsco")).kind).toBe("refused");
    expect(files().resolve("file://host/share/a.dsco").kind).toBe("refused");
  });

  it("bounds imports in the same way", () => {
    expect(files().load(address("outside/secret.dsco"))).toMatchObject({ kind: "failed", reason: expect.stringContaining("outside") as unknown });
    expect(files().load(address("designs/link.dsco"))).toMatchObject({ kind: "failed" });
    expect(files().load("https://example.org/a.dsco")).toMatchObject({ kind: "failed" });
    expect(files().load(address("designs/a.dsco"))).toMatchObject({ kind: "source", source: { text: "let a = 1\n" } });
    expect(files().load(address("designs/none.dsco"))).toMatchObject({ kind: "failed", reason: "there is no such file" });
  });

  it("lists its designs by names that it takes again, links left out", async () => {
    const listed = await files().list();
    expect(listed).toEqual(["a.dsco", path.join("sub", "ä b.dsco")]);
    for (const name of listed) expect(files().resolve(name).kind).toBe("file");
    expect(files().show(address("designs/sub/ä b.dsco"))).toBe(path.join("sub", "ä b.dsco"));
  });

  it("reads each time: an agent edits and asks again", () => {
    const one = files();
    writeFileSync(at("designs/changing.dsco"), "let a = 1\n");
    expect(one.load(address("designs/changing.dsco"))).toMatchObject({ source: { text: "let a = 1\n" } });
    writeFileSync(at("designs/changing.dsco"), "let a = 2\n");
    expect(one.load(address("designs/changing.dsco"))).toMatchObject({ source: { text: "let a = 2\n" } });
    rmSync(at("designs/changing.dsco"));
  });
});

it("of several folders, a relative path is in the first that has it", async () => {
  const files = folderFiles([at("designs"), at("more")]);
  expect(files.resolve("c.dsco")).toEqual({ kind: "file", uri: address("more/c.dsco") });
  expect(files.resolve("new.dsco")).toEqual({ kind: "file", uri: address("designs/new.dsco") });
  expect(files.show(address("more/c.dsco"))).toBe(at("more/c.dsco"));
  expect(await files.list()).toContain(at("more/c.dsco"));
  expect(files.folder).toBe(`${address("designs")}/`);
});

it("without a folder there are texts alone", async () => {
  const files = folderFiles([]);
  expect(files.resolve("a.dsco")).toMatchObject({ kind: "refused", reason: expect.stringContaining("without a folder") as unknown });
  expect(files.load(address("designs/a.dsco"))).toMatchObject({ kind: "failed" });
  expect(await files.list()).toEqual([]);
  expect(files.folder).toBeUndefined();
});

it("the folders are those named, else the current one", () => {
  expect(foldersToRead(["x"])).toEqual([path.resolve("x")]);
  expect(foldersToRead([])).toEqual([process.cwd()]);
});
