import { runAll } from "./harness";
import "./opening";
import "./figures";
import "./comparison";
import "./editing";
import "./navigation";
import "./server";

/** What VS Code's test host calls; a rejection is a non-zero exit code. */
export async function run(): Promise<void> {
  const results = process.env["DSCO_VSCODE_RESULTS"];
  if (results === undefined) throw new Error("DSCO_VSCODE_RESULTS is not set: start the suite with test/vscode/run.mjs");
  const failed = await runAll(results);
  if (failed > 0) throw new Error(`${failed} tests failed`);
}
