/** Tools of language models. */

/** The tools that language models call; in VS Code each has the prefix `dsco_`. */
export type AgentToolName = "check" | "report" | "explain" | "what_if" | "compare" | "sweep" | "list_std" | "language";

export interface AgentToolParams {
  readonly name: AgentToolName;
  /** As the model wrote it: the server checks it. */
  readonly input: unknown;
}

export interface AgentToolAnswer {
  /** For a model to read. */
  readonly text: string;
  /** The text says why there is no answer. */
  readonly isError: boolean;
}
