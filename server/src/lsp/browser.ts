import { BrowserMessageReader, BrowserMessageWriter, createConnection, ProposedFeatures } from "vscode-languageserver/browser";
import type { Host } from "./host";
import { serve } from "./server";

/** Serves the page that has started this worker, until it ends the worker. */
export function serveWorker(host: Host, version: string): void {
  serve(createConnection(ProposedFeatures.all, new BrowserMessageReader(globalThis), new BrowserMessageWriter(globalThis)), host, version);
}
