// An editor that keeps account: every message is remembered, every answer is counted.

/** A message of the Language Server Protocol, as far as tests look into it. */
export interface Message {
  readonly id?: number | string | null;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

/** A way to a server and back. */
export interface Line {
  readonly write: (message: object) => void;
  readonly close: () => void;
}

export type Connect = (receive: (message: Message) => void) => Line;

export interface Editor {
  /** Sends a request; its answer is waited for with `answer`. */
  readonly send: (method: string, params?: unknown) => number;
  readonly notify: (method: string, params?: unknown) => void;
  /** Sends what is not a request or a notification as the protocol has them. */
  readonly sendRaw: (message: object) => void;
  readonly answer: (id: number) => Promise<Message>;
  readonly request: <Result>(method: string, params?: unknown) => Promise<Result>;
  /** Waits until every request has its answer. */
  readonly settled: () => Promise<void>;
  /** Messages sent. */
  readonly sent: () => number;
  /** What is wrong with the conversation: requests answered twice or never asked, faults in the log. */
  readonly complaints: string[];
  /** Methods of the requests that the server has made. */
  readonly asked: string[];
  /** Notifications of the server, oldest first. */
  readonly notifications: { readonly method: string; readonly params: unknown }[];
  readonly close: () => void;
}

/** What the protocol's library writes about messages that are none of the protocol's. */
const isAboutUs = (logged: string): boolean => /^Notification \S+ defines |^Received (?:response message|message which)/.test(logged);

/** `answers`: what this editor says when the server asks; a method that is not here is answered with null. */
export function createEditor(connect: Connect, answers: Readonly<Record<string, (params: unknown) => unknown>> = {}): Editor {
  const complaints: string[] = [];
  const asked: string[] = [];
  const notifications: Editor["notifications"] = [];
  const waiting = new Map<number, (message: Message) => void>();
  const promises = new Map<number, Promise<Message>>();
  let lastId = 0;
  let sent = 0;

  const receive = (message: Message): void => {
    if (message.method === undefined) {
      // Answers to what was no request have no id of ours.
      if (typeof message.id !== "number") return;
      const resolve = waiting.get(message.id);
      if (!resolve) complaints.push(`request ${message.id} has an answer too many: ${JSON.stringify(message).slice(0, 300)}`);
      waiting.delete(message.id);
      resolve?.(message);
    } else if (message.id === undefined || message.id === null) {
      notifications.push({ method: message.method, params: message.params });
      const { type, message: text } = (message.params ?? {}) as { readonly type?: number; readonly message?: string };
      if (message.method === "window/logMessage" && type === 1 && !isAboutUs(text ?? "")) complaints.push(`the log: ${text ?? ""}`);
    } else {
      asked.push(message.method);
      line.write({ id: message.id, result: answers[message.method]?.(message.params) ?? null });
    }
  };
  const line = connect(receive);
  const write = (message: object) => {
    sent += 1;
    line.write(message);
  };

  const send: Editor["send"] = (method, params) => {
    const id = (lastId += 1);
    promises.set(id, new Promise((resolve) => waiting.set(id, resolve)));
    write({ id, method, ...(params === undefined ? {} : { params }) });
    return id;
  };
  const answer: Editor["answer"] = (id) => promises.get(id) ?? Promise.reject(new Error(`no request ${id}`));

  return {
    send, answer, complaints, asked, notifications,
    notify: (method, params) => write({ method, ...(params === undefined ? {} : { params }) }),
    sendRaw: write,
    request: async <Result>(method: string, params?: unknown): Promise<Result> => {
      const { result, error } = await answer(send(method, params));
      if (error) throw new Error(`${method}: ${error.code} ${error.message}`);
      return result as Result;
    },
    settled: async () => {
      await Promise.all(promises.values());
      promises.clear();
    },
    sent: () => sent,
    close: () => line.close(),
  };
}
