import type { CancellationToken } from "vscode-languageserver";
import { tools, type AgentContext } from "../agents";
import { didYouMean, nearest } from "../core";
import { Cancelled } from "../rules";
import { editorFiles } from "./agent-files";
import { invalidParams, isRecord } from "./params";
import type { DscoRequests } from "./protocol";
import { guarded, withinReason } from "./requests";
import type { Session } from "./session";

type Params = DscoRequests["dsco/agentTool"]["params"];
type Result = DscoRequests["dsco/agentTool"]["result"];

/** The tools of language models, over the texts that the editor holds. */
export function registerAgentRequests(session: Session): void {
  session.connection.onRequest("dsco/agentTool", guarded<Params, Result>(session, "a tool of a language model", ofTool, async ({ name, input }, { token }): Promise<Result> => {
    const tool = tools.find((candidate) => candidate.name === name);
    if (!tool) return { text: `There is no tool \`${name}\`${didYouMean(nearest(name, tools.map((candidate) => candidate.name)))}`, isError: true };
    // A model that has just written a file asks at once: no editor has told of it yet.
    session.state.lookAgain();
    // Without a disk all files come from the editor, their texts with the list.
    if (!session.host.disk) await withinReason(session.state.everyFile(), token);
    const answer = await tool.call(input, contextOf(session, token));
    return { text: answer.text, isError: answer.kind === "error" };
  }));
}

/** For `guarded`: a question about no document of its own, whose text could change meanwhile. */
function ofTool(params: Params): string {
  if (!isRecord(params) || typeof params.name !== "string") throw invalidParams("no tool");
  return "agent:tool";
}

function contextOf(session: Session, token: CancellationToken): AgentContext {
  const pause = async () => {
    await session.host.letMessagesIn();
    if (token.isCancellationRequested) throw new Cancelled();
  };
  return { files: editorFiles(session, token), cancellation: token, pause };
}
