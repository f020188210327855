import { version } from "../../../package.json";
import { serveWorker } from "../lsp/browser";
import { slicedPool } from "./sweep-slices";

// The entry of the language server in a browser: a worker without a disk. Every file comes from the editor.

/** In a browser the connection hands out one message a timer, and timers that follow one another are held back for 4 ms each. */
const turnsForMessages = 3;

const letMessagesIn = async (): Promise<void> => {
  for (let turn = 0; turn < turnsForMessages; turn += 1) await new Promise<void>((resolve) => setTimeout(resolve, 0));
};

serveWorker({ letMessagesIn, sweeps: { atOnce: 1, open: (task) => Promise.resolve(slicedPool(task, letMessagesIn)) } }, version);
