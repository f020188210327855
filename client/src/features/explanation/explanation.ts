import { Disposable, l10n } from "vscode";
import type { DscoCommands } from "../../../../server/src/lsp/protocol";
import { registerCommand } from "../../infrastructure/commands";
import { createPages, pageName } from "../../infrastructure/pages";
import { explanationScheme } from "../../infrastructure/schemes";
import type { Server } from "../../infrastructure/server";
import { explanationOf, explanationPath } from "./explanation-path";

/**
 * `dsco.showExplanation`, the command of lenses and hovers: where a figure comes from, as a page beside the editor
 * that follows the text.
 */
export function registerExplanation(server: Server): Disposable {
  const pages = createPages(server, explanationScheme, async (address, token) => {
    const params = explanationOf(address);
    const explanation = params && (await server.request("dsco/explain", params, token));
    return explanation?.markdown ?? `${l10n.t("`{0}` is not in the file any more.", pageName(address))}\n`;
  });
  return Disposable.from(
    pages,
    registerCommand<DscoCommands["dsco.showExplanation"]>(
      "dsco.showExplanation", (reason) => l10n.t("dsco could not show the explanation: {0}", reason), (params) => pages.open(explanationPath(params)),
    ),
  );
}
