import * as vscode from "vscode";
import * as assert from "./assert";
import { test, until } from "./harness";
import { answered, codeOf, edit, errorsOf, fixesAt, open, openText, rangeOf, symbolsOf } from "./workbench";

test("a mistake is marked while typing, and undo takes the mark away", async () => {
  const document = await open("deepseek-v3.dsco");
  await answered(document);
  assert.equal(errorsOf(document).length, 0);
  await edit(document, rangeOf(document, "hidden_size"), "hiden_size");
  const error = await until("the error at the misspelt key", () =>
    errorsOf(document).find(({ range }) => document.getText(range) === "hiden_size"),
  );
  assert.match(codeOf(error), /^DSCO\d{4}$/);
  assert.match(error.message, /hidden_size/, "the message names the key that was meant");
  await vscode.commands.executeCommand("undo");
  await until("no errors", () => errorsOf(document).length === 0);
});

test("a quick fix repairs a misspelt key", async () => {
  const document = await openText("fix.dsco", "model Small {\n  layers = 2\n  hiden_size = 64\n  vocab_size = 100\n\n  attention mha { heads = 4 }\n\n  ffn dense { intermediate_size = 256 }\n}\n");
  const error = await until("the error", () => errorsOf(document).find(({ range }) => document.getText(range) === "hiden_size"));
  const fix = (await fixesAt(document, error.range)).find(({ title }) => title.includes("hidden_size"));
  assert.ok(fix?.edit, "a fix with an edit is offered");
  assert.ok(await vscode.workspace.applyEdit(fix.edit));
  assert.match(document.getText(), /^ {2}hidden_size = 64$/m);
  await until("no errors", () => errorsOf(document).length === 0);
});

test("a quick fix repairs a routing limit", async () => {
  const document = await openText("routing.dsco", (await open("deepseek-v3.dsco")).getText());
  await answered(document);
  const text = document.getText();
  const groupLimit = /group_limit\s*= 4/.exec(text)?.[0];
  assert.ok(groupLimit, "the example limits the groups");
  // A token cannot go to more groups than there are.
  await edit(document, rangeOf(document, groupLimit), groupLimit.replace("4", "9"));
  const diagnostic = await until("the error at group_limit", () =>
    errorsOf(document).find(({ range }) => document.lineAt(range.start).text.includes("group_limit")),
  );
  const [fix] = await fixesAt(document, diagnostic.range);
  assert.ok(fix?.edit, "a fix with an edit is offered");
  assert.ok(await vscode.workspace.applyEdit(fix.edit));
  assert.notEqual(document.getText(), text.replace(groupLimit, groupLimit.replace("4", "9")), "the text changed");
  await until("the diagnostic to go", () => !vscode.languages.getDiagnostics(document.uri).some((other) => codeOf(other) === codeOf(diagnostic)));
  assert.deepEqual(errorsOf(document).map(({ message }) => message), []);
});

test("formatting lays a file out, and a second time changes nothing", async () => {
  const document = await openText("format.dsco", "model   Small{\nlayers=2\n   hidden_size   =64\nvocab_size=100\nattention mha{heads=4}\nffn dense{intermediate_size=256}\n}\n");
  await answered(document);
  const format = () =>
    vscode.commands.executeCommand<vscode.TextEdit[] | undefined>("vscode.executeFormatDocumentProvider", document.uri, { tabSize: 2, insertSpaces: true });
  const edits = await format();
  assert.ok(edits && edits.length > 0, "there is something to lay out");
  const change = new vscode.WorkspaceEdit();
  change.set(document.uri, edits);
  assert.ok(await vscode.workspace.applyEdit(change));
  assert.match(document.getText(), /^model Small \{$/m);
  assert.match(document.getText(), /^ {2}hidden_size\s+= 64$/m);
  assert.deepEqual((await format()) ?? [], []);
});

test("CRLF line ends keep their places and stay", async () => {
  const document = await openText("crlf.dsco", "model Small {\r\n  layers = 2\r\n  hiden_size = 64\r\n}\r\n");
  const error = await until("the error", () => errorsOf(document).find(({ range }) => document.getText(range) === "hiden_size"));
  assert.equal(error.range.start.line, 2);
  assert.equal(document.eol, vscode.EndOfLine.CRLF);
});

test("one broken line leaves the other declarations alive", async () => {
  const document = await openText("broken.dsco", "model First {\n  layers = = 2\n}\n\nmodel Second {\n  layers = 2\n}\n");
  await until("an error", () => errorsOf(document).length > 0);
  assert.deepEqual((await symbolsOf(document)).map(({ name }) => name), ["First", "Second"]);
});

test("completion offers the keys that a block may still have", async () => {
  const document = await openText("completion.dsco", "model Small {\n  layers = 2\n  h\n}\n");
  await answered(document);
  const list = await vscode.commands.executeCommand<vscode.CompletionList>("vscode.executeCompletionItemProvider", document.uri, new vscode.Position(2, 3));
  const labels = list.items.map(({ label }) => (typeof label === "string" ? label : label.label));
  assert.ok(labels.includes("hidden_size"), labels.join(", "));
  assert.ok(!labels.includes("layers"), "a key that is written already is not offered");
});

test("inlay hints show the defaults that were not written, unless a setting switches them off", async () => {
  const document = await open("deepseek-v3.dsco");
  await answered(document);
  const hints = async () => {
    const all = new vscode.Range(0, 0, document.lineCount, 0);
    const found = await vscode.commands.executeCommand<vscode.InlayHint[]>("vscode.executeInlayHintProvider", document.uri, all);
    return found.map(({ label }) => (typeof label === "string" ? label : label.map(({ value }) => value).join("")));
  };
  assert.ok((await hints()).some((label) => label.includes("gated = true")));
  const settings = vscode.workspace.getConfiguration("dsco");
  try {
    await settings.update("inlayHints.enabled", false, vscode.ConfigurationTarget.Workspace);
    await until("no hints", async () => (await hints()).length === 0);
  } finally {
    await settings.update("inlayHints.enabled", undefined, vscode.ConfigurationTarget.Workspace);
  }
  await until("the hints", async () => (await hints()).length > 0);
});
