import * as vscode from "vscode";
import * as assert from "./assert";
import { pageMilliseconds, test, until } from "./harness";
import { answered, edit, hoverAt, lensesOf, open, openText, positionOf, rangeOf } from "./workbench";

const lensesOver = async (document: vscode.TextDocument, text: string) => {
  const { line } = positionOf(document, text);
  return (await lensesOf(document)).filter(({ range }) => range.start.line === line).map(({ command }) => command?.title ?? "").join(" · ");
};

test("the hover on kv_lora_rank shows the model's KV cache of a token", async () => {
  const document = await open("deepseek-v3.dsco");
  await answered(document);
  assert.match(await hoverAt(document, positionOf(document, "kv_lora_rank", 1)), /70\.27 KB \(70,272 B\)/);
});

test("a figure in a hover is a link to its explanation, and VS Code trusts it", async () => {
  const document = await open("deepseek-v3.dsco");
  await answered(document);
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    "vscode.executeHoverProvider", document.uri, positionOf(document, "kv_lora_rank", 1),
  );
  const content = hovers.flatMap(({ contents }) => contents).find((part) => part instanceof vscode.MarkdownString && part.value.includes("70.27 KB"));
  assert.ok(content instanceof vscode.MarkdownString);
  assert.match(content.value, /\(command:dsco\.showExplanation\?[^)]*kv_bytes_per_token/);
  assert.deepEqual(content.isTrusted, { enabledCommands: ["dsco.showExplanation"] });
});

test("the hover on the model's name shows its parameters", async () => {
  const document = await open("deepseek-v3.dsco");
  await answered(document);
  assert.match(await hoverAt(document, positionOf(document, "model DeepSeekV3", "model D".length)), /671\.0\s?B/);
});

test("lenses above the model show total, active, KV and training FLOPs", async () => {
  const document = await open("deepseek-v3.dsco");
  await answered(document);
  const title = await until("the lenses", async () => (await lensesOver(document, "model DeepSeekV3")) || undefined);
  assert.match(title, /671\.0\s?B/);
  assert.match(title, /37\.\d+\s?B/);
  assert.match(title, /70\.27 KB/);
  assert.match(title, /250\.\d GFLOP/);
});

test("the lenses follow an edit", async () => {
  const document = await openText("lens.dsco", dense(61));
  const before = await until("the lenses", async () => (await lensesOver(document, "model Dense")) || undefined);
  await edit(document, rangeOf(document, "61"), "122");
  // 2 (K and V) x 8 heads x 128 x 2 bytes = 4,096 bytes a layer and token.
  assert.match(before, /249\.9 KB/);
  await until("twice the cache", async () => /499\.7 KB/.test(await lensesOver(document, "model Dense")));
});

test("a setting switches the lenses off and on", async () => {
  const document = await open("deepseek-v3.dsco");
  await answered(document);
  const settings = vscode.workspace.getConfiguration("dsco");
  try {
    await settings.update("codeLens.enabled", false, vscode.ConfigurationTarget.Workspace);
    await until("no lenses", async () => (await lensesOf(document)).length === 0);
  } finally {
    await settings.update("codeLens.enabled", undefined, vscode.ConfigurationTarget.Workspace);
  }
  await until("the lenses", async () => (await lensesOf(document)).length > 0);
});

test("the command of a lens opens the explanation of its figure, which follows the text", async () => {
  const document = await openText("explained.dsco", dense(61));
  await answered(document);
  const lens = (await lensesOf(document)).find(({ command }) => command?.command === "dsco.showExplanation" && /KV/i.test(command.title));
  assert.ok(lens?.command, "a lens offers the explanation of the KV cache");
  await vscode.commands.executeCommand(lens.command.command, ...(lens.command.arguments ?? []));
  await until("the tab", () => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).some(({ label }) => label.includes("kv_bytes_per_token")));
  const explanation = () => vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === "dsco-explanation")?.getText() ?? "";
  await until("61 layers x 4,096 bytes", () => explanation().includes("249,856"));
  await vscode.window.showTextDocument(document);
  await edit(document, rangeOf(document, "61"), "122");
  await until("122 layers x 4,096 bytes", () => explanation().includes("499,712"));
});

test("the actions behind the figures run: a report, and the choice of what a model is compared with", async () => {
  const document = await openText("actions.dsco", dense(61));
  await answered(document);
  const run = async (title: string) => {
    const lens = await until(title, async () => (await lensesOf(document)).find(({ command }) => command?.title === title));
    return Promise.resolve(vscode.commands.executeCommand(lens.command?.command ?? "", ...((lens.command?.arguments ?? []) as unknown[])));
  };
  const labels = () => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).map(({ label }) => label);
  await run("Report");
  await until("the panel", () => labels().includes("Dense"), pageMilliseconds);
  const compared = run("Compare…");
  await until("a comparison", async () => {
    await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
    return until("the tab", () => labels().some((label) => label.includes("Dense against ")), 500);
  });
  await compared;
});

function dense(layers: number): string {
  return `model Dense {
  layers      = ${layers}
  hidden_size = 4096
  vocab_size  = 32_000

  attention gqa { heads = 32, kv_heads = 8, head_dim = 128 }

  ffn dense { intermediate_size = 14_336 }

  precision { weights = bf16 }
}
`;
}
