import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { ErrorCode, type JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { createAgentServer, type AgentHost } from "./serve";

/** Serves over standard input and output until the client ends; the process ends with its standard input. */
export async function serveOverStdio(host: AgentHost, version: string): Promise<void> {
  const server = createAgentServer(host, version);
  const transport = new StdioServerTransport();
  server.onerror = (fault) => {
    const answer = answerTo(fault);
    host.log(answer === undefined ? fault.message : `a line that could not be read: ${fault.message.split("\n")[0] ?? ""}`);
    if (answer !== undefined) void transport.send(answer);
  };
  await server.connect(transport);
}

/**
 * What a line is answered with that is no message: as JSON-RPC 2.0 asks, with the id `null`, for nobody knows whose it was. The SDK reports
 * such lines as faults of its parser and answers nothing; its types know no id `null`. `undefined`: another fault.
 */
function answerTo(fault: Error): JSONRPCMessage | undefined {
  const error = fault instanceof SyntaxError ? { code: ErrorCode.ParseError, message: "The line is no JSON." }
    : fault.name === "ZodError" || fault.name === "$ZodError" ? { code: ErrorCode.InvalidRequest, message: "The line is no message of JSON-RPC 2.0." }
    : undefined;
  return error && ({ jsonrpc: "2.0", id: null, error } as unknown as JSONRPCMessage);
}
