import * as vscode from "vscode";
import * as assert from "./assert";
import { test, until } from "./harness";
import { answered, errorsOf, extension, lensesOf, open } from "./workbench";

interface Manifest {
  readonly version: string;
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly walkthroughs: readonly { readonly steps: readonly { readonly description: string; readonly completionEvents: readonly string[] }[] }[];
  };
}

const manifest = async () => (await extension()).packageJSON as Manifest;
const labels = () => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).map(({ label }) => label);

test("every command of the palette and of the walkthrough exists", async () => {
  const { contributes: { commands, walkthroughs } } = await manifest();
  const steps = walkthroughs.flatMap((walkthrough) => walkthrough.steps);
  const named = [
    ...commands.map(({ command }) => command),
    ...steps.flatMap(({ description }) => [...description.matchAll(/\(command:([\w.]+)/g)].map(([, command]) => command ?? "")),
    ...steps.flatMap(({ completionEvents }) => completionEvents.map((event) => event.replace(/^onCommand:/, ""))),
  ];
  await open("deepseek-v3.dsco");
  const known = new Set(await vscode.commands.getCommands());
  assert.ok(named.length > 10, `${named.length} commands`);
  assert.deepEqual(named.filter((command) => !known.has(command)), []);
});

test("dsco.newDesign opens a plan without errors, with its figures above it", async () => {
  await vscode.commands.executeCommand("dsco.newDesign", "plan");
  const document = await until("the new document", () => {
    const found = vscode.window.activeTextEditor?.document;
    return found?.isUntitled && found.languageId === "dsco" && found.getText().includes("plan Train") ? found : undefined;
  });
  await answered(document);
  assert.deepEqual(errorsOf(document).map(({ message }) => message), []);
  await until("the lens", async () => (await lensesOf(document)).some(({ command }) => command?.title.includes("a step")));
});

test("dsco.report opens the figures of the file as a page", async () => {
  const document = await open("deepseek-v3.dsco");
  await answered(document);
  await vscode.commands.executeCommand("dsco.report");
  await until("the tab", () => labels().some((label) => label.includes("deepseek-v3.dsco report")));
  await until("the page", () => vscode.workspace.textDocuments.some(({ uri, getText }) => uri.scheme === "dsco-report" && getText().includes("671,026,419,200")));
});

test("dsco.explain asks which figure", async () => {
  const document = await open("deepseek-v3.dsco");
  await answered(document);
  const explained = Promise.resolve(vscode.commands.executeCommand("dsco.explain"));
  // The list has opened when its command is taken; the first figure of the file is chosen, as with the Enter key.
  await until("an explanation", async () => {
    await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
    return until("the tab", () => labels().some((label) => label.includes("DeepSeekV3.total_params")), 500);
  });
  await explained;
});

test("dsco.reportIssue gathers versions and the log in a document, and sends nothing", async () => {
  const { version } = await manifest();
  // The message that follows waits for an answer; the document is there before.
  await vscode.commands.executeCommand("dsco.reportIssue");
  const document = await until("the report", () => vscode.workspace.textDocuments.find(({ isUntitled, languageId }) => isUntitled && languageId === "markdown"));
  assert.ok(document.getText().includes(`* dsco ${version}`), document.getText());
  assert.ok(document.getText().includes(vscode.version));
});
