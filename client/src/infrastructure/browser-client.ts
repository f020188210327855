import { BrowserMessageReader, BrowserMessageWriter, LanguageClient } from "vscode-languageclient/browser";
import type { CreateClient } from "./server";

interface WebWorker {
  readonly terminate: () => void;
}

/** Of a browser alone, so that the rest of the client is not checked against a page. */
declare const Worker: new (script: string) => WebWorker;

/** The server in a web worker. `script`: the address of its bundle. */
export const browserClient = (script: string): CreateClient => (clientOptions) => {
  let worker: WebWorker | undefined;
  return new LanguageClient("dsco", "dsco", () => {
    // One that hangs would not end by itself.
    worker?.terminate();
    worker = new Worker(script);
    // Not the worker itself: VS Code's workers are no instances of `Worker`, by which the library would know one.
    return Promise.resolve({ reader: new BrowserMessageReader(worker), writer: new BrowserMessageWriter(worker) });
  }, clientOptions);
};
