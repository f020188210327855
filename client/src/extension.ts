import type { ExtensionContext } from "vscode";
import { registerComparison } from "./features/comparison/comparison";
import { registerExplanation } from "./features/explanation/explanation";
import { registerImport } from "./features/import/import";
import { registerServerCommands } from "./features/server-commands/server-commands";
import { registerServerStatus } from "./features/server-status/server-status";
import { registerStandardLibrary } from "./features/standard-library/standard-library";
import { createOutput } from "./infrastructure/output";
import { createServer } from "./infrastructure/server";

/** The table of contents: everything the extension does is registered here, and VS Code disposes of it. */
export async function activate(context: ExtensionContext): Promise<void> {
  const output = createOutput();
  const server = createServer(context.asAbsolutePath("dist/server.js"), output);
  context.subscriptions.push(
    output,
    server,
    registerServerCommands(server, output),
    registerServerStatus(server),
    registerStandardLibrary(server),
    registerExplanation(server),
    registerComparison(server),
    registerImport(server),
  );
  await server.start();
}
