import type { StatusParams } from "../../../../server/src/lsp/protocol";
import type { ServerState } from "../../infrastructure/server";

export interface StatusDescription {
  readonly text: string;
  readonly detail: string;
  readonly busy: boolean;
  readonly severity: "information" | "warning" | "error";
  readonly action: "output" | "restart";
}

/** What the status item says: the server's own trouble first, then what was found in the open document. */
export function describeStatus(
  state: ServerState,
  ofServer: StatusParams | undefined,
  ofDocument: StatusParams | undefined,
): StatusDescription {
  if (state === "stopped") {
    return { text: "dsco: stopped", detail: "the server does not run", busy: false, severity: "error", action: "restart" };
  }
  if (state === "starting") {
    return { text: "dsco", detail: "starting", busy: true, severity: "information", action: "output" };
  }
  if (ofServer?.state === "error") {
    return { text: "dsco: fault", detail: "the server met a fault; see its output", busy: false, severity: "error", action: "output" };
  }
  const busy = ofServer?.state === "busy" || ofDocument?.state === "busy";
  if (ofDocument === undefined) return { text: "dsco", detail: "ready", busy, severity: "information", action: "output" };
  if (ofDocument.state === "error") {
    return { text: "dsco: fault", detail: "this file could not be checked; see the output", busy, severity: "error", action: "output" };
  }
  return {
    text: "dsco",
    detail: `${counted(ofDocument.errors, "error")}, ${counted(ofDocument.warnings, "warning")}`,
    busy,
    severity: ofDocument.errors > 0 ? "error" : ofDocument.warnings > 0 ? "warning" : "information",
    action: "output",
  };
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
