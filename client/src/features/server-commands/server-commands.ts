import type { LogOutputChannel } from "vscode";
import { Disposable } from "vscode";
import { registerCommand } from "../../infrastructure/commands";
import type { Server } from "../../infrastructure/server";

export function registerServerCommands(server: Server, output: LogOutputChannel): Disposable {
  return Disposable.from(
    registerCommand("dsco.restartServer", "restart its server", server.restart),
    registerCommand("dsco.showOutput", "show its output", async () => output.show()),
  );
}
