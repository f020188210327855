import { Disposable, l10n, window, type ExtensionContext } from "vscode";
import type { FromReport, ReportState, ToReport } from "../../../webview/report/messages";
import { registerCommand } from "../../infrastructure/commands";
import { isDeclarationName } from "../../infrastructure/declaration-name";
import type { Server } from "../../infrastructure/server";
import { createWebPages } from "../../infrastructure/webview";
import type { ExplanationTree } from "../explanation/explanation-tree";
import { createFollower, type Follower } from "./follower";
import { isFromReport, isReportState } from "./panel-messages";
import { reportWords } from "./report-words";

/** `dsco.openReportPanel`: the plan under the cursor beside the editor, in figures and pictures that follow the text. */
export function registerReportPanel(context: ExtensionContext, server: Server, explanations: ExplanationTree): Disposable {
  const open = new Set<Follower>();
  const pages = createWebPages<ToReport, FromReport, ReportState>(
    context,
    { viewType: "dsco.report", bundle: "report", title: l10n.t("Report"), words: { ...reportWords() }, isMessage: isFromReport, isState: isReportState },
    (page, state) => {
      const follower = createFollower(server, page, state, (figure) => void explanations.show(figure));
      open.add(follower);
      return { ...follower, dispose: () => void (open.delete(follower), follower.dispose()) };
    },
  );
  return Disposable.from(
    pages,
    // A lens names a declaration; a menu of VS Code hands over other things.
    registerCommand<readonly [unknown?]>("dsco.openReportPanel", (reason) => l10n.t("dsco could not open the report panel: {0}", reason), (given) => {
      const target = isDeclarationName(given) ? { uri: given.uri, declaration: given.declaration } : undefined;
      const free = [...open].find((follower) => !follower.isPinned());
      if (free) free.show(target);
      else pages.open({ target, pinned: false, scroll: 0, open: [] });
      if (!target && window.activeTextEditor?.document.languageId !== "dsco") void window.showInformationMessage(l10n.t("Open a .dsco file: the panel follows its cursor."));
      return Promise.resolve();
    }),
  );
}
