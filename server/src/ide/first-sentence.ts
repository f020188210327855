/** The first sentence of a doc comment, on one line; `undefined` where there is none. */
export function firstSentence(doc: string | undefined): string | undefined {
  const paragraph = doc?.trim().split(/\r?\n\s*\r?\n/, 1)[0]?.replace(/\s+/g, " ");
  if (paragraph === undefined || paragraph === "") return undefined;
  return /^.*?\.(?=\s)/.exec(paragraph)?.[0] ?? paragraph;
}
