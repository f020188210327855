import { Disposable, l10n } from "vscode";
import type { DscoCommands } from "../../../../server/src/lsp/protocol";
import { registerCommand } from "../../infrastructure/commands";
import { createPages, pageName } from "../../infrastructure/pages";
import { explanationScheme } from "../../infrastructure/schemes";
import type { Server } from "../../infrastructure/server";
import { explanationOf, explanationPath } from "./explanation-path";
import { explanationFailure, type ExplanationTree } from "./explanation-tree";

/**
 * `dsco.showExplanation`, the command of lenses and hovers: where a figure comes from, as a page beside the editor and as a tree in the
 * side bar, which both follow the text. `dsco.openExplanationPage`: the page of what the tree shows.
 */
export function registerExplanation(server: Server, tree: ExplanationTree): Disposable {
  const pages = createPages(server, explanationScheme, async (address, token) => {
    const params = explanationOf(address);
    const explanation = params && (await server.request("dsco/explain", params, token));
    return explanation?.markdown ?? `${l10n.t("`{0}` is not in the file any more.", pageName(address))}\n`;
  });
  return Disposable.from(
    pages,
    registerCommand<DscoCommands["dsco.showExplanation"]>("dsco.showExplanation", explanationFailure, async (params) => {
      await pages.open(explanationPath(params));
      await tree.show(params);
    }),
    registerCommand<readonly []>("dsco.openExplanationPage", explanationFailure, async () => {
      const figure = tree.shown();
      if (figure) await pages.open(explanationPath(figure));
    }),
  );
}
