import { spawn, type ChildProcess } from "node:child_process";

/** A message of the Language Server Protocol, as far as the tests look into it. */
export interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

type Answer = (params: unknown) => unknown;

/** The smallest editor: speaks JSON-RPC over a server's standard streams and remembers everything it was told. */
export class Client {
  readonly notifications: { readonly method: string; readonly params: unknown }[] = [];
  readonly requests: { readonly method: string; readonly params: unknown }[] = [];
  readonly exited: Promise<number | null>;
  /** What the server wrote to standard error. */
  errors = "";
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly #answers: Readonly<Record<string, Answer>>;
  #listeners: (() => void)[] = [];
  #buffer = Buffer.alloc(0);
  #lastId = 0;

  constructor(command: readonly string[], answers: Readonly<Record<string, Answer>> = {}) {
    const [file = "", ...args] = command;
    this.#answers = answers;
    this.#process = spawn(file, args, { stdio: ["pipe", "pipe", "pipe"] });
    this.#process.stdout?.on("data", (chunk: Buffer) => this.#read(chunk));
    this.#process.stderr?.on("data", (chunk: Buffer) => (this.errors += chunk.toString()));
    this.#process.stdin?.on("error", () => undefined);
    this.exited = new Promise((resolve) => this.#process.once("exit", resolve));
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  #read(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    for (;;) {
      const end = this.#buffer.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(this.#buffer.subarray(0, end).toString("ascii"))?.[1]);
      if (this.#buffer.length < end + 4 + length) return;
      const message = JSON.parse(this.#buffer.subarray(end + 4, end + 4 + length).toString("utf8")) as Message;
      this.#buffer = this.#buffer.subarray(end + 4 + length);
      this.#receive(message);
    }
  }

  #receive(message: Message): void {
    if (message.method === undefined) {
      this.#waiting.get(Number(message.id))?.(message);
      this.#waiting.delete(Number(message.id));
    } else if (message.id === undefined) {
      this.notifications.push({ method: message.method, params: message.params });
    } else {
      this.requests.push({ method: message.method, params: message.params });
      const answer = this.#answers[message.method];
      this.write({ id: message.id, result: answer?.(message.params) ?? null });
    }
    for (const listener of this.#listeners) listener();
  }

  write(message: object): void {
    this.writeRaw(frame(message));
  }

  writeRaw(text: string | Buffer): void {
    this.#process.stdin?.write(text);
  }

  /** What is written from here to `uncork` reaches the server in one piece. */
  cork(): void {
    this.#process.stdin?.cork();
  }

  uncork(): void {
    this.#process.stdin?.uncork();
  }

  endInput(): void {
    this.#process.stdin?.end();
  }

  notify(method: string, params: unknown): void {
    this.write({ method, params });
  }

  /** Sends a request; `id` allows to cancel it. */
  send(method: string, params?: unknown): { readonly id: number; readonly message: Promise<Message> } {
    const id = (this.#lastId += 1);
    const message = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    this.write({ id, method, ...(params === undefined ? {} : { params }) });
    return { id, message };
  }

  /** The result of a request; an error of the server is an error here. */
  async request<Result>(method: string, params?: unknown): Promise<Result> {
    const { result, error } = await this.send(method, params).message;
    if (error) throw new Error(`${method}: ${error.code} ${error.message}`);
    return result as Result;
  }

  /** Waits until something that was received makes `look` give a value. */
  until<Value>(what: string, look: () => Value | undefined, milliseconds = 10_000): Promise<Value> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        this.#listeners = this.#listeners.filter((other) => other !== listener);
        clearTimeout(timer);
      };
      const listener = () => {
        const value = look();
        if (value === undefined) return;
        stop();
        resolve(value);
      };
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`waited ${milliseconds} ms for ${what}; standard error: ${this.errors}`));
      }, milliseconds);
      this.#listeners.push(listener);
      listener();
    });
  }

  /** Ends the process that this client started, however it is. */
  kill(): void {
    this.#process.kill("SIGKILL");
  }
}

export function frame(message: object): Buffer {
  const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }), "utf8");
  return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`, "ascii"), body]);
}

/** What VS Code announces, as far as the server's answers depend on it. */
export const pullCapabilities = {
  workspace: {
    configuration: true, workspaceFolders: true, didChangeConfiguration: { dynamicRegistration: true },
    diagnostics: { refreshSupport: true }, codeLens: { refreshSupport: true }, inlayHint: { refreshSupport: true },
  },
  textDocument: {
    diagnostic: { relatedDocumentSupport: false }, hover: { contentFormat: ["markdown"] }, definition: { linkSupport: true },
    documentSymbol: { hierarchicalDocumentSymbolSupport: true }, codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix"] } } },
  },
};

/** An editor that knows nothing of pulled diagnostics or settings. */
export const pushCapabilities = {
  textDocument: {
    publishDiagnostics: { versionSupport: true }, hover: { contentFormat: ["plaintext"] },
    codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix"] } } },
  },
};
