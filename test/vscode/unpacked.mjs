import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { diskFailure } from "./failure.mjs";

/** Where everything that is fetched or made for a real VS Code lives; git does not see it. */
export const cacheFolder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../.vscode-test");

/**
 * The folder `name` of the cache, filled by `fill` where it does not exist yet. It is filled under another name and
 * renamed when complete: a run that is cut off leaves nothing half done, and two runs at once do not meet.
 * @param {string} name
 * @param {string} what the beginning of the sentence when the disk fails: "VS Code could not be unpacked"
 * @param {(folder: string) => Promise<void>} fill
 */
export async function unpacked(name, what, fill) {
  const folder = path.join(cacheFolder, name);
  if (existsSync(folder)) return folder;
  let temporary;
  try {
    mkdirSync(cacheFolder, { recursive: true });
    removeAbandoned();
    temporary = mkdtempSync(path.join(cacheFolder, `.partial-${process.pid}-`));
    await fill(temporary);
    rename(temporary, folder);
  } catch (error) {
    throw diskFailure(error, what, cacheFolder) ?? error;
  } finally {
    if (temporary) rmSync(temporary, { recursive: true, force: true });
  }
  return folder;
}

function rename(/** @type {string} */ from, /** @type {string} */ to) {
  try {
    renameSync(from, to);
  } catch (error) {
    // Another run was first; what it put there is the same.
    if (!existsSync(to)) throw error;
  }
}

/** Removes what runs left that were killed in the middle. */
function removeAbandoned() {
  for (const entry of readdirSync(cacheFolder)) {
    const process = /^\.partial-(\d+)-/.exec(entry);
    if (process && !isRunning(Number(process[1]))) rmSync(path.join(cacheFolder, entry), { recursive: true, force: true });
  }
}

function isRunning(/** @type {number} */ pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}
