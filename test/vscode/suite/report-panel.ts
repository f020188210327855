import * as vscode from "vscode";
import { pageMilliseconds, test, until } from "./harness";
import { answered, open, positionOf } from "./workbench";

const panels = () => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs)
  .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith("dsco.report"));

test("dsco.openReportPanel opens one panel beside the editor, which follows the cursor", async () => {
  const document = await open("deepseek-v3.dsco");
  await answered(document);
  const editor = await vscode.window.showTextDocument(document);
  const goTo = (text: string) => {
    const cursor = positionOf(document, text);
    editor.selection = new vscode.Selection(cursor, cursor);
  };
  goTo("plan TrainV3");
  await vscode.commands.executeCommand("dsco.openReportPanel");
  await until("the plan in the title", () => panels().some(({ label }) => label === "TrainV3"), pageMilliseconds);
  goTo("model DeepSeekV3");
  await until("the model in the title", () => panels().some(({ label }) => label === "DeepSeekV3"), pageMilliseconds);
  await vscode.commands.executeCommand("dsco.openReportPanel");
  await until("one panel", () => panels().length === 1);
  await vscode.window.tabGroups.close(panels());
});
