import * as vscode from "vscode";
import * as assert from "./assert";
import { test, until } from "./harness";
import { answered, errorsOf, inWorkspace, open, openText, positionOf, symbolsOf, write } from "./workbench";

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

test("references and a new name reach the files that are not open, and a renamed file is found by its imports", async () => {
  await write("sizes.dsco", "// 🚀\nlet heads_everywhere = 4\n");
  await write("closed.dsco", 'import { heads_everywhere as own } from "./sizes.dsco"\nlet twice = 2 * own\n');
  const document = await openText("names.dsco", 'import { heads_everywhere } from "./sizes.dsco"\n\nlet more = heads_everywhere + 1\n');
  await answered(document);
  const position = positionOf(document, "= heads_everywhere", 4);
  const fileOf = ({ path }: vscode.Uri) => path.slice(path.lastIndexOf("/") + 1);
  const places = await until("references in three files", async () => {
    const found = await vscode.commands.executeCommand<vscode.Location[]>("vscode.executeReferenceProvider", document.uri, position);
    return new Set(found.map(({ uri }) => fileOf(uri))).size === 3 && found;
  });
  assert.equal(places.length, 6, "the declaration, two imports, an alias and two uses");

  const renaming = await vscode.commands.executeCommand<vscode.WorkspaceEdit>("vscode.executeDocumentRenameProvider", document.uri, position, "heads");
  assert.ok(await vscode.workspace.applyEdit(renaming), "the edit was applied");
  assert.equal(document.getText(), 'import { heads } from "./sizes.dsco"\n\nlet more = heads + 1\n');
  const closed = await vscode.workspace.openTextDocument(inWorkspace("closed.dsco"));
  assert.equal(closed.getText(), 'import { heads as own } from "./sizes.dsco"\nlet twice = 2 * own\n');
  assert.equal((await vscode.workspace.openTextDocument(inWorkspace("sizes.dsco"))).getText(), "// 🚀\nlet heads = 4\n");
  await until("no error", () => errorsOf(document).length === 0);

  const move = new vscode.WorkspaceEdit();
  move.renameFile(inWorkspace("sizes.dsco"), inWorkspace("deep/all sizes.dsco"));
  assert.ok(await vscode.workspace.applyEdit(move), "the file was renamed");
  await until("the import of the file's new name", () => document.getText().startsWith('import { heads } from "./deep/all sizes.dsco"'));
  await until("no error", () => errorsOf(document).length === 0);
  await vscode.workspace.saveAll();
});
