import { loadStandard, openWorkspace } from "../analysis";
import { didYouMean, fileScope, namesFrom, nearest, type Source } from "../core";
import { standardLibrary } from "../std";
import { firstSentence } from "../ide/first-sentence";
import { WrongUse } from "./wrong-use";

/** A part of the standard library: `std:hardware/nvidia`. */
export interface LibraryPart {
  readonly address: string;
  readonly text: string;
  readonly entries: readonly LibraryDeclaration[];
}

export interface LibraryDeclaration {
  readonly name: string;
  readonly kind: string;
  /** First sentence of its documentation. */
  readonly summary: string;
  /** With its doc comment. */
  readonly text: string;
}

/** All that the standard library holds, by address. */
export function libraryParts(): readonly LibraryPart[] {
  return [...standardLibrary.keys()].sort().flatMap((address) => {
    const loaded = loadStandard(address);
    return loaded.kind === "source" ? [{ address, text: loaded.source.text, entries: entriesOf(loaded.source) }] : [];
  });
}

function entriesOf({ parsed, text }: Source): readonly LibraryDeclaration[] {
  return parsed.file.declarations.flatMap((node) => {
    if (node.kind === "import" || !node.name) return [];
    const summary = firstSentence(node.doc) ?? "";
    return [{ name: node.name.text, kind: node.kind === "let" ? "let" : node.keyword, summary, text: withDoc(text, node.start, node.end) }];
  });
}

/** The text of a declaration with the doc comment that stands directly above it. */
function withDoc(text: string, start: number, end: number): string {
  const before = text.slice(0, start).split("\n").slice(0, -1);
  const doc = before.slice(before.findLastIndex((line) => !line.startsWith("///")) + 1);
  return `${[...doc, text.slice(start, end)].join("\n")}\n`;
}

/** A declaration of the library as a file of its own: imports of what it names, then its text. */
export function standaloneText({ address }: LibraryPart, { name, text }: LibraryDeclaration): string {
  const scope = fileScope(openWorkspace(loadStandard), address);
  const node = scope?.declarations.find((declaration) => declaration.name?.text === name);
  const wanted = new Map<string, string[]>();
  for (const { name: used, declared, uri } of scope && node ? namesFrom(scope, node) : []) {
    if (uri !== undefined) wanted.set(uri, [...(wanted.get(uri) ?? []), declared === used ? used : `${declared} as ${used}`]);
  }
  const imports = [...wanted].map(([uri, names]) => `import { ${names.join(", ")} } from "${uri}"\n`).join("");
  return `// ${address}\n${imports}${imports === "" ? "" : "\n"}${text}`;
}

/** What a name of the library means: a part (`std:hardware/nvidia`, also without `std:`) or a declaration with the part it stands in. */
export type FoundInLibrary =
  | { readonly kind: "part"; readonly part: LibraryPart }
  | { readonly kind: "declaration"; readonly part: LibraryPart; readonly entry: LibraryDeclaration };

/** Throws `WrongUse`, with the nearest name, where the library has no such name. */
export function findInLibrary(name: string): FoundInLibrary {
  const parts = libraryParts();
  const part = parts.find(({ address }) => address === name || address === `std:${name}`);
  if (part) return { kind: "part", part };
  for (const candidate of parts) {
    const entry = candidate.entries.find((each) => each.name === name);
    if (entry) return { kind: "declaration", part: candidate, entry };
  }
  const known = parts.flatMap(({ address, entries }) => [...entries.map((entry) => entry.name), address]);
  throw new WrongUse(`the standard library has no \`${name}\`${didYouMean(nearest(name, known))}`);
}
