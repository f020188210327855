import { build } from "esbuild";
import { copyFileSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { nodeBundles } from "../../scripts/bundles.mjs";
import { repository } from "./repository";

const { cli, server, sweep, "sweep-worker": worker, "entry/worker": entry } = nodeBundles.entryPoints;

/** The built command line as npm installs it, in a folder of its own, which the caller removes: `bin/dsco.mjs` starts it. */
export async function installCli(): Promise<string> {
  const installed = mkdtempSync(path.join(tmpdir(), "dsco-installed-"));
  mkdirSync(path.join(installed, "bin"));
  copyFileSync(path.join(repository, "bin/dsco.mjs"), path.join(installed, "bin/dsco.mjs"));
  await build({
    ...nodeBundles, absWorkingDir: repository, entryPoints: { cli, server, sweep, "sweep-worker": worker, "entry/worker": entry },
    outdir: path.join(installed, "dist"), minify: true, logLevel: "error",
  });
  return installed;
}
