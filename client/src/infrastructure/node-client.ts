import { LanguageClient, TransportKind, type ServerOptions } from "vscode-languageclient/node";
import type { CreateClient } from "./server";

/** The server in a process of its own, over Node's channel. `program`: the bundle of server and command line. */
export const nodeClient = (program: string): CreateClient => (clientOptions) => {
  const server = { module: program, args: ["lsp"], transport: TransportKind.ipc };
  const serverOptions: ServerOptions = { run: server, debug: { ...server, options: { execArgv: ["--nolazy", "--inspect=6009"] } } };
  return new LanguageClient("dsco", "dsco", serverOptions, clientOptions);
};
