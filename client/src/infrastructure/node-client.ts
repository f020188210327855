import { LanguageClient, TransportKind, type ServerOptions } from "vscode-languageclient/node";
import type { CreateClient } from "./server";

/** The server in a process of its own, over Node's channel. */
export const nodeClient = (modulePath: string): CreateClient => (clientOptions) => {
  const server = { module: modulePath, transport: TransportKind.ipc };
  const serverOptions: ServerOptions = { run: server, debug: { ...server, options: { execArgv: ["--nolazy", "--inspect=6009"] } } };
  return new LanguageClient("dsco", "dsco", serverOptions, clientOptions);
};
