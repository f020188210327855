/** The tools that language models call: a question about a design in, text and data out. No protocol, no editor, nothing that writes. */
import { check } from "./tools/check";
import { compare } from "./tools/compare";
import { explain } from "./tools/explain";
import { language } from "./tools/language";
import { listStd } from "./tools/list-std";
import { report } from "./tools/report";
import { sweep } from "./tools/sweep";
import { whatIf } from "./tools/what-if";
import type { AgentTool } from "./tool";

export type { AgentFiles, Resolved } from "./files";
export { topics, topicText } from "./language/reference";
export type { AgentContext, AgentTool, ToolAnswer } from "./tool";

/** Every tool, in the order in which a model meets them. */
export const tools: readonly AgentTool[] = [check, report, explain, whatIf, compare, sweep, listStd, language];
