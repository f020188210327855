import * as vscode from "vscode";
import * as assert from "./assert";
import { test, until } from "./harness";
import { answered, errorsOf, open, openText, positionOf, symbolsOf, write } from "./workbench";

test("the outline names the declarations and their blocks", async () => {
  const document = await open("deepseek-v3.dsco");
  await answered(document);
  const model = (await symbolsOf(document)).find(({ name }) => name.includes("DeepSeekV3"));
  assert.ok(model, "the model is in the outline");
  assert.ok(model.range.contains(positionOf(document, "kv_lora_rank")), "its range is the whole declaration");
  assert.ok(model.children.some(({ name }) => name.includes("attention")), `its blocks: ${model.children.map(({ name }) => name).join(", ")}`);
});

test("declarations and blocks fold", async () => {
  const document = await open("deepseek-v3.dsco");
  await answered(document);
  const ranges = await vscode.commands.executeCommand<vscode.FoldingRange[]>("vscode.executeFoldingRangeProvider", document.uri);
  const starts = ranges.map(({ start }) => start);
  assert.ok(starts.includes(positionOf(document, "model DeepSeekV3").line), "the model folds");
  assert.ok(starts.includes(positionOf(document, "attention mla").line), "a block folds");
});

test("a definition in the standard library opens as a read-only document", async () => {
  const document = await openText("definition.dsco", 'import { H800 } from "std:hardware/nvidia"\n\nhardware Cluster {\n  gpu           = H800\n  gpus_per_node = 8\n  nodes         = 256\n}\n');
  await answered(document);
  const found = await until("a definition", async () => {
    const [first] = await vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[]>(
      "vscode.executeDefinitionProvider", document.uri, positionOf(document, "= H800", 2),
    );
    return first;
  });
  const { uri, range } = "targetUri" in found ? { uri: found.targetUri, range: found.targetRange } : found;
  assert.equal(uri.toString(), "dsco-std:/hardware/nvidia.dsco");
  const library = await vscode.workspace.openTextDocument(uri);
  assert.equal(library.languageId, "dsco");
  assert.match(library.lineAt(range.start).text, /H800/);
  await vscode.window.showTextDocument(library);
  assert.equal(vscode.workspace.fs.isWritableFileSystem("dsco-std"), undefined, "there is no file system to write to");
});

test("a relative import leads to the other file, and follows its changes", async () => {
  await write("library.dsco", "let heads_of_all = 4\n");
  const document = await openText("user.dsco", 'import { heads_of_all } from "./library.dsco"\n\nmodel Small {\n  layers = 2\n  hidden_size = 64\n  vocab_size = 100\n\n  attention mha { heads = heads_of_all }\n\n  ffn dense { intermediate_size = 256 }\n}\n');
  await answered(document);
  const [found] = await vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[]>(
    "vscode.executeDefinitionProvider", document.uri, positionOf(document, "= heads_of_all", 3),
  );
  assert.ok(found, "a definition");
  assert.match(("targetUri" in found ? found.targetUri : found.uri).path, /\/library\.dsco$/);
  assert.deepEqual(errorsOf(document).map(({ message }) => message), []);
  await write("library.dsco", "let heads_of_none = 4\n");
  await until("the error at the import", () => errorsOf(document).some(({ range }) => range.start.line === 0));
});
