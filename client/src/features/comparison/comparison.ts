import { Disposable, l10n, QuickPickItemKind, window, type QuickPickItem } from "vscode";
import type { ComparableDeclaration, DeclarationName } from "../../../../server/src/lsp/protocol";
import { registerCommand } from "../../infrastructure/commands";
import { isDeclarationName } from "../../infrastructure/declaration-name";
import { createPages, pageName } from "../../infrastructure/pages";
import { comparisonScheme } from "../../infrastructure/schemes";
import type { Server } from "../../infrastructure/server";
import { choicesOf, declarationAt, otherChoices, type Choice } from "./comparison-choice";
import { comparisonOf, comparisonPath } from "./comparison-path";

/** `dsco.compareWith`: what differs between the declaration under the cursor, or the one that a lens names, and another one, as a page beside the editor that follows the text. */
export function registerComparison(server: Server): Disposable {
  const pages = createPages(server, comparisonScheme, async (address, token) => {
    const params = comparisonOf(address);
    const comparison = params && (await server.request("dsco/compare", params, token));
    return comparison?.markdown ?? `${l10n.t("{0}: one of them is gone, or they are of two kinds.", pageName(address))}\n`;
  });
  return Disposable.from(
    pages,
    registerCommand<readonly [unknown?]>("dsco.compareWith", (reason) => l10n.t("dsco could not compare: {0}", reason), async (asked) => {
      const chosen = isDeclarationName(asked) ? await chooseFor(server, asked) : await choose(server);
      if (chosen) await pages.open(comparisonPath(chosen));
    }),
  );
}

interface Chosen {
  readonly left: ComparableDeclaration;
  readonly right: ComparableDeclaration;
}

/** What a declaration is compared with; `undefined` where it is gone, which is said, and where the user changes their mind. */
async function chooseFor(server: Server, { uri, declaration }: DeclarationName): Promise<Chosen | undefined> {
  const all = await server.request("dsco/comparable", { uri });
  const left = all.find((each) => each.uri === uri && each.declaration === declaration);
  if (!left) void window.showInformationMessage(l10n.t("{0} is not in the file any more.", declaration));
  return left && chooseRight(all, left);
}

/** `undefined` where there is nothing to choose, which is said, and where the user changes their mind. */
async function choose(server: Server): Promise<Chosen | undefined> {
  const editor = window.activeTextEditor;
  if (editor?.document.languageId !== "dsco") {
    void window.showInformationMessage(l10n.t("Open a .dsco file: what its cursor stands in is compared."));
    return undefined;
  }
  const uri = editor.document.uri.toString();
  const all = await server.request("dsco/comparable", { uri });
  const mine = choicesOf(all, uri);
  if (mine.length === 0) {
    void window.showInformationMessage(l10n.t("This file declares nothing that can be compared."));
    return undefined;
  }
  const left = declarationAt(all, uri, editor.selection.active.line) ?? (await pick(mine, l10n.t("Which declaration of this file?")));
  return left && chooseRight(all, left);
}

async function chooseRight(all: readonly ComparableDeclaration[], left: ComparableDeclaration): Promise<Chosen | undefined> {
  const right = await pick(otherChoices(all, left), l10n.t("Compare {0} with…", left.declaration));
  return right && { left, right };
}

async function pick(choices: readonly Choice[], placeHolder: string): Promise<ComparableDeclaration | undefined> {
  const items = choices.map((choice): QuickPickItem & { readonly declaration?: ComparableDeclaration } =>
    ("heading" in choice ? { label: choice.heading, kind: QuickPickItemKind.Separator } : choice));
  const picked = await window.showQuickPick(items, { title: l10n.t("Compare With…"), placeHolder, matchOnDescription: true });
  return picked?.declaration;
}
