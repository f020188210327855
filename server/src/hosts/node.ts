import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { version } from "../../../package.json";
import { serveProcess } from "../lsp/node";
import { findFiles, isInside, pathOf, readText } from "./files";
import { sweepThreads } from "./sweep-threads";

// The entry of the language server: the extension starts it over node's channel, `dsco lsp --stdio` loads it.

/** The connection hands out one message a turn of the event loop; an idle turn takes some microseconds. */
const turnsForMessages = 10;

/** What no handler caught is written down; the editor keeps its server. */
const survive = (fault: unknown) => console.error(fault instanceof Error ? (fault.stack ?? fault.message) : fault);
process.on("uncaughtException", survive);
process.on("unhandledRejection", survive);

// Over Node's channel the protocol's library does not see that the other side is gone.
process.once("disconnect", () => process.exit(1));

try {
  serveProcess({
    disk: {
      readFile: (uri) => {
        const path = pathOf(uri);
        return path.kind === "text" ? readText(path.text) : path;
      },
      isInside: (uri, folders) => {
        const path = pathOf(uri);
        return path.kind === "text" && isInside(path.text, folders.map(pathOf).flatMap((folder) => (folder.kind === "text" ? [folder.text] : [])));
      },
      findFiles: async (folder) => {
        const path = pathOf(folder);
        return path.kind === "text" ? (await findFiles(path.text, ".dsco")).map((file) => pathToFileURL(file).href) : [];
      },
    },
    libraryFile: (address, text) => {
      const file = join(__dirname, "std", `${address.slice("std:".length)}.dsco`);
      const found = readText(file);
      return found.kind === "text" && found.text === text ? pathToFileURL(file).href : undefined;
    },
    letMessagesIn: async () => {
      for (let turn = 0; turn < turnsForMessages; turn += 1) await setImmediate();
    },
    sweeps: sweepThreads,
  }, version);
} catch {
  process.stderr.write("dsco: the language server needs --stdio, --node-ipc, --pipe=NAME or --socket=PORT.\n");
  process.exitCode = 2;
}
