import { loadStandard } from "../analysis";
import { createSource, didYouMean, nearest, type Loaded, type LoadSource } from "../core";
import { joinDesign, printable, WrongUse, type Design } from "../design";

/** Where the tools find texts: a folder on a disk, or what an editor holds. The door that serves the tools gives it; nothing of it writes. */
export interface AgentFiles {
  /** The address of a path as a model wrote it, inside the folders that may be read, or a clause that says why it may not be read. */
  readonly resolve: (path: string) => Resolved;
  /** Resolves when a file that `resolve` gave, and what it imports, can be loaded: a browser has to fetch them. */
  readonly arrived: (uri: string) => Promise<void>;
  /** The text behind an address of a file, or a clause that says why there is none. */
  readonly load: LoadSource;
  /** The shortest name for an address that `resolve` takes again. */
  readonly show: (uri: string) => string;
  /** The designs of the folders by such names, sorted. */
  readonly list: () => Promise<readonly string[]>;
  /** The folder (an address that ends in `/`) that imports of an inline text are relative to; `undefined`: it can import from `std:` alone. */
  readonly folder: string | undefined;
}

export type Resolved =
  | { readonly kind: "file"; readonly uri: string }
  | { readonly kind: "refused"; readonly reason: string };

/** A design named by a model: by path, or as text. */
export interface DesignInput {
  readonly file?: string | undefined;
  readonly text?: string | undefined;
}

/** How an answer names a text that came with the question. */
const inlineName = "text";

/** No path has this name: it is no file that an import could mean. */
const inlineFile = "%00.dsco";

/** Of a folder with very many designs, a message names some. */
const mostNamed = 20;

/**
 * Reads the design that a model named, with edits (`NAME.path=VALUE`) made in memory. Throws `WrongUse` where there is no text, or where
 * an edit cannot be made.
 */
export async function openDesign(input: DesignInput, files: AgentFiles, edits: readonly string[] = [], replaced: ReadonlyMap<string, string> = new Map()): Promise<Design> {
  const uri = await addressOf(input, files);
  const texts = new Map<string, Loaded>();
  if (input.text !== undefined) texts.set(uri, { kind: "source", source: createSource(uri, input.text) });
  for (const [address, text] of replaced) texts.set(address, { kind: "source", source: createSource(address, text) });
  const load: LoadSource = (address) => {
    const known = texts.get(address);
    if (known) return known;
    const loaded = loadFrom(files, address);
    texts.set(address, loaded);
    return loaded;
  };
  const showUri = (address: string): string => (address === uri && input.text !== undefined ? inlineName : address.startsWith("std:") ? address : files.show(address));
  return joinDesign({ files: [{ path: showUri(uri), uri }], load, showUri }, edits, "");
}

/** The address of a design, known to have a text. Throws `WrongUse` where it has none. */
async function addressOf({ file, text }: DesignInput, files: AgentFiles): Promise<string> {
  if (file !== undefined && text !== undefined) throw new WrongUse("give `file` or `text`, not both");
  if (text !== undefined) return files.folder === undefined ? "untitled:text" : `${files.folder}${inlineFile}`;
  if (file === undefined) throw new WrongUse("name a design: `file` takes the path of a `.dsco` file or a part of the standard library (`std:models/deepseek`), `text` the design itself");
  const uri = resolve(file, files);
  if (!uri.startsWith("std:")) await files.arrived(uri);
  const loaded = loadFrom(files, uri);
  if (loaded.kind === "pending") throw new WrongUse(`${printable(file)}: the editor has not handed it out yet: ask again`);
  if (loaded.kind === "failed") throw new WrongUse(`${printable(file)}: ${loaded.reason}${uri.startsWith("std:") ? "" : await whatThereIs(file, files)}`);
  return uri;
}

function resolve(file: string, files: AgentFiles): string {
  if (file.startsWith("std:")) return file;
  const found = files.resolve(file);
  if (found.kind === "refused") throw new WrongUse(`${printable(file)}: ${found.reason}`);
  if (!isDesign(found.uri)) throw new WrongUse(`${printable(file)}: ${notADesign.reason}`);
  return found.uri;
}

const loadFrom = (files: AgentFiles, address: string): Loaded =>
  (address.startsWith("std:") ? loadStandard(address) : isDesign(address) ? files.load(address) : notADesign);

/** Other files of a folder are nobody's business here: their text would stand in messages about them. */
const isDesign = (uri: string): boolean => uri.startsWith("std:") || uri.startsWith("untitled:") || /\.dsco$/i.test(uri);
const notADesign = { kind: "failed", reason: "only files whose name ends in `.dsco` are read" } as const;

async function whatThereIs(file: string, files: AgentFiles): Promise<string> {
  const known = await files.list();
  if (known.length === 0) return "; there is no `.dsco` file in the folders that may be read";
  const suggestion = nearest(file, known);
  if (suggestion !== undefined) return didYouMean(suggestion);
  const named = known.slice(0, mostNamed).map(printable).join(", ");
  return `; there are ${named}${known.length > mostNamed ? ` and ${known.length - mostNamed} more` : ""}`;
}
