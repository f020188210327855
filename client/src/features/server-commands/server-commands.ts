import type { LogOutputChannel } from "vscode";
import { Disposable, l10n } from "vscode";
import { registerCommand } from "../../infrastructure/commands";
import type { Server } from "../../infrastructure/server";

export function registerServerCommands(server: Server, output: LogOutputChannel): Disposable {
  return Disposable.from(
    registerCommand("dsco.restartServer", (reason) => l10n.t("dsco could not restart its server: {0}", reason), server.restart),
    registerCommand("dsco.showOutput", (reason) => l10n.t("dsco could not show its output: {0}", reason), async () => output.show()),
  );
}
