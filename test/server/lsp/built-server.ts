import { build } from "esbuild";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { repository } from "../../kit/repository";

/** The language server, bundled as scripts/build.mjs does it, in a folder of its own. */
export async function buildServer(): Promise<{ readonly file: string; readonly remove: () => void }> {
  const folder = mkdtempSync(path.join(tmpdir(), "dsco-server-"));
  const file = path.join(folder, "server.js");
  await build({
    absWorkingDir: repository, entryPoints: ["server/src/hosts/node.ts"], outfile: file, bundle: true, platform: "node", target: "node20", format: "cjs",
    mainFields: ["module", "main"], conditions: ["module"], loader: { ".dsco": "text" }, minify: true, logLevel: "error",
  });
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
