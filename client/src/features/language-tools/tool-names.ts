import type { AgentToolName } from "../../../../server/src/lsp/protocol";

/** The manifest describes each to the model, under this name with the prefix `dsco_`. */
export const toolNames: readonly AgentToolName[] = ["check", "report", "explain", "what_if", "compare", "sweep", "list_std", "language"];
