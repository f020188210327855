#!/usr/bin/env node
// Bundles the extension, the language server and the command line into dist/.
//   node scripts/build.mjs            for use: small, without source maps
//   node scripts/build.mjs --watch    for F5: source maps, built again at every change
import { build, context } from "esbuild";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const watch = process.argv.includes("--watch");

/** @type {Record<string, string>} */
const entryPoints = {
  extension: "client/src/extension.ts",
  server: "server/src/hosts/node.ts",
  cli: "server/src/cli/main.ts",
  mcp: "server/src/hosts/mcp.ts",
};

/** @type {import("esbuild").BuildOptions} */
const options = {
  absWorkingDir: root,
  entryPoints,
  outdir: "dist",
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  // Both matter for the size and for the start of the server: the ES modules of the dependencies can be tree-shaken.
  mainFields: ["module", "main"],
  conditions: ["module"],
  external: ["vscode"],
  loader: { ".dsco": "text" },
  minify: !watch,
  sourcemap: watch,
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
};

const kilobytes = (/** @type {number} */ bytes) => `${(bytes / 1000).toFixed(0)} kB`;

async function buildOnce() {
  const start = performance.now();
  const dist = path.join(root, "dist");
  mkdirSync(dist, { recursive: true });
  for (const name of Object.keys(entryPoints)) rmSync(path.join(dist, `${name}.js.map`), { force: true });
  const { metafile } = await build(options);
  writeFileSync(path.join(dist, "third-party-notices.txt"), thirdPartyNotices(Object.keys(metafile.inputs)));
  const sizes = Object.keys(entryPoints).map((name) => `${name}.js ${kilobytes(statSync(path.join(dist, `${name}.js`)).size)}`);
  console.log(`dist/: ${sizes.join(", ")} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
}

/** The licence of every package that is part of a bundle, as each of them asks. */
function thirdPartyNotices(/** @type {readonly string[]} */ inputs) {
  const folders = new Set(inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []));
  const notices = [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(path.join(root, folder, "package.json"), "utf8"));
    const file = readdirSync(path.join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? `Licence: ${license}` : readFileSync(path.join(root, folder, file), "utf8").trim();
    return `${name} ${version}\n\n${text}\n`;
  });
  return `dsco contains the following packages.\n\n${[...new Set(notices)].toSorted().join(`\n${"-".repeat(80)}\n\n`)}`;
}

if (watch) {
  const reporter = {
    name: "report",
    setup(/** @type {import("esbuild").PluginBuild} */ build) {
      // .vscode/tasks.json reads these two lines to know when F5 may start.
      build.onStart(() => console.log("build started"));
      build.onEnd((result) => console.log(`build finished, ${result.errors.length} errors`));
    },
  };
  await (await context({ ...options, plugins: [reporter] })).watch();
} else {
  // esbuild has already printed what is wrong and where.
  await buildOnce().catch(() => process.exit(1));
}
