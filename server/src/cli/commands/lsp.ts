import { WrongUse, type Command, type ExitCode } from "../command";
import { hasFlag } from "../options";

export const lsp: Command = {
  name: "lsp",
  usage: "lsp --stdio",
  summary: "serve an editor (Language Server Protocol)",
  details: "  --stdio                 speaks on standard input and output",
  options: { stdio: { type: "boolean" } },
  run: async (given, host): Promise<ExitCode> => {
    if (given.positionals.length > 0 || !hasFlag(given, "stdio")) throw new WrongUse("the server speaks on standard input and output: dsco lsp --stdio");
    await host.startServer();
    return 0;
  },
};
