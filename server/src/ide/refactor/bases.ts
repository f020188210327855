import type { Body, TextEdit } from "../../../../grammar/src";
import type { BoundBlock, BoundProperty } from "../../core";
import { lineBreakOf, type Asked, type Candidate } from "./asked";

/** Everything that `extends BASE` brings, written out, so that no later change of the base reaches this declaration. */
export function inlineBase({ scope, located, declaration }: Asked): readonly Candidate[] {
  if (!declaration?.base || !declaration.node.base || !declaration.node.name || !declaration.node.body) return [];
  if (located.kind !== "declaration" && located.kind !== "declaration-name") return [];
  const { node, base, block } = declaration;
  const missing = missingIn(block, declaration.node.body, "  ", scope.uri);
  if (missing === undefined) return [];
  const eol = lineBreakOf(scope);
  const edits: readonly TextEdit[] = [
    { start: declaration.node.name.end, end: declaration.node.base.end, newText: "" },
    ...missing.map(({ body, lines }) => {
      const at = body.open.end;
      const { text } = scope.source;
      const isOneLine = !text.slice(body.open.start, body.end).includes("\n");
      if (isOneLine && lines.every((line) => !/[{}]/.test(line))) {
        const isEmpty = body.members.length === 0;
        return { start: at, end: at, newText: ` ${lines.map((line) => line.trim()).join(", ")}${isEmpty ? "" : ","}` };
      }
      const isLast = /^[ \t]*\r?\n/.test(text.slice(at));
      return { start: at, end: at, newText: `${eol}${lines.join(eol)}${isLast ? "" : eol}` };
    }),
  ];
  return [{ title: `Inline \`${base.name}\`: \`${node.name?.text ?? ""}\` extends nothing then`, kind: "refactor.inline", edits, keepsFigures: true }];
}

/** What stands in the base alone, by the braces of this declaration that it belongs in. */
interface Missing {
  readonly body: Body;
  readonly lines: readonly string[];
}

/** `undefined` where a value cannot be written here: it names something of another file. */
function missingIn(block: BoundBlock, body: Body, indent: string, uri: string): readonly Missing[] | undefined {
  const lines = inheritedLines(block, indent, uri);
  if (lines === undefined) return undefined;
  const result: Missing[] = lines.length === 0 ? [] : [{ body, lines }];
  for (const inner of block.blocks) {
    if (!inner.own) continue;
    const own = inner.body && missingIn(inner, inner.body, `${indent}  `, uri);
    if (own === undefined) return undefined;
    result.push(...own);
  }
  return result;
}

function inheritedLines(block: BoundBlock, indent: string, uri: string): readonly string[] | undefined {
  const lines: string[] = [];
  for (const property of block.properties.values()) {
    if (!property.inherited) continue;
    if (property.file.uri !== uri && namesItsFile(property)) return undefined;
    lines.push(`${indent}${property.key} = ${textOf(property)}`);
  }
  for (const inner of block.blocks) {
    if (inner.own) continue;
    const own = inheritedLines(inner, `${indent}  `, uri);
    if (own === undefined) return undefined;
    lines.push(`${indent}${inner.variant === undefined ? inner.keyword : `${inner.keyword} ${inner.variant}`} {`, ...own, `${indent}}`);
  }
  return lines;
}

const textOf = ({ node: { value }, file }: BoundProperty): string => file.source.text.slice(value.start, value.end);

const namesItsFile = (property: BoundProperty): boolean => {
  const { kind } = property.node.value;
  if (kind === "number" || kind === "boolean" || kind === "string") return false;
  return (textOf(property).match(/[A-Za-z_]\w*/g) ?? []).some((word) => property.file.symbols.has(word));
};
