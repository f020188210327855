import { expect, test } from "vitest";
import { createEditorFiles } from "../../../server/src/lsp/editor-files";
import type { ReadFileAnswer } from "../../../server/src/lsp/protocol";

/** An editor that answers when it is told to. */
function editor(names: readonly string[] = []) {
  const reads: { readonly uri: string; readonly answer: (answer: ReadFileAnswer) => void; readonly refuse: () => void }[] = [];
  const arrived: string[] = [];
  const folders = () => ["memfs:/design/"];
  const reader = {
    readFile: (uri: string) => new Promise<ReadFileAnswer>((resolve, reject) => reads.push({ uri, answer: resolve, refuse: () => reject(new Error("gone")) })),
    findFiles: () => Promise.resolve(names),
  };
  return { reads, arrived, files: createEditorFiles(() => reader, { opened: folders, allowed: folders }, (uri) => arrived.push(uri)) };
}

const a = "memfs:/design/a.dsco";
const b = "memfs:/design/b.dsco";
const text = (value: string): ReadFileAnswer => ({ kind: "text", text: value });

test("a file is asked for once, is pending until it arrives, and keeps its tree", async () => {
  const { reads, arrived, files } = editor();
  expect(files.load(a)).toEqual({ kind: "pending" });
  expect(files.load(a)).toEqual({ kind: "pending" });
  expect(files.text(a)).toBeUndefined();
  expect(reads.map(({ uri }) => uri)).toEqual([a]);
  reads[0]?.answer(text("let a = 1\n"));
  await files.arriving([a, b]);
  expect(arrived).toEqual([a]);
  expect(files.arriving([a])).toBeUndefined();
  expect(files.load(a)).toMatchObject({ kind: "source", source: { text: "let a = 1\n" } });
  expect(files.load(a)).toBe(files.load(a));
});

test("what was read before a file changed is dropped when it comes late", async () => {
  const { reads, arrived, files } = editor();
  files.load(a);
  files.forget([a]);
  files.load(a);
  reads[1]?.answer(text("let new = 1\n"));
  await files.arriving([a]);
  reads[0]?.answer(text("let old = 1\n"));
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(arrived).toEqual([a]);
  expect(files.text(a)).toBe("let new = 1\n");
});

test("a request that fails is a file that cannot be read", async () => {
  const { reads, files } = editor();
  files.load(a);
  reads[0]?.refuse();
  await files.arriving([a]);
  expect(files.load(a)).toEqual({ kind: "failed", reason: "the editor cannot read it" });
});

test.each([["missing", "there is no such file"], ["folder", "this is a directory"], ["forbidden", "it may not be read"], ["not-text", "it is not UTF-8 text"]] as const)(
  "%s is said in words", async (reason, words) => {
    const { reads, files } = editor();
    files.load(a);
    reads[0]?.answer({ kind: "failed", reason });
    await files.arriving([a]);
    expect(files.load(a)).toEqual({ kind: "failed", reason: words });
  });

test("the list of all files comes with their texts, once, until one changes", async () => {
  const { reads, files } = editor([b, a, a]);
  const list = files.list();
  await expect.poll(() => reads.length).toBe(2);
  for (const { uri, answer } of reads) answer(text(`// ${uri}\n`));
  expect(await list).toEqual([a, b]);
  expect(files.text(b)).toBe(`// ${b}\n`);
  expect(files.list()).toBe(list);
  files.forget([a]);
  expect(files.list()).not.toBe(list);
});
