import { setImmediate } from "node:timers/promises";
import { version } from "../../../package.json";
import { serveOverStdio } from "../mcp/node";
import { folderFiles, foldersToRead } from "./agent-files";

// The bundle that `dsco mcp` loads: no other command pays for it.

/** Serves language models over standard input and output. `folders`: what may be read; none: the current one. */
export async function serveAgents(folders: readonly string[]): Promise<void> {
  // Standard output belongs to the protocol.
  const log = (text: string) => void process.stderr.write(`dsco: ${text}\n`);
  const survive = (fault: unknown) => log(fault instanceof Error ? (fault.stack ?? fault.message) : String(fault));
  process.on("uncaughtException", survive);
  process.on("unhandledRejection", survive);
  if (process.stdin.isTTY) log("waiting on standard input for a program that speaks the Model Context Protocol; `dsco help mcp` says how one starts it");
  await serveOverStdio({ files: folderFiles(foldersToRead(folders)), letMessagesIn: () => setImmediate(), log }, version);
}
