import * as vscode from "vscode";
import * as assert from "./assert";
import { test, until } from "./harness";
import { answered, edit, extension, open, openText, rangeOf } from "./workbench";

const names = ["dsco_check", "dsco_report", "dsco_explain", "dsco_what_if", "dsco_compare", "dsco_sweep", "dsco_list_std", "dsco_language"];

/** What the tool hands to the model. */
async function invoke(name: string, input: object): Promise<string> {
  const result = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
  return result.content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : "")).join("");
}

test("language models are offered the tools, each with the schema of its input", async () => {
  await open("deepseek-v3.dsco");
  const dsco = await extension();
  await until("the activation", () => dsco.isActive);
  const offered = await until("the tools", () => {
    const found = vscode.lm.tools.filter(({ name }) => name.startsWith("dsco_"));
    return found.length === names.length ? found : undefined;
  });
  assert.deepEqual(offered.map(({ name }) => name).toSorted(), names.toSorted());
  for (const { description, inputSchema, tags } of offered) {
    assert.match(description, /dsco/);
    assert.equal((inputSchema as { type?: string } | undefined)?.type, "object");
    assert.deepEqual(tags, ["dsco"]);
  }
});

test("a tool answers from the text in the editor, unsaved", async () => {
  const document = await openText("tool.dsco", "model Small {\n  layers = 2\n  hidden_size = 64\n  vocab_size = 100\n\n  attention mha { heads = 4 }\n\n  ffn dense { intermediate_size = 256 }\n}\n");
  await answered(document);
  assert.match(await invoke("dsco_check", { file: "tool.dsco" }), /no errors/);
  await edit(document, rangeOf(document, "hidden_size"), "hiden_size");
  assert.ok(document.isDirty);
  await until("the error", async () => /error DSCO2020/.test(await invoke("dsco_check", { file: "tool.dsco" })));
  assert.match(await invoke("dsco_what_if", { file: "tool.dsco", edits: [{ old_text: "hiden_size", new_text: "hidden_size" }] }), /No longer found/);
  assert.match(document.getText(), /hiden_size/, "nothing is written");
});

test("a tool says to the model what was wrong with its question", async () => {
  await assert.rejects(invoke("dsco_check", { file: "nowhere.dsco" }), /there is no such file/);
  await assert.rejects(invoke("dsco_what_if", { text: "let a = 1\n", set: ["b=2"] }), /there is no declaration `b`/);
});

test("a tool reads the standard library and the reference of the language without a file", async () => {
  assert.match(await invoke("dsco_list_std", { name: "H800" }), /gpu H800/);
  assert.match(await invoke("dsco_language", {}), /^dsco describes a large language model/);
  assert.match(await invoke("dsco_report", { file: "std:models/deepseek", declarations: ["DeepSeekV3"] }), /kv_bytes_per_token = 70\.27 KB/);
});
