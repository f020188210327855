import type { Disposable } from "vscode";
import { l10n, window, workspace } from "vscode";
import type { StarterName } from "../../../../server/src/lsp/protocol";
import { registerCommand } from "../../infrastructure/commands";
import type { Server } from "../../infrastructure/server";

/** `dsco.newDesign`: a small design in a new document. The walkthrough names it; who comes from the menu is asked. */
export function registerNewDesign(server: Server): Disposable {
  return registerCommand<readonly [unknown?]>("dsco.newDesign", (reason) => l10n.t("dsco could not make a design: {0}", reason), async (wanted) => {
    const name = wanted === "plan" || wanted === "model" ? wanted : await choose();
    if (name === undefined) return;
    const { text } = await server.request("dsco/starter", { name });
    await window.showTextDocument(await workspace.openTextDocument({ language: "dsco", content: text }));
  });
}

/** `undefined` where the user changes their mind. */
async function choose(): Promise<StarterName | undefined> {
  const choices: readonly { readonly label: string; readonly detail: string; readonly name: StarterName }[] = [
    { name: "plan", label: l10n.t("A plan"), detail: l10n.t("A model of the standard library on a cluster, with a layout and a workload.") },
    { name: "model", label: l10n.t("A model"), detail: l10n.t("A small mixture of experts.") },
  ];
  return (await window.showQuickPick(choices, { title: l10n.t("New Design") }))?.name;
}
