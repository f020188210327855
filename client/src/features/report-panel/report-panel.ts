import { Disposable, l10n, window, type ExtensionContext } from "vscode";
import type { FromReport, ReportState, ReportWords, ToReport } from "../../../webview/report/messages";
import { registerCommand } from "../../infrastructure/commands";
import { isDeclarationName } from "../../infrastructure/declaration-name";
import type { Server } from "../../infrastructure/server";
import { createWebPages } from "../../infrastructure/webview";
import { createFollower, type Follower } from "./follower";
import { isFromReport, isReportState } from "./panel-messages";

/** `dsco.openReportPanel`: the plan under the cursor beside the editor, in figures and pictures that follow the text. */
export function registerReportPanel(context: ExtensionContext, server: Server): Disposable {
  const open = new Set<Follower>();
  const words: ReportWords = {
    nothing: l10n.t("Put the cursor into a plan, a model or a cluster of a .dsco file: it is shown here."),
    pin: l10n.t("Pin"),
    pinned: l10n.t("Stay at this declaration, wherever the cursor goes"),
    figures: l10n.t("Figures"),
    ideal: l10n.t("physical bound"),
    explain: l10n.t("Where {0} comes from"),
    broken: l10n.t("From before the last edit: {0}"),
  };
  const pages = createWebPages<ToReport, FromReport, ReportState>(
    context,
    { viewType: "dsco.report", bundle: "report", title: l10n.t("Report"), words: { ...words }, isMessage: isFromReport, isState: isReportState },
    (page, state) => {
      const follower = createFollower(server, page, state);
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
      else pages.open({ target, pinned: false, scroll: 0 });
      if (!target && window.activeTextEditor?.document.languageId !== "dsco") void window.showInformationMessage(l10n.t("Open a .dsco file: the panel follows its cursor."));
      return Promise.resolve();
    }),
  );
}
