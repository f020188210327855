import * as vscode from "vscode";
import * as assert from "./assert";
import { test, until } from "./harness";
import { answered, open } from "./workbench";

const pages = () => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).filter(({ label }) => label.includes("TrainV3.mfu"));

test("dsco.showExplanation opens a page and fills the tree; dsco.openExplanationPage opens the page of what the tree shows", async () => {
  const document = await open("deepseek-v3.dsco");
  await answered(document);
  await vscode.commands.executeCommand("dsco.showExplanation", { uri: document.uri.toString(), declaration: "TrainV3", metric: "mfu" });
  await until("the page", () => pages().length === 1);
  await vscode.window.tabGroups.close(pages());
  assert.equal(pages().length, 0);
  await vscode.commands.executeCommand("dsco.openExplanationPage");
  await until("the page again", () => pages().length === 1);
  await vscode.window.tabGroups.close(pages());
});
