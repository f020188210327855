import { loadStandard } from "../analysis";
import { createSource, type Loaded, type LoadSource } from "../core";
import { joinDesign, WrongUse, type Design, type NamedFile } from "../design";
import type { CommandHost } from "../hosts/command-host";
import { setOptionText } from "./options";

/**
 * Reads the named files and joins them in one workspace; applies the edits of `--set` in memory.
 * Throws `WrongUse` with one sentence for every file that cannot be read and for an edit that cannot be made.
 */
export async function openDesign(paths: readonly string[], whatIfs: readonly string[], host: CommandHost): Promise<Design> {
  const files: NamedFile[] = [];
  const texts = new Map<string, Loaded>();
  const problems: string[] = [];
  for (const path of paths) {
    const uri = isStandard(path) ? path : host.uriOf(path);
    if (texts.has(uri)) continue;
    const read = await readNamed(path, uri, host);
    if (read.kind === "failed") {
      problems.push(`${path === "-" ? "standard input" : path}: ${read.reason}`);
      continue;
    }
    files.push({ path, uri });
    texts.set(uri, read);
  }
  if (problems.length > 0) throw new WrongUse(...problems);
  const given = new Map(files.map((file) => [file.uri, file.path]));
  return joinDesign({ files, load: loader(texts, files, host), showUri: (uri) => given.get(uri) ?? host.showUri(uri) }, whatIfs, setOptionText);
}

async function readNamed(path: string, uri: string, host: CommandHost): Promise<Loaded> {
  if (isStandard(path)) return loadStandard(path);
  const read = path === "-" ? await host.readInput() : host.read(path);
  if (read.kind === "text") return { kind: "source", source: createSource(uri, read.text) };
  return { kind: "failed", reason: `${read.reason}${read.isFolder ? `: name a file in it; \`${host.program} check\` without files takes every design below the current folder` : ""}` };
}

const isStandard = (path: string): boolean => path.startsWith("std:");

/** Named files from memory, `std:` from the program, imports from the disk, each read once. */
function loader(texts: Map<string, Loaded>, files: readonly NamedFile[], host: CommandHost): LoadSource {
  const paths = files.filter(({ path }) => path !== "-" && !isStandard(path)).map((file) => file.path);
  return (uri) => {
    if (uri.startsWith("std:")) return loadStandard(uri);
    const known = texts.get(uri);
    if (known) return known;
    const read = host.readImport(uri, paths);
    const loaded: Loaded = read.kind === "text" ? { kind: "source", source: createSource(uri, read.text) } : read;
    texts.set(uri, loaded);
    return loaded;
  };
}
