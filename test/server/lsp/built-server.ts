import { build } from "esbuild";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { nodeBundles } from "../../../scripts/bundles.mjs";
import { repository } from "../../kit/repository";

/** The language server, as scripts/build.mjs bundles it, in a folder of its own. */
export async function buildServer(): Promise<{ readonly file: string; readonly remove: () => void }> {
  const folder = mkdtempSync(path.join(tmpdir(), "dsco-server-"));
  const file = path.join(folder, "server.js");
  await build({
    ...nodeBundles, absWorkingDir: repository, entryPoints: [nodeBundles.entryPoints.server], outfile: file, minify: true, logLevel: "error",
  });
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

type NodeBundle = keyof typeof nodeBundles.entryPoints;

/** Bundles for Node beside each other, as they are in `dist`: one loads another by its name. */
export async function buildBundles(...names: readonly NodeBundle[]): Promise<{ readonly fileOf: (name: NodeBundle) => string; readonly remove: () => void }> {
  const folder = mkdtempSync(path.join(tmpdir(), "dsco-bundles-"));
  const entryPoints = Object.fromEntries(names.map((name) => [name, nodeBundles.entryPoints[name]]));
  await build({ ...nodeBundles, absWorkingDir: repository, entryPoints, outdir: folder, minify: true, logLevel: "error" });
  return { fileOf: (name) => path.join(folder, `${name}.js`), remove: () => rmSync(folder, { recursive: true, force: true }) };
}
