import { spawnSync } from "node:child_process";
import * as vscode from "vscode";
import * as assert from "./assert";
import { test } from "./harness";
import { inWorkspace, open, write } from "./workbench";

/** Runs what a task would run, as the terminal of the editor does. */
function runTask({ execution }: vscode.Task, file: string) {
  assert.ok(execution instanceof vscode.ProcessExecution, "it runs a process");
  const { process: program, args, options } = execution;
  const words = args.map((arg) => arg.replace("${relativeFile}", file));
  return spawnSync(program, words, { cwd: options?.cwd, env: { ...process.env, ...options?.env }, encoding: "utf8" });
}

test("tasks run the command line that the package brings, with the editor's own Node", async () => {
  await open("deepseek-v3.dsco");
  await write("task.dsco", "model Small {\n  layerz = 2\n}\n");
  const tasks = await vscode.tasks.fetchTasks({ type: "dsco" });
  const named = (command: string, file: boolean) => tasks.find(({ definition }) => definition["command"] === command && (definition["file"] !== undefined) === file);
  const check = named("check", true);
  assert.ok(check, "a task checks the file in the editor");
  assert.deepEqual(check.problemMatchers, ["$dsco"]);
  const checked = runTask(check, "task.dsco");
  assert.equal(checked.status, 1, checked.stderr);
  assert.match(checked.stdout, /^task\.dsco:2:3: error DSCO\d{4}: /m);
  const all = named("check", false);
  assert.ok(all, "a task checks every file of the folder");
  assert.equal((all.execution as vscode.ProcessExecution).options?.cwd, inWorkspace("").fsPath.replace(/[\\/]$/, ""));
  const report = named("report", true);
  assert.ok(report, "a task prints the report of the file in the editor");
  const reported = runTask(report, "deepseek-v3.dsco");
  assert.equal(reported.status, 0, reported.stderr);
  assert.match(reported.stdout, /70\.27 KB/);
});
