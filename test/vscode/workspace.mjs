import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Failure } from "./failure.mjs";

export const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/** @type {{ readonly version: string }} */
const manifest = JSON.parse(readFileSync(path.join(repository, "package.json"), "utf8"));

/** Where `npm run package` puts the extension. */
export const packagedExtension = path.join(repository, "dist", `dsco-${manifest.version}.vsix`);

export function requirePackagedExtension() {
  if (!existsSync(packagedExtension)) throw new Failure("The extension is not packaged yet: run `npm run package` first.");
  return packagedExtension;
}

/** A fresh folder outside the repository with a copy of the examples, and what removes it. */
export function freshWorkspace() {
  const folder = mkdtempSync(path.join(os.tmpdir(), "dsco-test-"));
  const workspace = path.join(folder, "examples");
  mkdirSync(workspace);
  cpSync(path.join(repository, "examples"), workspace, { recursive: true });
  return { folder, workspace, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
