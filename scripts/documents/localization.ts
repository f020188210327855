/** The texts that a source hands to `l10n.t`, as VS Code asks for them: one literal in double quotes. */
export const textsOf = (source: string): readonly string[] =>
  [...source.matchAll(/\bl10n\.t\(\s*("(?:[^"\\\n]|\\.)*")/g)].map(([, literal]) => JSON.parse(literal ?? "") as string);

/** What a translator starts from: every text of the client, under itself. A language adds `bundle.l10n.<language>.json` beside it. */
export function localizationDocument(sources: readonly string[]): string {
  const texts = [...new Set(sources.flatMap(textsOf))].sort();
  return `${JSON.stringify(Object.fromEntries(texts.map((text) => [text, text])), null, 2)}\n`;
}
