#!/usr/bin/env node
// Puts a real VS Code (its server and web workbench, as the npm package code-server carries them) below .vscode-test/,
// from the npm registry alone. What was fetched before is used again.
//   node test/vscode/get-vscode.mjs min|latest     prints JSON { version, root, node }
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, mkdirSync, readFileSync, realpathSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { diskFailure, Failure, runScript } from "./failure.mjs";
import { withProgress } from "./progress.mjs";
import { cacheFolder, unpacked } from "./unpacked.mjs";

/** @typedef {{ readonly version: string, readonly root: string, readonly node: string }} VSCode */

/** `integrity`: SHA-512 of the package's file, as the registry publishes it. */
const builds = {
  /** The oldest VS Code that `engines.vscode` allows; runs on Node 20. */
  min: {
    version: "1.100.3",
    package: "code-server@4.100.3",
    megabytes: 42,
    integrity: "sha512-q/Fh2DOxCRNhC/WiG/6sAhSKnj7ZACTVBaeeZ+rWjol//0FCbl/qg1ln5ecZ99jYcfqMxZZAyWcN+YBIo0DgpA==",
    node: undefined,
    // This build fetches ripgrep from elsewhere; without it, files cannot be found by name or content.
    ripgrep: {
      version: "1.18.0",
      integrities: new Map([
        ["linux-x64", "sha512-mQ3bVrUpnD2vs7QT0vX90Lt0cnUq467uFtEktIdsJJmW296RoSULRGqWgzG1AKxyBpNDD6l4ZO4qKf6SgyC23Q=="],
        ["linux-arm64", "sha512-lQ/5zTG++U0E3IhVgS4EPTTn/U4okncaRMM5GOFfOYZywS4nuD31GhkHbNYlDk5CuDC68+hYJ0/eQeyCKJDA+g=="],
      ]),
    },
  },
  latest: {
    version: "1.139.1",
    package: "code-server@4.139.1",
    megabytes: 47,
    integrity: "sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==",
    node: {
      version: "24.21.0",
      megabytes: 53,
      integrities: new Map([
        ["linux-x64", "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q=="],
        ["linux-arm64", "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g=="],
      ]),
    },
    ripgrep: undefined,
  },
};

const machine = `${process.platform}-${process.arch}`;

/**
 * @param {string} key `min` or `latest`
 * @returns {Promise<VSCode>}
 */
export async function getVSCode(key) {
  const build = key === "min" || key === "latest" ? builds[key] : undefined;
  if (build === undefined) throw new Failure(`There is no VS Code called "${key}": choose min or latest.`);
  const what = `VS Code ${build.version}`;
  const folder = await unpacked(`vscode-${build.version}`, `${what} could not be fetched`, (temporary) =>
    withProgress(`Fetching ${what} (${build.megabytes} MB and its modules)`, async () => {
      await fetchPackage(build.package, build.integrity, temporary, what);
      await installModules(path.join(temporary, "lib/vscode"), what);
      const integrity = build.ripgrep?.integrities.get(machine);
      if (build.ripgrep !== undefined && integrity !== undefined) {
        const ripgrep = path.join(temporary, "ripgrep");
        await fetchPackage(`@vscode/ripgrep-${machine}@${build.ripgrep.version}`, integrity, ripgrep, what);
        renameSync(path.join(ripgrep, "bin"), path.join(temporary, "lib/vscode/node_modules/@vscode/ripgrep/bin"));
      }
    }),
  );
  const node = build.node === undefined ? process.execPath : await getNode(build.node, what);
  return { version: build.version, root: path.join(folder, "lib/vscode"), node };
}

/**
 * The modules of VS Code's server, as its shrinkwrap holds them. Of the native add-ons, only the one that notices changes
 * on the disk: the others serve what these tests do not use, and most are built by scripts, which do not run here.
 */
