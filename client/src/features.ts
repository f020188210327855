import type { LogOutputChannel } from "vscode";
import { Disposable } from "vscode";
import { registerComparison } from "./features/comparison/comparison";
import { registerExplanation } from "./features/explanation/explanation";
import { registerImport } from "./features/import/import";
import { registerLanguageTools } from "./features/language-tools/language-tools";
import { registerServerCommands } from "./features/server-commands/server-commands";
import { registerServerStatus } from "./features/server-status/server-status";
import { registerStandardLibrary } from "./features/standard-library/standard-library";
import type { Server } from "./infrastructure/server";

/** The table of contents: what the extension does on a desktop and on the web alike. VS Code disposes of it. */
export const registerFeatures = (server: Server, output: LogOutputChannel): Disposable => Disposable.from(
  registerServerCommands(server, output),
  registerServerStatus(server),
  registerStandardLibrary(server),
  registerExplanation(server),
  registerComparison(server),
  registerImport(server),
  registerLanguageTools(server),
);
