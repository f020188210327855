import { runAll } from "./harness";
import { extension, write, writeWith } from "./workbench";
import * as vscode from "vscode";
import "./opening";
import "./figures";
import "./comparison";
import "./report-panel";
import "./explanation";
import "./sweep";
import "./commands";
import "./editing";
import "./navigation";
import "./language-tools";
import "./virtual-files";

/** What VS Code's test host calls in a browser: the folder is one in memory, and results go to the server that the page came from. */
export async function run(): Promise<void> {
  const { extensionUri } = await extension();
  const origin = extensionUri.with({ path: "/" }).toString(true);
  writeWith(async (uri, text) => vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text)));
  const files = (await (await fetch(`${origin}workspace.json`)).json()) as Readonly<Record<string, string>>;
  for (const [name, text] of Object.entries(files)) await write(name, text);
  const failed = await runAll(async (result) => void (await fetch(`${origin}results`, { method: "POST", body: JSON.stringify(result) })));
  if (failed > 0) throw new Error(`${failed} tests failed`);
}
