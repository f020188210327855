import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/** What .gitignore leaves out, by the last part of each pattern: `dist/` is a folder, `*.vsix` and `node_modules` are files, folders and links. */
const ignored = readFileSync(path.join(repository, ".gitignore"), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => ({ folder: line.endsWith("/"), name: path.basename(line) }));

function isIgnored(name: string, folder: boolean): boolean {
  if (name === ".git") return true;
  return ignored.some((pattern) => (folder || !pattern.folder) && (pattern.name.startsWith("*") ? name.endsWith(pattern.name.slice(1)) : name === pattern.name));
}

/**
 * Every file that is committed or would be, by its path from the repository's root. Read from the disk, not from git:
 * the tests also run where git is not installed.
 */
export function repositoryFiles(folder = ""): readonly string[] {
  return readdirSync(path.join(repository, folder), { withFileTypes: true }).flatMap((entry) => {
    // A link leads out of the repository: packages that several checkouts share.
    if (entry.isSymbolicLink() || isIgnored(entry.name, entry.isDirectory())) return [];
    const file = path.posix.join(folder, entry.name);
    return entry.isDirectory() ? repositoryFiles(file) : [file];
  });
}

/** The TypeScript sources below a folder. */
export function sourceFiles(folder: string): readonly string[] {
  return repositoryFiles(folder).filter((file) => file.endsWith(".ts"));
}
