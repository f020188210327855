import { build } from "esbuild";
import { copyFileSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { repository } from "./repository";

/** The built command line as npm installs it, in a folder of its own, which the caller removes: `bin/dsco.mjs` starts it. */
export async function installCli(): Promise<string> {
  const installed = mkdtempSync(path.join(tmpdir(), "dsco-installed-"));
  mkdirSync(path.join(installed, "bin"));
  copyFileSync(path.join(repository, "bin/dsco.mjs"), path.join(installed, "bin/dsco.mjs"));
  await build({
    absWorkingDir: repository, entryPoints: {
      cli: "server/src/cli/main.ts", server: "server/src/hosts/node.ts", sweep: "server/src/hosts/sweep.ts", "sweep-worker": "server/src/hosts/sweep-worker.ts",
      "entry/worker": "./node_modules/tinypool/dist/entry/worker.js",
    },
    outdir: path.join(installed, "dist"), define: { "import.meta.url": "importMetaUrl" }, inject: ["scripts/import-meta-url.mjs"],
    bundle: true, platform: "node", target: "node20", format: "cjs", mainFields: ["module", "main"], conditions: ["module"],
    loader: { ".dsco": "text" }, minify: true, logLevel: "error",
  });
  return installed;
}
