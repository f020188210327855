import { window, type LogOutputChannel } from "vscode";
import { createRecentLines } from "./recent-lines";

/** The channel `dsco` of the Output panel, which remembers the end of what was written. */
export interface Output extends LogOutputChannel {
  readonly recent: () => readonly string[];
}

const levels = ["error", "warn", "info", "debug", "trace"] as const;

/** The server's log and, at log level Trace, its messages. */
export function createOutput(): Output {
  const channel = window.createOutputChannel("dsco", { log: true });
  const lines = createRecentLines();
  const recorded = Object.fromEntries(levels.map((level) => [level, (message: string | Error, ...args: unknown[]) => {
    // Traces hold the text of designs.
    if (level !== "trace") lines.add(level, message instanceof Error ? (message.stack ?? message.message) : message);
    if (level === "error") channel.error(message, ...args);
    else channel[level](String(message), ...args);
  }]));
  // A channel's own properties are getters that must be asked of the channel itself.
  return new Proxy(channel, {
    get: (target, name) => {
      if (name === "recent") return lines.all;
      if (typeof name === "string" && Object.hasOwn(recorded, name)) return recorded[name];
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  }) as Output;
}
