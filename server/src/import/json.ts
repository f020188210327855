/**
 * JSON as people keep it: comments, trailing commas and Python's NaN and Infinity are read too. Every value knows where it
 * stands. Reading never throws and never recurses deeper than `deepest`.
 */

export type JsonNode =
  | { readonly kind: "object"; readonly start: number; readonly members: ReadonlyMap<string, JsonMember> }
  | { readonly kind: "array"; readonly start: number; readonly items: readonly JsonNode[] }
  | { readonly kind: "scalar"; readonly start: number; readonly value: string | number | boolean | null };

export type JsonObject = Extract<JsonNode, { readonly kind: "object" }>;

export interface JsonMember {
  readonly keyStart: number;
  readonly value: JsonNode;
}

/** A sentence without its full stop, and the offset it is about. */
export interface JsonProblem {
  readonly message: string;
  readonly offset: number;
}

export type JsonResult =
  | { readonly kind: "read"; readonly node: JsonNode; readonly repeated: readonly JsonProblem[] }
  | { readonly kind: "failed"; readonly problem: JsonProblem };

const deepest = 100;
const number = /-?(?:NaN|Infinity)|[-+]?\d[\d_]*(?:\.\d*)?(?:[eE][-+]?\d+)?/y;
const wordAt = /[\w$.-]+/y;
const escapes: Readonly<Record<string, string>> = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
const words: ReadonlyMap<string, boolean | null> = new Map([["true", true], ["false", false], ["null", null]]);

class Unreadable extends Error {
  constructor(message: string, readonly offset: number) {
    super(message);
  }
}

export function readJson(text: string): JsonResult {
  const repeated: JsonProblem[] = [];
  let at = text.startsWith("\uFEFF") ? 1 : 0;

  const skip = (): void => {
    for (;;) {
      const rest = /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
      rest.lastIndex = at;
      const found = rest.exec(text);
      if (!found) break;
      at += found[0].length;
    }
    if (text.startsWith("/*", at)) throw new Unreadable("this comment is not closed", at);
  };

  const value = (depth: number): JsonNode => {
    skip();
    const start = at;
    const first = text[at];
    if (first === undefined) throw new Unreadable("the text ends where a value is expected", at);
    if (depth > deepest) throw new Unreadable(`values stand more than ${deepest} deep in one another`, at);
    if (first === "{") return object(depth);
    if (first === "[") return { kind: "array", start, items: list(depth) };
    if (first === '"') return { kind: "scalar", start, value: string() };
    number.lastIndex = at;
    const digits = number.exec(text)?.[0];
    if (digits !== undefined) {
      at += digits.length;
      return { kind: "scalar", start, value: Number(digits.replace(/_/g, "")) };
    }
    wordAt.lastIndex = at;
    const word = wordAt.exec(text)?.[0];
    const known = word === undefined ? undefined : words.get(word);
    if (word === undefined || known === undefined) throw new Unreadable(`a value is expected here: found \`${word?.slice(0, 40) ?? first}\``, at);
    at += word.length;
    return { kind: "scalar", start, value: known };
  };

  const object = (depth: number): JsonObject => {
    const start = at;
    const members = new Map<string, JsonMember>();
    at += 1;
    for (;;) {
      skip();
      if (text[at] === "}") break;
      const keyStart = at;
      if (text[at] !== '"') throw new Unreadable(text[at] === undefined ? "the text ends inside an object: `}` is missing" : `a name in double quotes is expected here: found \`${text[at]}\``, at);
      const key = string();
      skip();
      if (text[at] !== ":") throw new Unreadable(`\`:\` is expected after "${key}"`, at);
      at += 1;
      if (members.has(key)) repeated.push({ message: `\`${key}\` stands twice: the last one counts`, offset: keyStart });
      members.set(key, { keyStart, value: value(depth + 1) });
      if (!comma("}")) break;
    }
    at += 1;
    return { kind: "object", start, members };
  };

  const list = (depth: number): readonly JsonNode[] => {
    const items: JsonNode[] = [];
    at += 1;
    for (;;) {
      skip();
      if (text[at] === "]") break;
      items.push(value(depth + 1));
      if (!comma("]")) break;
    }
    at += 1;
    return items;
  };

  /** True where another element may follow; `at` stands on `close` otherwise. */
  const comma = (close: "}" | "]"): boolean => {
    skip();
    if (text[at] === ",") {
      at += 1;
      return true;
    }
    if (text[at] === close) return false;
    throw new Unreadable(text[at] === undefined ? `the text ends here: \`${close}\` is missing` : `\`,\` or \`${close}\` is expected here: found \`${text[at]}\``, at);
  };

  const string = (): string => {
    const start = at;
    let content = "";
    for (at += 1; ; at += 1) {
      const letter = text[at];
      if (letter === undefined || letter === "\n") throw new Unreadable("this text is not closed: `\"` is missing", start);
      if (letter === '"') break;
      if (letter !== "\\") {
        content += letter;
        continue;
      }
      at += 1;
      const code = /^u[\da-fA-F]{4}/.exec(text.slice(at, at + 5))?.[0];
      const plain = escapes[text[at] ?? ""];
      if (code === undefined && plain === undefined) throw new Unreadable("`\\` stands before a letter that it does not go with", at - 1);
      content += plain ?? String.fromCharCode(Number.parseInt(code?.slice(1) ?? "", 16));
      at += code === undefined ? 0 : 4;
    }
    at += 1;
    return content;
  };

  try {
    const node = value(0);
    skip();
    if (at < text.length) throw new Unreadable(`nothing is expected behind the end: found \`${text.slice(at, at + 20).split("\n")[0] ?? ""}\``, at);
    return { kind: "read", node, repeated };
  } catch (fault) {
    if (!(fault instanceof Unreadable)) throw fault;
    return { kind: "failed", problem: { message: fault.message, offset: fault.offset } };
  }
}

/** The value without its places. */
export function plainValue(node: JsonNode): unknown {
  switch (node.kind) {
    case "scalar": return node.value;
    case "array": return node.items.map(plainValue);
    case "object": return Object.fromEntries([...node.members].map(([key, { value }]) => [key, plainValue(value)]));
  }
}

/** The offset of the value at a path, or of the nearest one around it. */
export function offsetAt(node: JsonNode, path: readonly PropertyKey[]): number {
  let found = node;
  for (const step of path) {
    const next = found.kind === "object" ? found.members.get(String(step))?.value : found.kind === "array" ? found.items[Number(step)] : undefined;
    if (!next) break;
    found = next;
  }
  return found.start;
}
