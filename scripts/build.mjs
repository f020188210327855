#!/usr/bin/env node
// Bundles the extension and the language server, each for Node and for the web, its pages and the command line into dist/.
//   node scripts/build.mjs            for use: small, without source maps
//   node scripts/build.mjs --watch    for F5: source maps, built again at every change
import { build, context } from "esbuild";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { allBundles } from "./bundles.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const watch = process.argv.includes("--watch");

const builds = allBundles.map((options) => ({
  ...options,
  absWorkingDir: root,
  outdir: "dist",
  minify: !watch,
  sourcemap: watch,
  logLevel: /** @type {const} */ ("warning"),
  metafile: true,
}));
const names = builds.flatMap(({ entryPoints }) => Object.keys(entryPoints));

const kilobytes = (/** @type {number} */ bytes) => `${(bytes / 1000).toFixed(0)} kB`;

async function buildOnce() {
  const start = performance.now();
  const dist = path.join(root, "dist");
  mkdirSync(dist, { recursive: true });
  for (const name of names) rmSync(path.join(dist, `${name}.js.map`), { force: true });
  // Other editors open the standard library as files.
  cpSync(path.join(root, "server/src/std"), path.join(dist, "std"), { recursive: true, filter: (source) => !source.endsWith(".ts") });
  const results = await Promise.all(builds.map((options) => build(options)));
  writeFileSync(path.join(dist, "third-party-notices.txt"), thirdPartyNotices(results.flatMap(({ metafile }) => Object.keys(metafile?.inputs ?? {}))));
  const sizes = names.map((name) => `${name}.js ${kilobytes(statSync(path.join(dist, `${name}.js`)).size)}`);
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
  let running = 0;
  let errors = 0;
  const reporter = {
    name: "report",
    setup(/** @type {import("esbuild").PluginBuild} */ build) {
      // .vscode/tasks.json reads these two lines to know when F5 may start.
      build.onStart(() => {
        if (running === 0) {
          errors = 0;
          console.log("build started");
        }
        running += 1;
      });
      build.onEnd((result) => {
        running -= 1;
        errors += result.errors.length;
        if (running === 0) console.log(`build finished, ${errors} errors`);
      });
    },
  };
  for (const options of builds) await (await context({ ...options, plugins: [reporter] })).watch();
} else {
  // esbuild has already printed what is wrong and where.
  await buildOnce().catch(() => process.exit(1));
}
