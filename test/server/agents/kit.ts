import { tools, type AgentContext, type AgentFiles, type ToolAnswer } from "../../../server/src/agents";
import { createSource } from "../../../server/src/core";
import { Cancelled } from "../../../server/src/rules";

const root = "file:///work/";

/** Files that exist nowhere but here, in one folder. */
export function memoryFiles(texts: Readonly<Record<string, string>>): AgentFiles {
  return {
    folder: root,
    resolve: (path) => {
      const uri = new URL(path.split("/").map(encodeURIComponent).join("/"), root).href;
      return uri.startsWith(root) ? { kind: "file", uri } : { kind: "refused", reason: "it lies outside" };
    },
    arrived: () => Promise.resolve(),
    load: (uri) => {
      const text = uri.startsWith(root) ? texts[decodeURIComponent(uri.slice(root.length))] : undefined;
      return text === undefined ? { kind: "failed", reason: "there is no such file" } : { kind: "source", source: createSource(uri, text) };
    },
    show: (uri) => (uri.startsWith(root) ? decodeURIComponent(uri.slice(root.length)) : uri),
    list: () => Promise.resolve(Object.keys(texts).sort()),
  };
}

export interface Around {
  readonly files?: AgentFiles;
  /** The caller gives up at the pause of this number, counted from 1. */
  readonly cancelledAt?: number;
}

/** Calls a tool by its name with whatever a model may have written. */
export async function callTool(name: string, input: unknown, { files = memoryFiles({}), cancelledAt = Number.POSITIVE_INFINITY }: Around = {}): Promise<ToolAnswer> {
  const tool = tools.find((candidate) => candidate.name === name);
  if (!tool) throw new Error(`there is no tool ${name}`);
  let pauses = 0;
  const context: AgentContext = {
    files,
    cancellation: { isCancellationRequested: false },
    pause: () => ((pauses += 1) >= cancelledAt ? Promise.reject(new Cancelled()) : Promise.resolve()),
  };
  return tool.call(input, context);
}

/** The answer of a call that is expected to have one. */
export async function ask<Data = Readonly<Record<string, unknown>>>(name: string, input: unknown, around?: Around): Promise<{ readonly text: string; readonly data: Data }> {
  const answer = await callTool(name, input, around);
  if (answer.kind === "error") throw new Error(answer.text);
  return { text: answer.text, data: answer.data as Data };
}

/** Why a call has no answer. */
export async function refusal(name: string, input: unknown, around?: Around): Promise<string> {
  const answer = await callTool(name, input, around);
  if (answer.kind === "answer") throw new Error(`there is an answer: ${answer.text}`);
  return answer.text;
}