async function installModules(/** @type {string} */ folder, /** @type {string} */ what) {
  await npm(["install", "--no-save", "--loglevel=error", "--omit=dev", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund", "--force"], folder, what);
  const watcher = `@parcel/watcher-${machine}${process.platform === "linux" ? "-glibc" : ""}`;
  /** @type {{ packages: Record<string, { version: string, integrity: string } | undefined> }} */
  const { packages } = JSON.parse(readFileSync(path.join(folder, "npm-shrinkwrap.json"), "utf8"));
  const entry = packages[`node_modules/${watcher}`];
  if (entry !== undefined) await fetchPackage(`${watcher}@${entry.version}`, entry.integrity, path.join(folder, "node_modules", watcher), what);
}

/** A Node of the given version; the one that runs this where it is not older. */
async function getNode(/** @type {typeof builds.latest.node} */ { version, megabytes, integrities }, /** @type {string} */ wantedBy) {
  if (Number.parseInt(process.versions.node) >= Number.parseInt(version)) return process.execPath;
  const integrity = integrities.get(machine);
  if (integrity === undefined) throw new Failure(`${wantedBy} needs Node ${Number.parseInt(version)}: npm has none to fetch for ${machine}, so run this with one.`);
  const folder = await unpacked(`node-${version}`, `Node ${version} could not be fetched`, (temporary) =>
    withProgress(`Fetching Node ${version} (${megabytes} MB)`, () => fetchPackage(`node-${machine}@${version}`, integrity, temporary, `Node ${version}`)),
  );
  return path.join(folder, "bin/node");
}

/** Unpacks a package of the registry into `folder` when its content is the one expected. */
async function fetchPackage(
  /** @type {string} */ spec,
  /** @type {string} */ integrity,
  /** @type {string} */ folder,
  /** @type {string} */ what,
) {
  mkdirSync(folder, { recursive: true });
  const output = await npm(["pack", spec, "--loglevel=error", "--pack-destination", folder], folder, what);
  const file = path.join(folder, String(output.trim().split("\n").at(-1)));
  const hash = createHash("sha512");
  await pipeline(createReadStream(file), hash);
  if (`sha512-${hash.digest("base64")}` !== integrity) {
    throw new Failure(`${what} could not be fetched: what came for ${spec} is not the package that was published (its SHA-512 differs).`);
  }
  await run("tar", ["xzf", file, "--no-same-owner", "--strip-components=1", "-C", folder], folder, what, explainTar);
  rmSync(file);
}

function npm(/** @type {readonly string[]} */ args, /** @type {string} */ folder, /** @type {string} */ what) {
  // npm's default waits more than a minute before it says that there is no network.
  const retries = ["--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"];
  return run("npm", [...args, ...retries], folder, what, explainNpm);
}

/** @returns {Promise<string>} what the command printed */
function run(
  /** @type {string} */ command,
  /** @type {readonly string[]} */ args,
  /** @type {string} */ folder,
  /** @type {string} */ what,
  /** @type {(stderr: string) => string} */ explain,
) {
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd: folder, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      if (error.code === "ENOENT") return reject(new Failure(`${what} could not be fetched: the command \`${command}\` was not found.`));
      const disk = /ENOSPC|no space left/i.test(stderr + stdout) ? diskFailure({ code: "ENOSPC" }, `${what} could not be fetched`, cacheFolder) : undefined;
      reject(disk ?? new Failure(`${what} could not be fetched: ${explain(stderr + stdout)}.`));
    });
  });
}

function explainTar(/** @type {string} */ output) {
  return `tar said "${output.trim().split("\n")[0]}"`;
}

const networkCodes = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT)\b/;

function explainNpm(/** @type {string} */ output) {
  const network = networkCodes.exec(output);
  if (network) return `the npm registry did not answer (${network[1]}); check the network and run it again`;
  const lines = output.split("\n").filter((line) => /^npm (error|ERR!)/.test(line)).map((line) => line.replace(/^npm (error|ERR!) ?/, "").trim());
  const said = lines.find((line) => line !== "" && !line.startsWith("code ")) ?? output.trim().split("\n")[0];
  return `npm said "${said}"`;
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await runScript(async () => console.log(JSON.stringify(await getVSCode(process.argv[2] ?? "min"))));
}
