import * as vscode from "vscode";
import * as assert from "./assert";
import { pageMilliseconds, test, until } from "./harness";
import { answered, openText, positionOf } from "./workbench";

const text = `import { DeepSeekV3 } from "std:models/deepseek"
import { H800Cluster } from "std:clusters/deepseek"
hardware Unit extends H800Cluster { nodes = 32 }
parallelism Wide { ep = 128 }
workload Chat { phase = decode, context_length = 4096, batch_per_gpu = 64 }
plan Serve { model = DeepSeekV3, hardware = Unit, parallelism = Wide, workload = Chat }
sweep Batches of Serve {
  workload.batch_per_gpu = [16, 32, 64]
  minimize tpot
}
`;

const panels = () => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs)
  .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith("dsco.sweep"));

test("a lens above a sweep says how many designs it has; dsco.runSweep opens one panel for it, beside the editor", async () => {
  const document = await openText("sweep.dsco", text);
  await answered(document);
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>("vscode.executeCodeLensProvider", document.uri);
  const lens = lenses.find(({ command }) => command?.command === "dsco.runSweep")?.command;
  assert.equal(lens?.title, "Run · 3 designs");
  const editor = await vscode.window.showTextDocument(document);
  const cursor = positionOf(document, "minimize");
  editor.selection = new vscode.Selection(cursor, cursor);
  await vscode.commands.executeCommand("dsco.runSweep");
  await until("the sweep in the title", () => panels().some(({ label }) => label === "Batches"), pageMilliseconds);
  await vscode.commands.executeCommand("dsco.runSweep", ...(lens?.arguments ?? []));
  await until("one panel", () => panels().length === 1);
  assert.equal(vscode.window.activeTextEditor?.document.uri.toString(), document.uri.toString());
  await vscode.window.tabGroups.close(panels());
});
