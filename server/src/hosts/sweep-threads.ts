/** Where the language server runs sweeps: in threads, whose code the bundles load when the first sweep is run. */

import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import type { SweepRunner } from "../lsp/host";

/** One core stays the server's, so that hovers are answered as without a sweep. */
const threads = Math.max(1, Math.min(16, availableParallelism() - 1));

/** The extension's bundle of server and command line is a thread's too: the threads' own would be as large again. */
const program = basename(__filename) === "extension-program.js" ? __filename : join(__dirname, "sweep-worker.js");

export const sweepThreads: SweepRunner = {
  atOnce: threads,
  open: async (task) => (await import("./sweep-pool")).sweepPool(task, threads, program),
};
