import { constantNames, contextualWords, declarationKeywords, functionNames, precisionNames, statementWords } from "../../../../grammar/src";

/** As the lexer reads a name. */
const name = /^[\p{L}_][\p{L}\p{M}\p{N}_]*$/u;

/** Words that mean something wherever they stand, or begin something: a name of that spelling could not be told from them. */
const words: ReadonlySet<string> = new Set([
  "import", "let", ...declarationKeywords, ...contextualWords.keys(), ...statementWords.keys(), ...constantNames, ...functionNames, ...precisionNames,
]);

/** Why a text cannot be a name, as a sentence; `undefined` where it can. */
export function whyNoName(text: string): string | undefined {
  if (text === "") return "A name has at least one letter.";
  if (!name.test(text)) return `\`${shortened(text)}\` is no name: a name has letters, digits and \`_\`, and does not begin with a digit.`;
  return words.has(text) ? `\`${text}\` is a word of the language and cannot be a name.` : undefined;
}

const longest = 60;

const shortened = (text: string): string => (text.length > longest ? `${text.slice(0, longest)}…` : text);
