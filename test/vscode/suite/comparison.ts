import * as vscode from "vscode";
import { test, until } from "./harness";
import { answered, edit, openText, positionOf, rangeOf } from "./workbench";

const dense = (name: string, size: number) => `model ${name} {
  layers = 2, hidden_size = 64, vocab_size = 100
  attention gqa { heads = 8, kv_heads = 2 }
  ffn dense { intermediate_size = ${size} }
}
`;

test("Compare With… sets the declaration under the cursor against a chosen one, on a page that follows the text", async () => {
  const document = await openText("compared.dsco", `${dense("Narrow", 128)}\n${dense("Broad", 256)}`);
  await answered(document);
  const editor = await vscode.window.showTextDocument(document);
  const cursor = positionOf(document, "intermediate_size");
  editor.selection = new vscode.Selection(cursor, cursor);
  const command = vscode.commands.executeCommand("dsco.compareWith");
  // Another comparison may be open from before.
  const page = () => vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === "dsco-comparison").map((each) => each.getText()).find((text) => text.includes("`Narrow`")) ?? "";
  // the other model of the file is the first of the list
  await until("the page", async () => {
    await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
    return page().includes("# model `Narrow` against `Broad`");
  });
  await command;
  await until("what differs", () => /`ffn dense\.intermediate_size` \|.*`128`.* \|.*`256`/.test(page()));
  await until("the tab", () => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).some(({ label }) => label.includes("Narrow against Broad")));
  await edit(document, rangeOf(document, "256"), "512");
  await until("the edit on the page", () => page().includes("`512`"));
});
