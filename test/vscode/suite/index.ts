import { appendFileSync, writeFileSync } from "node:fs";
import { runAll } from "./harness";
import { writeWith } from "./workbench";
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
import "./server";
import "./tasks";

/** What VS Code's test host calls where Node runs; a rejection is a non-zero exit code. */
export async function run(): Promise<void> {
  const results = process.env["DSCO_VSCODE_RESULTS"];
  if (results === undefined) throw new Error("DSCO_VSCODE_RESULTS is not set: start the suite with test/vscode/run.mjs");
  writeWith((uri, text) => Promise.resolve(writeFileSync(uri.fsPath, text)));
  const failed = await runAll((result) => appendFileSync(results, `${JSON.stringify(result)}\n`));
  if (failed > 0) throw new Error(`${failed} tests failed`);
}
