import type { ExtensionContext } from "vscode";
import { Uri } from "vscode";
import { registerFeatures } from "./features";
import { browserClient } from "./infrastructure/browser-client";
import { createOutput } from "./infrastructure/output";
import { createServer } from "./infrastructure/server";

/** The extension in a browser, as on vscode.dev. */
export async function activate(context: ExtensionContext): Promise<void> {
  const output = createOutput();
  const script = Uri.joinPath(context.extensionUri, "dist/server.browser.js");
  const server = createServer(browserClient(script.toString(true)), output);
  context.subscriptions.push(output, server, registerFeatures(context, server, output));
  await server.start();
}
