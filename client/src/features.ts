import type { ExtensionContext } from "vscode";
import { Disposable } from "vscode";
import { registerComparison } from "./features/comparison/comparison";
import { registerExplanation } from "./features/explanation/explanation";
import { createExplanationTree } from "./features/explanation/explanation-tree";
import { registerImport } from "./features/import/import";
import { registerIssueReport } from "./features/issue-report/issue-report";
import { registerLanguageTools } from "./features/language-tools/language-tools";
import { registerNewDesign } from "./features/new-design/new-design";
import { registerReport } from "./features/report/report";
import { registerReportPanel } from "./features/report-panel/report-panel";
import { registerServerCommands } from "./features/server-commands/server-commands";
import { registerServerStatus } from "./features/server-status/server-status";
import { registerSweep } from "./features/sweep/sweep";
import { registerStandardLibrary } from "./features/standard-library/standard-library";
import type { Output } from "./infrastructure/output";
import type { Server } from "./infrastructure/server";

/** The table of contents: what the extension does on a desktop and on the web alike. VS Code disposes of it. */
export function registerFeatures(context: ExtensionContext, server: Server, output: Output): Disposable {
  const explanations = createExplanationTree(server);
  return Disposable.from(
    explanations,
    registerServerCommands(server, output),
    registerServerStatus(server),
    registerStandardLibrary(server),
    registerExplanation(server, explanations),
    registerReport(server),
    registerReportPanel(context, server, explanations),
    registerSweep(context, server),
    registerComparison(server),
    registerNewDesign(server),
    registerImport(server),
    registerLanguageTools(server),
    registerIssueReport(context, server, output),
  );
}
