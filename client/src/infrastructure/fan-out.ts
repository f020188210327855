type Listener<Message> = (message: Message) => void;

/** Hands each message of a method to everyone who listens. */
export interface FanOut<Messages> {
  readonly listen: <Method extends keyof Messages>(method: Method, listener: Listener<Messages[Method]>) => { readonly dispose: () => void };
}

/** `subscribe` is called once a method: the protocol's client library keeps one handler of each, the last. */
export function createFanOut<Messages>(subscribe: <Method extends keyof Messages>(method: Method, handler: Listener<Messages[Method]>) => void): FanOut<Messages> {
  const byMethod: { [Method in keyof Messages]?: Set<Listener<Messages[Method]>> } = {};
  return {
    listen: <Method extends keyof Messages>(method: Method, listener: Listener<Messages[Method]>) => {
      const known: Set<Listener<Messages[Method]>> | undefined = byMethod[method];
      const listeners = known ?? new Set<Listener<Messages[Method]>>();
      if (!known) {
        byMethod[method] = listeners;
        subscribe(method, (message) => {
          for (const each of [...listeners]) each(message);
        });
      }
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    },
  };
}
