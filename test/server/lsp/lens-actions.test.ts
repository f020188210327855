// What lenses offer beside figures, and to whom.
import { expect, test } from "vitest";
import { editorsOfTests } from "../../kit/editors-of-tests";
import { smallPlans } from "../../kit/plans";

const uri = "file:///design/a.dsco";
const startEditor = editorsOfTests();

interface Lens {
  readonly range: { readonly start: { readonly line: number } };
  readonly data?: unknown;
  readonly command?: { readonly title: string; readonly command: string; readonly arguments: readonly { readonly declaration?: string }[] };
}

/** An editor that cannot be asked for settings: it sends them at the start. */
async function start(text: string, initializationOptions: object) {
  const editor = await startEditor({}, { capabilities: {}, initializationOptions });
  const file = editor.open(uri, text);
  const lenses = () => editor.request<readonly Lens[]>("textDocument/codeLens", file.document);
  const actions = async () => (await lenses()).filter(({ command }) => command !== undefined && command.command !== "");
  return { editor, file, lenses, actions, shown: async () => (await actions()).map(({ command }) => `${command?.arguments[0]?.declaration ?? ""} ${command?.title ?? ""}`) };
}

test("each declaration with figures offers a report and a comparison behind them; a layout and a workload have nothing to report", async () => {
  const { shown, lenses } = await start(smallPlans, { runsCommands: true });
  expect(await shown()).toEqual([
    "Small Report", "Small Compare…", "Rack Report", "Rack Compare…", "Split Compare…", "Wide Compare…", "Learn Compare…", "Read Compare…", "Write Compare…",
    "Train Report", "Train Compare…", "Prompts Report", "Prompts Compare…", "Answers Report", "Answers Compare…",
  ]);
  // An editor shows the lenses of a line in the order in which they come.
  const line = smallPlans.split("\n").indexOf("plan Train {");
  const above = (await lenses()).filter(({ range }) => range.start.line === line).map(({ command }) => command?.title ?? "a figure");
  expect(above).toEqual([...Array.from({ length: 6 }, () => "a figure"), "Report", "Compare…"]);
});

test("an action names the declaration that it stands above", async () => {
  const { actions } = await start(smallPlans, { runsCommands: true });
  expect((await actions()).slice(0, 2).map(({ command }) => command)).toEqual([
    { title: "Report", command: "dsco.openReportPanel", arguments: [{ uri, declaration: "Small" }] },
    { title: "Compare…", command: "dsco.compareWith", arguments: [{ uri, declaration: "Small" }] },
  ]);
});

test("actions keep their place while the header of their declaration cannot be read", async () => {
  const { editor, file, actions, lenses } = await start(smallPlans, { runsCommands: true });
  const ofSmall = async () => (await actions()).filter(({ command }) => command?.arguments[0]?.declaration === "Small");
  const before = await ofSmall();
  expect(before).toHaveLength(2);
  for (const lens of await lenses()) if (lens.data !== undefined) await editor.request("codeLens/resolve", lens);
  file.replace("model Small {", "modl Small {");
  expect((await ofSmall()).map(({ command, range }) => [command, range.start.line])).toEqual(before.map(({ command, range }) => [command, range.start.line]));
});

test.each(["", "// a design\n\n"])("a file that says nothing yet offers the import of a model into it: %j", async (text) => {
  const { actions } = await start(text, { runsCommands: true });
  expect((await actions()).map(({ command, range }) => [range.start.line, command])).toEqual([
    [0, { title: "Import a Model's Config…", command: "dsco.importConfig", arguments: [{ into: uri }] }],
  ]);
});

test.each([
  ["let a = 1\n"], ['import { H100 } from "std:hardware/nvidia"\n'], ["modl"],
])("a file that says something offers no import: %j", async (text) => {
  expect(await (await start(text, { runsCommands: true })).shown()).toEqual([]);
});

test("a setting switches the actions off; those above a kind go with its figures", async () => {
  expect(await (await start(smallPlans, { runsCommands: true, codeLens: { actions: false } })).shown()).toEqual([]);
  expect(await (await start("", { runsCommands: true, codeLens: { actions: false } })).shown()).toEqual([]);
  expect(await (await start(smallPlans, { runsCommands: true, codeLens: { models: false, layouts: false, plans: false } })).shown()).toEqual(["Rack Report", "Rack Compare…"]);
});

test("an editor without dsco's commands gets figures alone", async () => {
  const { lenses, shown } = await start(smallPlans, {});
  expect(await shown()).toEqual([]);
  expect((await lenses()).length).toBeGreaterThan(10);
});
