import type { NameExpression, TextEdit } from "../../../../grammar/src";
import { freshName, lineBreakOf, startOf, type Asked, type Candidate } from "./asked";

/** `let ep = 64` above the declaration, and its name in place of the value under the cursor. */
export function extractConstant({ scope, located }: Asked): readonly Candidate[] {
  const { member, declaration } = located.within;
  const isValue = located.kind === "number" || located.kind === "value" || located.kind === "name" || located.kind === "function";
  if (!isValue || member?.kind !== "property" || declaration?.kind !== "declaration" || declaration.keyword === "sweep") return [];
  const key = member.path[0]?.text;
  const { value } = member;
  if (key === undefined || !["number", "binary", "call", "unary"].includes(value.kind)) return [];
  const name = freshName(scope, camelCase(key));
  const at = startOf(scope, declaration);
  const eol = lineBreakOf(scope);
  const text = scope.source.text.slice(value.start, value.end);
  return [{
    title: `Extract \`${text}\` as the constant \`${name}\``, kind: "refactor.extract", keepsFigures: true,
    edits: [{ start: at, end: at, newText: `let ${name} = ${text}${eol}${eol}` }, { start: value.start, end: value.end, newText: name }],
  }];
}

/** `hidden_size` as a constant is `hiddenSize`: it must not hide the key. */
const camelCase = (key: string): string => {
  const name = key.replace(/_+(\w)/g, (_, letter: string) => letter.toUpperCase());
  return name === key ? `${key}Value` : name;
};

/** The value of a constant in place of its name everywhere in the file, and the constant gone. */
export function inlineConstant({ scope, located }: Asked): readonly Candidate[] {
  const name = located.kind === "let" ? located.node.name?.text : located.kind === "name" && located.index === 0 ? located.expression.parts[0]?.text : undefined;
  const symbol = name === undefined ? undefined : scope.symbols.get(name);
  if (name === undefined || symbol?.kind !== "let" || symbol.uri !== scope.uri) return [];
  const { value } = symbol.node;
  const text = scope.source.text.slice(value.start, value.end);
  const isSimple = value.kind !== "binary" && value.kind !== "unary" && value.kind !== "range";
  const uses = usesOf(scope.source.parsed.file.declarations.flatMap((node) => (node.kind === "import" || node === symbol.node ? [] : [node])), name);
  if (uses.length === 0) return [];
  const { text: all } = scope.source;
  const lineEnd = /^[ \t]*(?:\/\/[^\r\n]*)?(?:\r?\n){0,2}/.exec(all.slice(symbol.node.end))?.[0].length ?? 0;
  const edits: readonly TextEdit[] = [
    { start: startOf(scope, symbol.node), end: symbol.node.end + lineEnd, newText: "" },
    ...uses.map(({ start, end }) => ({ start, end, newText: isSimple ? text : `(${text})` })),
  ];
  return [{ title: `Inline the constant \`${name}\` (${uses.length === 1 ? "one use" : `${uses.length} uses`})`, kind: "refactor.inline", edits, keepsFigures: true }];
}

/** Names that stand alone for a constant, in whatever part of a value. */
function usesOf(nodes: readonly object[], name: string): readonly NameExpression[] {
  const found: NameExpression[] = [];
  const visit = (part: unknown): void => {
    if (typeof part !== "object" || part === null) return;
    if (Array.isArray(part)) return part.forEach(visit);
    if (isName(part)) {
      if (part.parts.length === 1 && part.parts[0]?.text === name) found.push(part);
      return;
    }
    Object.values(part).forEach(visit);
  };
  nodes.forEach(visit);
  return found;
}

const isName = (part: object): part is NameExpression => "kind" in part && part.kind === "name" && "parts" in part;
