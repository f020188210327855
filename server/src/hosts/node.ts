import { setImmediate } from "node:timers/promises";
import { version } from "../../../package.json";
import { serveProcess } from "../lsp/node";
import { isInside, pathOf, readText } from "./files";

// The entry of the language server: the extension starts it over node's channel, `dsco lsp --stdio` loads it.

/** What no handler caught is written down; the editor keeps its server. */
const survive = (fault: unknown) => console.error(fault instanceof Error ? (fault.stack ?? fault.message) : fault);
process.on("uncaughtException", survive);
process.on("unhandledRejection", survive);

try {
  serveProcess({
    readFile: (uri) => {
      const path = pathOf(uri);
      return path.kind === "text" ? readText(path.text) : path;
    },
    isInside: (uri, folders) => {
      const path = pathOf(uri);
      return path.kind === "text" && isInside(path.text, folders.map(pathOf).flatMap((folder) => (folder.kind === "text" ? [folder.text] : [])));
    },
    nextTurn: async () => {
      await setImmediate();
    },
  }, version);
} catch {
  process.stderr.write("dsco: the language server needs --stdio, --node-ipc, --pipe=NAME or --socket=PORT.\n");
  process.exitCode = 2;
}
