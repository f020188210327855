import { createSource, didYouMean, nearest, type Library, type LibraryEntry, type Loaded, type Source } from "../core";
import { standardLibrary } from "../std";

const sources = new Map<string, Source>();

/** A part of the standard library by its address, parsed once for the life of the process. */
export function loadStandard(uri: string): Loaded {
  const known = sources.get(uri);
  if (known) return { kind: "source", source: known };
  const text = standardLibrary.get(uri);
  if (text === undefined) {
    return { kind: "failed", reason: `the standard library has no such part${didYouMean(nearest(uri, standardLibrary.keys()))}` };
  }
  const source = createSource(uri, text);
  sources.set(uri, source);
  return { kind: "source", source };
}

let entries: ReadonlyMap<string, readonly LibraryEntry[]> | undefined;

/** The names of the standard library, read when somebody first asks for them. */
const readNames = (): ReadonlyMap<string, readonly LibraryEntry[]> => (entries ??= readEntries());

export const standardNames: Library = {
  find: (name) => readNames().get(name) ?? [],
};

/** Every declaration of the standard library. */
export const standardDeclarations = (): readonly (LibraryEntry & { readonly name: string })[] =>
  [...readNames()].flatMap(([name, found]) => found.map((entry) => ({ name, ...entry })));

function readEntries(): ReadonlyMap<string, readonly LibraryEntry[]> {
  const found = new Map<string, LibraryEntry[]>();
  for (const uri of standardLibrary.keys()) {
    const loaded = loadStandard(uri);
    if (loaded.kind !== "source") continue;
    for (const node of loaded.source.parsed.file.declarations) {
      if (node.kind !== "declaration" || !node.name) continue;
      const known = found.get(node.name.text);
      if (known) known.push({ uri, keyword: node.keyword });
      else found.set(node.name.text, [{ uri, keyword: node.keyword }]);
    }
  }
  return found;
}
