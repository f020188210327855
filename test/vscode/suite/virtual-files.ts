import * as vscode from "vscode";
import * as assert from "./assert";
import { test, until } from "./harness";
import { answered, codeOf, errorsOf, fixesAt, hoverAt, inWorkspace, lensesOf, openText, positionOf, write } from "./workbench";

const model = (width: string) => `import { ${width} } from "./parts/width.dsco"

model Small {
  layers = 2
  hidden_size = width
  vocab_size = 100

  attention mha { heads = 4 }

  ffn dense { intermediate_size = 256 }
}
`;

test("the editor is a browser without Node and without a disk", () => {
  assert.equal(vscode.env.uiKind, vscode.UIKind.Web);
  assert.equal(typeof process === "undefined" || process.versions?.node === undefined, true);
  assert.notEqual(inWorkspace("").scheme, "file");
  return Promise.resolve();
});

test("an import of a file on a virtual file system has hover, lens, squiggle and quick fix", async () => {
  await write("parts/width.dsco", "let width = 64\n");
  const document = await openText("virtual.dsco", model("width"));
  await answered(document);
  // 2 layers x 64 wide in bf16, K and V: 2 x 2 x 64 x 2 B = 512 B a token.
  assert.match(await hoverAt(document, positionOf(document, "model Small", "model S".length)), /512 B/);
  await until("the lens", async () => (await lensesOf(document)).some(({ command }) => command?.title.includes("512 B")));
  assert.deepEqual(errorsOf(document).map(({ message }) => message), []);
  const misspelt = await openText("misspelt.dsco", model("widht as width"));
  const error = await until("the squiggle", () => errorsOf(misspelt).find(({ range }) => range.start.line === 0));
  assert.match(codeOf(error), /^DSCO2\d{3}$/);
  const [fix] = await fixesAt(misspelt, error.range);
  assert.ok(fix?.edit, "a fix with an edit is offered");
  assert.match(fix.title, /`width`/);
  assert.ok(await vscode.workspace.applyEdit(fix.edit));
  assert.match(misspelt.getText(), /^import \{ width as width \}/);
});

test("the restart command starts a new worker, which knows the open files", async () => {
  const document = await openText("restarted.dsco", model("width"));
  await answered(document);
  await vscode.commands.executeCommand("dsco.restartServer");
  await answered(document);
  assert.match(await hoverAt(document, positionOf(document, "model Small", "model S".length)), /512 B/);
});
