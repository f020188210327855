import { Disposable, l10n, window, type ExtensionContext } from "vscode";
import type { DeclarationName } from "../../../../server/src/lsp/protocol";
import type { FromSweep, SweepState, ToSweep } from "../../../webview/sweep/messages";
import { registerCommand } from "../../infrastructure/commands";
import { isDeclarationName } from "../../infrastructure/declaration-name";
import { createPages, pageName } from "../../infrastructure/pages";
import { designScheme } from "../../infrastructure/schemes";
import type { Server } from "../../infrastructure/server";
import { createWebPages } from "../../infrastructure/webview";
import { designOf, designPath } from "./design-path";
import { createRunOwner, type RunOwner } from "./run-owner";
import { isFromSweep, isSweepState } from "./sweep-messages";
import { sweepWords } from "./sweep-words";
import { sweepAt, sweepsOf } from "./sweeps-of-text";

/** `dsco.runSweep`: the designs of the sweep under the cursor, or of the one that a lens names, beside the editor as they are found. */
export function registerSweep(context: ExtensionContext, server: Server): Disposable {
  const open = new Set<RunOwner>();
  const comparisons = createPages(server, designScheme, async (address, token) => {
    const design = designOf(address);
    const compared = design && (await server.request("dsco/sweep/compare", design, token));
    return compared?.markdown ?? `${l10n.t("{0}: the results of this run are gone.", pageName(address))}\n`;
  });
  const pages = createWebPages<ToSweep, FromSweep, SweepState>(
    context,
    { viewType: "dsco.sweep", bundle: "sweep", title: l10n.t("Sweep"), words: { ...sweepWords() }, isMessage: isFromSweep, isState: isSweepState },
    (page, state) => {
      const owner = createRunOwner(server, page, state, { compare: (plan, design) => comparisons.open(designPath(plan, design)) });
      open.add(owner);
      return { ...owner, dispose: () => void (open.delete(owner), owner.dispose()) };
    },
  );
  return Disposable.from(
    comparisons,
    pages,
    registerCommand<readonly [unknown?]>("dsco.runSweep", (reason) => l10n.t("dsco could not run the sweep: {0}", reason), async (asked) => {
      const target = isDeclarationName(asked) ? { uri: asked.uri, declaration: asked.declaration } : await choose();
      if (!target) return;
      const shown = [...open].find((owner) => owner.target?.uri === target.uri && owner.target.declaration === target.declaration);
      if (shown) shown.run();
      else pages.open({ target, isWanted: true });
    }),
  );
}

/** `undefined` where there is nothing to choose, which is said, and where the user changes their mind. */
async function choose(): Promise<DeclarationName | undefined> {
  const editor = window.activeTextEditor;
  if (editor?.document.languageId !== "dsco") {
    void window.showInformationMessage(l10n.t("Open a .dsco file: the sweep at its cursor is run."));
    return undefined;
  }
  const uri = editor.document.uri.toString();
  const sweeps = sweepsOf(editor.document.getText());
  const [only, another] = sweeps;
  const here = sweepAt(sweeps, editor.selection.active.line) ?? (another ? undefined : only);
  if (here) return { uri, declaration: here.name };
  if (sweeps.length === 0) {
    void window.showInformationMessage(l10n.t("This file has no sweep."));
    return undefined;
  }
  const name = await window.showQuickPick(sweeps.map((sweep) => sweep.name), { title: l10n.t("Run Sweep"), placeHolder: l10n.t("Which sweep of this file?") });
  return name === undefined ? undefined : { uri, declaration: name };
}
