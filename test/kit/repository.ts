import { execFileSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/** Every file that is committed or would be: tracked and untracked, without what git ignores. Paths as git gives them. */
export function repositoryFiles(): readonly string[] {
  const list = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], { cwd: repository, encoding: "utf8" });
  const deleted = execFileSync("git", ["ls-files", "--deleted", "-z"], { cwd: repository, encoding: "utf8" }).split("\0");
  return list.split("\0").filter((file) => file !== "" && !deleted.includes(file));
}

/** The TypeScript sources below a folder. */
export function sourceFiles(folder: string): readonly string[] {
  return repositoryFiles().filter((file) => file.startsWith(`${folder}/`) && /\.ts$/.test(file));
}
