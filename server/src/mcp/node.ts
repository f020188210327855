import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { createAgentServer, type AgentHost } from "./serve";

/** Serves over standard input and output until the client ends; the process ends with its standard input. */
export async function serveOverStdio(host: AgentHost, version: string): Promise<void> {
  await createAgentServer(host, version).connect(new StdioServerTransport());
}
