import { WrongUse, type Command, type ExitCode } from "../command";

export const mcp: Command = {
  name: "mcp",
  usage: "mcp [FOLDERS…]",
  summary: "serve language models (Model Context Protocol)",
  details: `Speaks on standard input and output; a program that runs language models starts it. Its tools
check, report, explain, what_if, compare, sweep, list_std and language answer from the designs in
FOLDERS, or in the current folder. Nothing outside of them is read, and nothing is ever written.

  { "mcpServers": { "dsco": { "command": "dsco", "args": ["mcp", "/path/to/designs"] } } }`,
  options: {},
  run: async (given, host): Promise<ExitCode> => {
    const missing = given.positionals.filter((folder) => !host.isFolder(folder));
    if (missing.length > 0) throw new WrongUse(...missing.map((folder) => `${folder}: there is no such folder`));
    await host.startAgentServer(given.positionals);
    return 0;
  },
};
