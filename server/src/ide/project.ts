/** The files that a question about the whole workspace is asked of, the standard library's among them where they can be shown. */
export interface Project {
  readonly uris: readonly string[];
  /** The text of a file, read but not parsed; `undefined` where there is none. */
  readonly textOf: (uri: string) => string | undefined;
}

/** The files whose text holds one of some words: only they need be parsed. */
export const filesWith = ({ uris, textOf }: Project, words: readonly string[]): readonly string[] => uris.filter((uri) => {
  const text = textOf(uri);
  return text !== undefined && words.some((word) => text.includes(word));
});
