// What the editor asks for its report page, for "Explain a Figure…" and for "New Design".
import { describe, expect, test } from "vitest";
import type { DscoRequests } from "../../../server/src/lsp/protocol";
import { editorsOfTests } from "../../kit/editors-of-tests";
import type { InMemoryEditor } from "../../kit/in-memory-editor";
import { misspelt, tiny, tinyFigures } from "../cli/designs";
import { runIn } from "../cli/memory-host";

const uri = "file:///design/a%20b.dsco";
const startEditor = editorsOfTests();

async function start(text: string): Promise<InMemoryEditor> {
  const editor = await startEditor();
  editor.open(uri, text);
  return editor;
}

type Result<Method extends keyof DscoRequests> = DscoRequests[Method]["result"];

describe("dsco/report", () => {
  test("is the report of the command line, under the name of the file", async () => {
    const { output } = await runIn({ "a b.dsco": tiny }, ["report", "a b.dsco", "--format", "markdown"]);
    const page = (await (await start(tiny)).request<Result<"dsco/report">>("dsco/report", { uri }))?.markdown ?? "";
    expect(output).toContain("## model Tiny");
    // Where a context length is written: on the command line an option, in the editor a setting.
    expect(page).toBe(`# a b.dsco\n\n${output.replace("`--context`", "the setting `dsco.contextLength`")}`);
  });

  test("of a broken file says what is wrong", async () => {
    expect((await (await start(misspelt)).request<Result<"dsco/report">>("dsco/report", { uri }))?.markdown).toContain("DSCO2020");
  });
});

describe("dsco/reportPage", () => {
  test("is a page of one declaration that needs nothing else", async () => {
    const two = `${tiny}\n${tiny.replace("model Tiny", "model Other")}`;
    const page = (await (await start(two)).request<Result<"dsco/reportPage">>("dsco/reportPage", { uri, declaration: "Tiny" }))?.html ?? "";
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain('<h2 id="d0">model Tiny</h2>');
    expect(page).not.toContain("model Other</h2>");
    expect(page).not.toMatch(/<script|src=|href="http/);
  });

  test("of what is gone is none, of nothing is refused", async () => {
    const editor = await start(tiny);
    expect(await editor.request("dsco/reportPage", { uri, declaration: "Nobody" })).toBeNull();
    await expect(editor.request("dsco/reportPage", { uri })).rejects.toThrow("no declaration");
  });
});

describe("dsco/figures", () => {
  test("are those of each declaration, with their places", async () => {
    const found = await (await start(`let two = 2\n${tiny}`)).request<Result<"dsco/figures">>("dsco/figures", { uri });
    expect(found.map(({ declaration, kind, firstLine, lastLine }) => ({ declaration, kind, firstLine, lastLine }))).toEqual([
      { declaration: "Tiny", kind: "model", firstLine: 2, lastLine: 11 },
    ]);
    const values = new Map(found[0]?.figures.map(({ metric, value }) => [metric, value]));
    expect(values.get("kv_bytes_per_token")).toBe(`${tinyFigures.kv_bytes_per_token} B`);
    expect(found[0]?.figures.every(({ title, value }) => title !== "" && value !== "")).toBe(true);
  });

  test("are none of a text without declarations", async () => {
    expect(await (await start("let two = 2\n")).request("dsco/figures", { uri })).toEqual([]);
  });
});

describe("dsco/starter", () => {
  test.each(["model", "plan"])("%s is a design without errors or warnings, in canonical form, with figures", async (name) => {
    const { text } = await (await start("")).request<Result<"dsco/starter">>("dsco/starter", { name });
    expect(await runIn({ "new.dsco": text }, ["check", "new.dsco"])).toMatchObject({ code: 0, output: expect.stringMatching(/^no errors(, 1 note)? in 1 file$/m) as unknown });
    expect(await runIn({ "new.dsco": text }, ["fmt", "--check", "new.dsco"])).toMatchObject({ code: 0 });
    expect((await runIn({ "new.dsco": text }, ["report", "new.dsco"])).output).toMatch(name === "plan" ? /Step time/ : /671|Parameters/);
  });

  test.each([[{}], [null], [{ name: "constructor" }], [{ name: 7 }]])("%j is refused and is no fault", async (params) => {
    await expect((await start("")).request("dsco/starter", params)).rejects.toThrow(/no design to start from|The request names nothing/);
  });
});
