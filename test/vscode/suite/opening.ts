import * as vscode from "vscode";
import * as assert from "./assert";
import { test, until } from "./harness";
import { answered, errorsOf, extension, inWorkspace, open, openText, write } from "./workbench";

test("opening a .dsco file activates the packaged extension", async () => {
  const dsco = await extension();
  const document = await open("deepseek-v3.dsco");
  assert.equal(document.languageId, "dsco");
  await until("the activation", () => dsco.isActive);
  assert.match(dsco.extensionPath, /dsco\.dsco-\d/, "it is the installed VSIX, not the source folder");
});

test("the example has no errors", async () => {
  const document = await open("deepseek-v3.dsco");
  await answered(document);
  assert.deepEqual(errorsOf(document).map(({ message }) => message), []);
});

test("the output channel dsco can be shown", async () => {
  const isShown = () => vscode.workspace.textDocuments.some(({ uri }) => uri.scheme === "output" && /dsco/.test(uri.path));
  // A panel that VS Code opens for the first time may come up with a channel of its own: then ask again.
  await until("the channel's document", async () => {
    await vscode.commands.executeCommand("dsco.showOutput");
    return until("the panel", isShown, 1000);
  });
});

test("an untitled document is checked", async () => {
  const document = await vscode.workspace.openTextDocument({ language: "dsco", content: "model Small {\n  layerz = 2\n}\n" });
  await vscode.window.showTextDocument(document);
  await until("its errors", () => errorsOf(document).length > 0);
});

test("an empty file opens without errors", async () => {
  const document = await openText("empty.dsco", "");
  assert.equal(document.languageId, "dsco");
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.deepEqual(errorsOf(document).map(({ message }) => message), []);
});

test("semantic tokens colour the example", async () => {
  const document = await open("deepseek-v3.dsco");
  const tokens = await until("semantic tokens", async () =>
    vscode.commands.executeCommand<vscode.SemanticTokens | undefined>("vscode.provideDocumentSemanticTokens", document.uri),
  );
  assert.ok(tokens.data.length >= 5 * 50, `${tokens.data.length / 5} tokens`);
  assert.equal(tokens.data.length % 5, 0);
});

test("a config becomes a model in a new document", async () => {
  await write("config.json", JSON.stringify({
    architectures: ["LlamaForCausalLM"], model_type: "llama", hidden_size: 64, num_hidden_layers: 2, num_attention_heads: 4, num_key_value_heads: 2,
    intermediate_size: 128, vocab_size: 100, max_position_embeddings: 256, tie_word_embeddings: false,
  }));
  await vscode.commands.executeCommand("dsco.importConfig", inWorkspace("config.json"));
  const document = await until("the model", () => vscode.window.activeTextEditor?.document.languageId === "dsco" && vscode.window.activeTextEditor.document.isUntitled && vscode.window.activeTextEditor.document);
  assert.match(document.getText(), /attention gqa \{[^}]*kv_heads += 2/);
});
