import { l10n, window } from "vscode";

/** For what a page asks: a fault is one sentence to the user, never an unhandled rejection. */
export const said = (promise: Promise<void>): Promise<void> =>
  promise.catch((fault: unknown) => void window.showErrorMessage(l10n.t("dsco could not do that: {0}", fault instanceof Error ? fault.message : String(fault))));
