import { createSource, type Loaded } from "../core";
import type { HostText } from "./host";
import type { KnownFiles } from "./known-files";

/** A text that is on its way. */
export interface Arriving {
  readonly kind: "arriving";
  readonly done: Promise<void>;
}

/** Texts and trees of files, each read once until it is forgotten. */
export interface FileStore<Text extends HostText | Arriving> extends Pick<KnownFiles, "load" | "text" | "list" | "forget"> {
  /** Reads it where nobody has. */
  readonly known: (uri: string) => Text;
  /** What has been read, without reading. */
  readonly texts: ReadonlyMap<string, Text>;
  /** A text is another one now. */
  readonly replace: (uri: string, text: Text) => void;
}

/** `read` gives a text or says that it is on its way; `listAll` the addresses of every file, asked for once until something is forgotten. */
export function createFileStore<Text extends HostText | Arriving>(read: (uri: string) => Text, listAll: () => Promise<readonly string[]>): FileStore<Text> {
  const texts = new Map<string, Text>();
  const trees = new Map<string, Loaded>();
  let listed: Promise<readonly string[]> | undefined;

  const known = (uri: string): Text => {
    const found = texts.get(uri) ?? read(uri);
    texts.set(uri, found);
    return found;
  };

  return {
    known, texts,
    replace: (uri, text) => {
      texts.set(uri, text);
      trees.delete(uri);
    },
    load: (uri) => {
      const tree = trees.get(uri);
      if (tree) return tree;
      const found: HostText | Arriving = known(uri);
      if (found.kind === "arriving") return { kind: "pending" };
      const loaded: Loaded = found.kind === "text" ? { kind: "source", source: createSource(uri, found.text) } : found;
      trees.set(uri, loaded);
      return loaded;
    },
    text: (uri) => {
      const found: HostText | Arriving = known(uri);
      return found.kind === "text" ? found.text : undefined;
    },
    list: () => (listed ??= listAll()),
    forget: (uris) => {
      listed = undefined;
      for (const uri of uris ?? [...texts.keys()]) {
        texts.delete(uri);
        trees.delete(uri);
      }
    },
  };
}
