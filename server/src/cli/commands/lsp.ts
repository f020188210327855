import { WrongUse, type Command, type ExitCode } from "../command";
import { hasFlag } from "../options";

export const lsp: Command = {
  name: "lsp",
  usage: "lsp --stdio",
  summary: "serve an editor (Language Server Protocol)",
  details: "  --stdio                 speaks on standard input and output",
  // Editors add the second one, for the server to end when they do.
  options: { stdio: { type: "boolean" }, clientProcessId: { type: "string" } },
  run: async (given, host): Promise<ExitCode> => {
    if (given.positionals.length > 0 || !hasFlag(given, "stdio")) throw new WrongUse(`the server speaks on standard input and output: ${host.program} lsp --stdio`);
    await host.startServer();
    return 0;
  },
};
