import { window, type LogOutputChannel } from "vscode";

/** The channel `dsco` of the Output panel: the server's log and, at log level Trace, its messages. */
export function createOutput(): LogOutputChannel {
  return window.createOutputChannel("dsco", { log: true });
}
