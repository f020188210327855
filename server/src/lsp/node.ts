import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import type { Host } from "./host";
import { serve } from "./server";

/**
 * Serves over what the process's command line names: `--stdio`, `--node-ipc`, `--pipe=NAME` or `--socket=PORT`. The
 * process ends with the editor: with 0 after a `shutdown`, else with 1, also when the stream ends or the editor dies.
 * Throws where the command line names nothing.
 */
export function serveProcess(host: Host, version: string): void {
  serve(createConnection(ProposedFeatures.all), host, version);
}
