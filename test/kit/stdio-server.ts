import { spawn } from "node:child_process";
import { StreamMessageReader, StreamMessageWriter, type Message as ServerMessage } from "vscode-languageserver/node";
import type { Connect, Message } from "./editor";

export interface Processes {
  readonly connect: Connect;
  /** Of each process that was started, once it ends: its exit code and what it wrote to standard error. */
  readonly ended: Promise<{ readonly code: number | null; readonly errors: string }>[];
  /** Ends the processes that still run. */
  readonly kill: () => void;
}

/** A language server in a process of its own for every connection, over its standard streams. */
export function overStdio([file = "", ...args]: readonly string[], cwd?: string): Processes {
  const ended: Processes["ended"] = [];
  const running = new Set<() => void>();
  const connect: Connect = (receive) => {
    const child = spawn(file, args, { stdio: ["pipe", "pipe", "pipe"], cwd });
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    child.stdin.on("error", () => undefined);
    const kill = () => void child.kill("SIGKILL");
    running.add(kill);
    ended.push(new Promise((resolve) => child.once("exit", (code) => {
      running.delete(kill);
      resolve({ code, errors });
    })));
    const writer = new StreamMessageWriter(child.stdin);
    new StreamMessageReader(child.stdout).listen((message) => receive(message as Message));
    return {
      write: (message) => void writer.write({ jsonrpc: "2.0", ...message } as ServerMessage).catch(() => undefined),
      close: () => child.stdin.end(),
    };
  };
  return { connect, ended, kill: () => running.forEach((kill) => kill()) };
}
