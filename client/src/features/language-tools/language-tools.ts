import { Disposable, l10n, LanguageModelTextPart, LanguageModelToolResult, lm } from "vscode";
import type { AgentToolName } from "../../../../server/src/lsp/protocol";
import type { Server } from "../../infrastructure/server";
import { toolNames } from "./tool-names";

/** Lets the language models of VS Code ask about designs, as they stand in the editor. Nothing of it writes. */
export function registerLanguageTools(server: Server): Disposable {
  return Disposable.from(...toolNames.map((name) => lm.registerTool<object>(`dsco_${name}`, {
    prepareInvocation: () => ({ invocationMessage: messages[name]() }),
    invoke: async ({ input }, token) => {
      const { text, isError } = await server.request("dsco/agentTool", { name, input }, token);
      // VS Code hands the message of an error to the model.
      if (isError) throw new Error(text);
      return new LanguageModelToolResult([new LanguageModelTextPart(text)]);
    },
  })));
}

/** What the user reads while a tool runs. */
const messages: Readonly<Record<AgentToolName, () => string>> = {
  check: () => l10n.t("Checking the design"),
  report: () => l10n.t("Computing the figures of the design"),
  explain: () => l10n.t("Looking up where the figure comes from"),
  what_if: () => l10n.t("Trying the change in memory"),
  compare: () => l10n.t("Comparing two parts of the design"),
  sweep: () => l10n.t("Trying the designs of the sweep"),
  list_std: () => l10n.t("Reading dsco's standard library"),
  language: () => l10n.t("Reading the reference of the language"),
};
