import { describe, expect, test } from "vitest";
import { createDiskFiles } from "../../../server/src/lsp/disk-files";
import type { Disk } from "../../../server/src/lsp/host";

/** A disk in memory that counts how often it is asked. */
function disk(files: Record<string, string>) {
  const asked = { reads: 0, lists: 0 };
  const host: Disk = {
    readFile: (uri) => {
      asked.reads += 1;
      const text = files[uri];
      return text === undefined ? { kind: "failed", reason: "there is no such file" } : { kind: "text", text };
    },
    isInside: (uri, folders) => folders.some((folder) => uri.startsWith(folder)),
    findFiles: (folder) => {
      asked.lists += 1;
      return Promise.resolve(Object.keys(files).filter((uri) => uri.startsWith(folder)));
    },
  };
  const folders = () => ["file:///design/", "file:///design/inner/"];
  return { files, asked, known: createDiskFiles(host, { opened: folders, allowed: folders }) };
}

describe("files that no editor holds", () => {
  test("are read once, and again when they have changed", () => {
    const { files, asked, known } = disk({ "file:///design/a.dsco": "let a = 1\n" });
    expect(known.text("file:///design/a.dsco")).toBe("let a = 1\n");
    const first = known.load("file:///design/a.dsco");
    expect(known.load("file:///design/a.dsco")).toBe(first);
    expect(asked.reads).toBe(1);
    files["file:///design/a.dsco"] = "let b = 1\n";
    expect(known.text("file:///design/a.dsco")).toBe("let a = 1\n");
    known.forget(["file:///design/a.dsco"]);
    expect(known.text("file:///design/a.dsco")).toBe("let b = 1\n");
    expect(known.load("file:///design/a.dsco")).not.toBe(first);
  });

  test("are listed once, each once, until one of them changes", async () => {
    const { files, asked, known } = disk({ "file:///design/b.dsco": "", "file:///design/inner/a.dsco": "", "file:///other/c.dsco": "" });
    expect(await known.list()).toEqual(["file:///design/b.dsco", "file:///design/inner/a.dsco"]);
    await known.list();
    expect(asked.lists).toBe(2); // once a folder
    files["file:///design/a.dsco"] = "";
    known.forget(["file:///design/a.dsco"]);
    expect(await known.list()).toEqual(["file:///design/a.dsco", "file:///design/b.dsco", "file:///design/inner/a.dsco"]);
  });

  test("outside the workspace are not read", () => {
    const { asked, known } = disk({ "file:///other/c.dsco": "let c = 1\n" });
    expect(known.load("file:///other/c.dsco")).toEqual({ kind: "failed", reason: "it lies outside the workspace" });
    expect(known.text("file:///other/c.dsco")).toBeUndefined();
    expect(asked.reads).toBe(0);
  });

  test("reading again keeps the trees of texts that are the same, and says whether one is not", () => {
    const { files, known } = disk({ "file:///design/a.dsco": "let a = 1\n", "file:///design/b.dsco": "let b = 1\n" });
    const [a, b] = [known.load("file:///design/a.dsco"), known.load("file:///design/b.dsco")];
    expect(known.readAgain()).toBe(false);
    files["file:///design/b.dsco"] = "let c = 1\n";
    expect(known.readAgain()).toBe(true);
    expect(known.load("file:///design/a.dsco")).toBe(a);
    expect(known.load("file:///design/b.dsco")).not.toBe(b);
    delete files["file:///design/a.dsco"];
    expect(known.readAgain()).toBe(true);
    expect(known.load("file:///design/a.dsco")).toMatchObject({ kind: "failed" });
    expect(known.readAgain()).toBe(false);
  });
});
