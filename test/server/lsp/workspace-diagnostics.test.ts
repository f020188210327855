// The diagnostics of files that nobody has opened.
import { describe, expect, test } from "vitest";
import { editorsOfTests } from "../../kit/editors-of-tests";
import type { FoundDiagnostic, InMemoryEditor } from "../../kit/in-memory-editor";

interface Report {
  readonly kind: "full" | "unchanged";
  readonly uri: string;
  readonly version: number | null;
  readonly resultId: string;
  readonly items?: readonly FoundDiagnostic[];
}

const startEditor = editorsOfTests();
const at = (name: string) => `file:///design/${name}`;
const files = { "sizes.dsco": "let heads = 4\n", "user.dsco": 'import { heads } from "./sizes.dsco"\nlet twice = 2 * heads\n', "wrong.dsco": "// é\nlet a = b\n" };

const ask = async (editor: InMemoryEditor, known: readonly Report[] = []): Promise<readonly Report[]> =>
  (await editor.request<{ readonly items: readonly Report[] }>("workspace/diagnostic", { previousResultIds: known.map(({ uri, resultId }) => ({ uri, value: resultId })) })).items;

const codes = (reports: readonly Report[]) => Object.fromEntries(reports.map(({ uri, kind, items }) => [uri.replace(at(""), ""), kind === "unchanged" ? kind : (items ?? []).map(({ code }) => code)]));

const written = (editor: InMemoryEditor, name: string, text: string | undefined): void => {
  if (text === undefined) editor.disk.delete(at(name));
  else editor.disk.set(at(name), text);
  editor.notify("workspace/didChangeWatchedFiles", { changes: [{ uri: at(name), type: text === undefined ? 3 : 2 }] });
};

/** Whether a question has been answered while the server had the time to. */
const isAnswered = (question: Promise<unknown>): Promise<boolean> => Promise.race([question.then(() => true, () => true), new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 500))]);

test("are those of every file of the folder, the open ones with their versions", async () => {
  const editor = await startEditor(files);
  editor.open(at("wrong.dsco"), "let a = c\n");
  editor.open("untitled:Untitled-1", "let a = d\n");
  const reports = await ask(editor);
  expect(codes(reports)).toEqual({ "sizes.dsco": [], "user.dsco": [], "wrong.dsco": ["DSCO2007"], "untitled:Untitled-1": ["DSCO2007"] });
  expect(reports.map(({ version }) => version)).toEqual([null, null, 1, 1]);
  expect(reports.find(({ uri }) => uri === at("wrong.dsco"))?.items?.[0]).toMatchObject({ message: expect.stringContaining("`c`") as unknown, range: { start: { line: 0, character: 8 } } });
});

describe("an editor that has them", () => {
  test("is answered when one of them is another, and told that one alone", async () => {
    const editor = await startEditor(files);
    const before = await ask(editor);
    expect(codes(before)).toEqual({ "sizes.dsco": [], "user.dsco": [], "wrong.dsco": ["DSCO2007"] });
    const next = ask(editor, before);
    expect(await isAnswered(next)).toBe(false);
    written(editor, "sizes.dsco", "let head = 4\n");
    expect(codes(await next)).toEqual({ "sizes.dsco": "unchanged", "user.dsco": ["DSCO2002"], "wrong.dsco": "unchanged" });
  });

  test("is not answered where a change changes nothing of them", async () => {
    const editor = await startEditor(files);
    const next = ask(editor, await ask(editor));
    written(editor, "sizes.dsco", "let heads = 8\n");
    expect(await isAnswered(next)).toBe(false);
    written(editor, "sizes.dsco", "let heads = none\n");
    expect(codes(await next)["sizes.dsco"]).toEqual(["DSCO2007"]);
  });

  test("is told once that those of a file are gone with it, and has those of one that comes", async () => {
    const editor = await startEditor(files);
    const before = await ask(editor);
    written(editor, "wrong.dsco", undefined);
    const after = await ask(editor, before);
    expect(codes(after)).toEqual({ "sizes.dsco": "unchanged", "user.dsco": "unchanged", "wrong.dsco": [] });
    const next = ask(editor, after);
    expect(await isAnswered(next)).toBe(false);
    written(editor, "new.dsco", "let a = b\n");
    expect(codes(await next)).toEqual({ "sizes.dsco": "unchanged", "user.dsco": "unchanged", "new.dsco": ["DSCO2007"] });
  });

  test("has those of an open document from its own question", async () => {
    const editor = await startEditor(files);
    const file = editor.open(at("wrong.dsco"), files["wrong.dsco"]);
    const own = await editor.request<Report>("textDocument/diagnostic", file.document);
    expect(codes(await ask(editor, [{ ...own, uri: at("wrong.dsco") }]))["wrong.dsco"]).toBe("unchanged");
    file.replace("let a = b", "let a = 1");
    expect(codes(await ask(editor, [{ ...own, uri: at("wrong.dsco") }]))["wrong.dsco"]).toEqual([]);
    file.replace("let a = 1", "let a = b");
    expect(await editor.request<Report>("textDocument/diagnostic", { ...file.document, previousResultId: own.resultId })).toEqual({ kind: "unchanged", resultId: own.resultId });
  });

  test("of which nobody is left: the question ends with an error", async () => {
    const editor = await startEditor(files);
    const known = (await ask(editor)).map(({ uri, resultId }) => ({ uri, value: resultId }));
    const cancelled = editor.send("workspace/diagnostic", { previousResultIds: known });
    const left = editor.send("workspace/diagnostic", { previousResultIds: known });
    editor.notify("$/cancelRequest", { id: cancelled });
    expect((await editor.answer(cancelled)).error?.code).toBe(-32800);
    await editor.request("shutdown", undefined);
    expect((await editor.answer(left)).error?.code).toBe(-32800);
  });
});

describe("a document that is closed", () => {
  const closed = async (editor: InMemoryEditor) => {
    const file = editor.open(at("wrong.dsco"), "let a = b\n");
    editor.open(at("sizes.dsco"), files["sizes.dsco"]);
    expect((await file.diagnostics()).map(({ code }) => code)).toEqual(["DSCO2007"]);
    file.close();
    return (await file.diagnostics()).map(({ code }) => code);
  };

  test("keeps those of its file where that belongs to the folder", async () => {
    expect(await closed(await startEditor(files))).toEqual(["DSCO2007"]);
  });

  test("has none where it belongs to nothing, though it may be read", async () => {
    expect(await closed(await startEditor(files, { workspaceFolders: null }))).toEqual([]);
  });
});

test("severities are those of the folder, of which the editor is asked once", async () => {
  const editor = await startEditor(files, { capabilities: { textDocument: { diagnostic: {} } }, initializationOptions: { diagnostics: { severity: { DSCO2007: "off" } } } });
  expect(codes(await ask(editor))["wrong.dsco"]).toEqual([]);
  const asking = await startEditor(files);
  await ask(asking);
  expect(asking.asked.filter((method) => method === "workspace/configuration")).toHaveLength(1);
});

test.each([[{}], [{ previousResultIds: 7 }], [{ previousResultIds: [{ uri: 7, value: "" }] }]])("%j is refused", async (params) => {
  await expect((await startEditor(files)).request("workspace/diagnostic", params)).rejects.toThrow("no results");
});
