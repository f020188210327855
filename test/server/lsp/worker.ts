import { build } from "esbuild";
import { createContext, runInContext } from "node:vm";
import { browserBundles } from "../../../scripts/bundles.mjs";
import { repository } from "../../kit/repository";
import type { Message } from "./client";

/** The language server of the web, as scripts/build.mjs bundles it. Fails where a source imports anything of Node. */
export async function buildWorker(): Promise<string> {
  const { outputFiles } = await build({
    ...browserBundles, absWorkingDir: repository, entryPoints: [browserBundles.entryPoints["server.browser"]], minify: true, logLevel: "error", write: false,
  });
  return outputFiles[0]?.text ?? "";
}

/** What the worker finds in its scope: the language itself and what every browser has. No `process`, `Buffer` or `require`. */
const browserGlobals = { setTimeout, clearTimeout, performance, queueMicrotask, TextDecoder, TextEncoder, URL, console };

type Answer = (params: unknown) => unknown;

/** The smallest page: runs the worker's script in a scope of its own and exchanges messages with it. */
export function startWorker(script: string, answers: Readonly<Record<string, Answer>>) {
  const waiting = new Map<number, (message: Message) => void>();
  const requests: { readonly method: string; readonly params: unknown }[] = [];
  const notifications: { readonly method: string; readonly params: unknown }[] = [];
  let lastId = 0;
  const scope: { onmessage?: (event: { readonly data: unknown }) => void } & Record<string, unknown> = {
    ...browserGlobals,
    addEventListener: () => undefined,
    postMessage: (message: unknown) => setTimeout(() => void receive(structuredClone(message) as Message), 0),
  };
  const post = (message: object) => {
    setTimeout(() => scope.onmessage?.({ data: structuredClone({ jsonrpc: "2.0", ...message }) }), 0);
  };
  const receive = async (message: Message): Promise<void> => {
    if (message.method === undefined) {
      waiting.get(Number(message.id))?.(message);
      waiting.delete(Number(message.id));
    } else if (message.id !== undefined) {
      requests.push({ method: message.method, params: message.params });
      post({ id: message.id, result: (await answers[message.method]?.(message.params)) ?? null });
    } else notifications.push({ method: message.method, params: message.params });
  };
  runInContext(script, createContext(scope));
  return {
    requests, notifications,
    notify: (method: string, params: unknown) => post({ method, params }),
    request: async <Result>(method: string, params: unknown): Promise<Result> => {
      const id = (lastId += 1);
      const answer = new Promise<Message>((resolve) => waiting.set(id, resolve));
      post({ id, method, params });
      const { result, error } = await answer;
      if (error) throw new Error(`${method}: ${error.code} ${error.message}`);
      return result as Result;
    },
  };
}
