/**
 * The TextMate grammar, made from the token table: colours before, and wherever, no language server runs. It tells
 * statements apart by the line alone; semantic tokens refine it in the editor.
 */
import { declarationKeywords } from "./ast";
import { constantNames, functionNames, magnitudeSuffixes, precisionNames, statementWords } from "./tokens";
import { unitNames } from "./unit-names";

interface Rule {
  readonly name?: string;
  readonly match?: string;
  readonly begin?: string;
  readonly end?: string;
  readonly captures?: Readonly<Record<string, { readonly name: string }>>;
  readonly beginCaptures?: Readonly<Record<string, { readonly name: string }>>;
  readonly endCaptures?: Readonly<Record<string, { readonly name: string }>>;
  readonly patterns?: readonly (Rule | { readonly include: string })[];
}

const wordCharacter = "[\\p{L}\\p{M}\\p{N}_]";
const word = `[\\p{L}_]${wordCharacter}*`;
const notInWord = `(?<!${wordCharacter})`;
const wordEnd = `(?!${wordCharacter})`;

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/gu, "\\$&");
}

/** Longest first: the engine takes the first alternative that fits. */
function anyOf(words: readonly string[]): string {
  return `(?:${[...words].sort((a, b) => b.length - a.length || (a < b ? -1 : 1)).map(escaped).join("|")})`;
}

function wholeWord(words: readonly string[]): string {
  return `${notInWord}${anyOf(words)}${wordEnd}`;
}

const digits = "\\d[\\d_]*(?:\\.\\d[\\d_]*)?(?:[eE][+-]?\\d[\\d_]*)?";
const units = [...unitNames, "µs", "μs"];
const touchingUnit = `${anyOf(units.filter((name) => name !== "B"))}${wordEnd}`;
const spacedUnit = `${anyOf(units)}${wordEnd}(?!\\s*(?:=(?!=)|[{(:]))`;
const suffix = `(?:%|${anyOf(magnitudeSuffixes.filter((name) => name !== "%"))}${wordEnd})`;

const rules: Readonly<Record<string, Rule>> = {
  comment: {
    patterns: [
      { name: "comment.line.documentation.dsco", match: "///(?!/).*$" },
      { name: "comment.line.double-slash.dsco", match: "//.*$" },
      { name: "comment.block.dsco", begin: "/\\*", end: "\\*/" },
    ],
  },
  string: {
    name: "string.quoted.double.dsco",
    begin: "\"",
    end: "\"|$",
    patterns: [{ name: "constant.character.escape.dsco", match: "\\\\." }],
  },
  import: {
    begin: "^\\s*(import)\\s*(\\{)",
    beginCaptures: { 1: { name: "keyword.control.import.dsco" }, 2: { name: "punctuation.section.block.begin.dsco" } },
    end: "(\\})|(?=\")",
    endCaptures: { 1: { name: "punctuation.section.block.end.dsco" } },
    patterns: [
      { include: "#comment" },
      { name: "keyword.control.as.dsco", match: `(?<=${wordCharacter}\\s)\\s*as(?=\\s+${word})` },
      { name: "keyword.control.from.dsco", match: `${notInWord}from(?=\\s*")` },
      { name: "entity.name.type.dsco", match: word },
      { name: "punctuation.separator.dsco", match: "," },
    ],
  },
  declaration: {
    match: `^\\s*(${anyOf(declarationKeywords)})\\s+(?!(?:extends|of)\\s+${word}\\s*\\{)(${word})(?:\\s+(extends|of)\\s+(${word}))?(?=\\s*(?:\\{|//|/\\*|$))`,
    captures: {
      1: { name: "storage.type.declaration.dsco" },
      2: { name: "entity.name.type.dsco" },
      3: { name: "keyword.other.dsco" },
      4: { name: "entity.other.inherited-class.dsco" },
    },
  },
  let: {
    match: `^\\s*(let)\\s+(${word})`,
    captures: { 1: { name: "storage.type.let.dsco" }, 2: { name: "variable.other.constant.dsco" } },
  },
  statement: {
    match: `(?:^|(?<=[{,]))\\s*(${anyOf([...statementWords.keys()])})${wordEnd}(?!\\s*(?:=(?!=)|[.:{]))`,
    captures: { 1: { name: "keyword.control.dsco" } },
  },
  block: {
    match: `${notInWord}(${word})(?:\\s+(${word}))?(?=\\s*\\{)`,
    captures: { 1: { name: "keyword.other.block.dsco" }, 2: { name: "support.type.variant.dsco" } },
  },
  property: {
    match: `${notInWord}(${word}(?:\\.${word})*)(?=\\s*=(?!=))`,
    captures: { 1: { name: "variable.other.property.dsco" } },
  },
  /** `1f1b`: what begins with digits, and has more of them after a letter, is a name. */
  numberedName: {
    name: "support.constant.dsco",
    match: `(?<![\\p{L}\\p{N}_.])\\d+(?![eE]\\d)[\\p{L}_]+\\d${wordCharacter}*`,
  },
  number: {
    match: `(?<![\\p{L}\\p{N}_])(${digits})(?:(${touchingUnit})|(${suffix})?(?:[ \\t]+(${spacedUnit}))?)`,
    captures: {
      1: { name: "constant.numeric.dsco" },
      2: { name: "keyword.other.unit.dsco" },
      3: { name: "keyword.other.unit.magnitude.dsco" },
      4: { name: "keyword.other.unit.dsco" },
    },
  },
  constant: {
    patterns: [
      { name: "constant.language.dsco", match: wholeWord(constantNames) },
      { name: "constant.language.precision.dsco", match: wholeWord(precisionNames) },
    ],
  },
  function: { name: "support.function.dsco", match: `${wholeWord(functionNames)}(?=\\s*\\()` },
  keyword: {
    patterns: [
      { name: "keyword.other.step.dsco", match: `(?<=[\\p{L}\\p{N}_)]\\s)\\s*step(?=\\s+[-+(\\p{L}\\p{N}_])` },
      { name: "keyword.control.from.dsco", match: `${notInWord}from(?=\\s*")` },
    ],
  },
  name: { name: "variable.other.dsco", match: word },
  operator: {
    patterns: [
      { name: "keyword.operator.comparison.dsco", match: "<=|>=|==|<|>" },
      { name: "keyword.operator.assignment.dsco", match: "=" },
      { name: "keyword.operator.range.dsco", match: "\\.\\." },
      { name: "keyword.operator.arithmetic.dsco", match: "[-+*/%^]" },
    ],
  },
  punctuation: {
    patterns: [
      { name: "punctuation.section.block.dsco", match: "[{}]" },
      { name: "punctuation.section.brackets.dsco", match: "[\\[\\]()]" },
      { name: "punctuation.separator.dsco", match: "," },
      { name: "punctuation.accessor.dsco", match: "\\." },
    ],
  },
};

/** The text of `dsco.tmLanguage.json`. */
export function generateTmLanguage(): string {
  const grammar = {
    information_for_contributors: ["Generated from grammar/src/tokens.ts: change that, then run the generator."],
    name: "dsco",
    scopeName: "source.dsco",
    fileTypes: ["dsco"],
    patterns: Object.keys(rules).map((key) => ({ include: `#${key}` })),
    repository: rules,
  };
  return `${JSON.stringify(grammar, null, 2)}\n`;
}
