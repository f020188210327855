import { setImmediate } from "node:timers/promises";
import { AbstractMessageReader, AbstractMessageWriter, createConnection, ProposedFeatures, type DataCallback, type Message as ServerMessage } from "vscode-languageserver/node";
import { slicedPool } from "../../server/src/hosts/sweep-slices";
import type { Host } from "../../server/src/lsp/host";
import { serve } from "../../server/src/lsp/server";
import type { Connect, Message } from "./editor";

/** The host of a server whose disk is a map of texts by their addresses. */
const letMessagesIn = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await setImmediate();
};

export const memoryHost = (disk: ReadonlyMap<string, string>): Host => ({
  disk: {
    readFile: (uri) => {
      const text = disk.get(uri);
      return text === undefined ? { kind: "failed", reason: "there is no such file" } : { kind: "text", text };
    },
    isInside: (uri, folders) => folders.some((folder) => uri.startsWith(folder)),
    findFiles: (folder) => Promise.resolve([...disk.keys()].filter((uri) => uri.startsWith(folder) && uri.endsWith(".dsco"))),
  },
  letMessagesIn,
  sweeps: { atOnce: 1, open: (task) => Promise.resolve(slicedPool(task, letMessagesIn)) },
});

class Reader extends AbstractMessageReader {
  #callback: DataCallback | undefined;

  listen(callback: DataCallback) {
    this.#callback = callback;
    return { dispose: () => (this.#callback = undefined) };
  }

  deliver(message: object): void {
    // As the readers of streams do: what the library throws at a message is an error of the connection.
    try {
      this.#callback?.(message as ServerMessage);
    } catch (fault) {
      this.fireError(fault);
    }
  }
}

class Writer extends AbstractMessageWriter {
  readonly #receive: (message: Message) => void;

  constructor(receive: (message: Message) => void) {
    super();
    this.#receive = receive;
  }

  write(message: ServerMessage): Promise<void> {
    this.#receive(JSON.parse(JSON.stringify(message)) as Message);
    return Promise.resolve();
  }

  end(): void {
    // nothing is buffered
  }
}

/** The language server in this process; messages cross as JSON, as they would on a stream. */
export const connectInMemory = (host: Host): Connect => (receive) => {
  const reader = new Reader();
  const connection = createConnection(ProposedFeatures.all, reader, new Writer(receive));
  serve(connection, host, "0.0.0");
  return {
    write: (message) => reader.deliver(JSON.parse(JSON.stringify({ jsonrpc: "2.0", ...message })) as object),
    // What still waits (timers, answers) finds a server that was shut down.
    close: () => reader.deliver({ jsonrpc: "2.0", id: "goodbye", method: "shutdown" }),
  };
};
