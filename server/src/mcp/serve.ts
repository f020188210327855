import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import {
  CallToolRequestSchema, ErrorCode, ListResourcesRequestSchema, ListToolsRequestSchema, McpError, ReadResourceRequestSchema,
  type CallToolResult, type Tool,
} from "@modelcontextprotocol/sdk/types.js";
import { tools, topics, topicText, type AgentContext, type AgentFiles, type AgentTool } from "../agents";
import { didYouMean, nearest } from "../core";
import { Cancelled } from "../rules";

/** What the server needs from the machine it runs on; `hosts/` gives it. */
export interface AgentHost {
  readonly files: AgentFiles;
  /** Resolves after a moment in which the next messages that have already arrived are handed out. */
  readonly letMessagesIn: () => Promise<void>;
  /** For the people who look after the server, not for the model. */
  readonly log: (text: string) => void;
}

const instructions = `dsco computes what the design of a large language model costs: parameters, memory per GPU, training step time, latency, throughput, money. Designs are .dsco files; the tools read them and never write. Begin with \`language\` to learn to write one and \`list_std\` for published models, GPUs and clusters; \`check\` after every edit; \`report\` for figures, \`explain\` for where one comes from, \`what_if\` to try a change, \`compare\` to set two declarations side by side, \`sweep\` to search a space of designs.`;

/** A server of the tools for one client; it has no connection yet. */
export function createAgentServer(host: AgentHost, version: string): Server {
  const server = new Server({ name: "dsco", title: "dsco", version }, { capabilities: { tools: {}, resources: {} }, instructions });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: tools.map(described) }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }, { signal }) => call(params.name, params.arguments, host, signal));
  server.setRequestHandler(ListResourcesRequestSchema, () => ({ resources: topics.map(resourceOf) }));
  server.setRequestHandler(ReadResourceRequestSchema, ({ params: { uri } }) => {
    const text = uri.startsWith(languageAddress) ? topicText(uri.slice(languageAddress.length)) : undefined;
    if (text === undefined) throw new McpError(ErrorCode.InvalidParams, `There is no resource ${uri}.`);
    return { contents: [{ uri, mimeType: "text/plain", text }] };
  });
  return server;
}

const described = ({ name, title, description, inputSchema, outputSchema }: AgentTool): Tool => ({
  name, title, description,
  inputSchema: inputSchema() as Tool["inputSchema"],
  outputSchema: outputSchema() as Tool["outputSchema"],
  annotations: { title, readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
});

/** What goes wrong is the tool's answer: a model can read it, and try again. */
async function call(name: string, input: unknown, host: AgentHost, signal: AbortSignal): Promise<CallToolResult> {
  const tool = tools.find((candidate) => candidate.name === name);
  if (!tool) return failed(`There is no tool \`${name}\`${didYouMean(nearest(name, tools.map((candidate) => candidate.name)))}`);
  try {
    const answer = await tool.call(input, contextOf(host, signal));
    if (answer.kind === "error") return failed(answer.text);
    return { content: [{ type: "text", text: answer.text }], structuredContent: answer.data };
  } catch (fault) {
    if (fault instanceof Cancelled) return failed("The call was cancelled.");
    host.log(`A fault in ${name}: ${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}`);
    return failed(`dsco met a fault of its own in \`${name}\`, which its log tells more of: ${fault instanceof Error ? fault.message : String(fault)}`);
  }
}

const failed = (text: string): CallToolResult => ({ content: [{ type: "text", text }], isError: true });

function contextOf({ files, letMessagesIn }: AgentHost, signal: AbortSignal): AgentContext {
  const cancellation = {
    get isCancellationRequested() {
      return signal.aborted;
    },
  };
  const pause = async () => {
    await letMessagesIn();
    if (signal.aborted) throw new Cancelled();
  };
  return { files, cancellation, pause };
}

const languageAddress = "dsco://language/";

const resourceOf = (topic: string) => ({
  uri: `${languageAddress}${topic}`, name: topic, title: `The dsco language: ${topic}`, mimeType: "text/plain",
  description: topic === "overview" ? "The rules of the language and a whole example." : `The reference of \`${topic}\`.`,
});
