import type { ExtensionContext } from "vscode";
import { registerFeatures } from "./features";
import { registerTasks } from "./features/tasks/tasks";
import { nodeClient } from "./infrastructure/node-client";
import { createOutput } from "./infrastructure/output";
import { createServer } from "./infrastructure/server";

/** The extension where Node runs: on a desktop, or on the machine that a window is connected to. */
export async function activate(context: ExtensionContext): Promise<void> {
  const output = createOutput();
  const program = context.asAbsolutePath("dist/extension-program.js");
  const server = createServer(nodeClient(program), output);
  context.subscriptions.push(output, server, registerFeatures(context, server, output), registerTasks(program));
  await server.start();
}
