// Whatever is asked, an editor that counts bytes is told of the same places as one that counts UTF-16.
import { expect, test } from "vitest";
import { createEditor } from "../../kit/editor";
import { connectInMemory, memoryHost } from "../../kit/in-memory-server";
import { smallPlans } from "../../kit/plans";
import { requestMethods } from "../../property/session-messages";

const uri = "file:///design/main.dsco";
const text = smallPlans.replaceAll("\n  ", "\n  /* é🚀 */ ").replace("hidden_size = 1024", "/* € */ hidden_size = 1024").replace("vocab_size", "vocab_sise").concat("/* 🚀 */ let a = b\n");
const lines = text.split("\n");

type Encoding = "utf-8" | "utf-16";

const column = (line: number, units: number, encoding: Encoding) => (encoding === "utf-8" ? Buffer.byteLength((lines[line] ?? "").slice(0, units)) : units);
const place = (wanted: string, encoding: Encoding, offset = 0) => {
  const line = lines.findIndex((candidate) => candidate.includes(wanted));
  return { line, character: column(line, (lines[line] ?? "").indexOf(wanted) + offset, encoding) };
};

/** An answer with the places of an editor that counts bytes as one that counts UTF-16 has them. */
function inUnits(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inUnits);
  if (typeof value !== "object" || value === null) return value;
  const { line, character } = value as { readonly line?: unknown; readonly character?: unknown };
  if (typeof line === "number" && typeof character === "number") return { line, character: Buffer.from(lines[line] ?? "").subarray(0, character).toString().length };
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, inUnits(child)]));
}

/** Semantic tokens with absolute places: line, column and length in the editor's units, then type and modifiers. */
function tokens(answer: unknown, encoding: Encoding): unknown {
  const { data } = (answer ?? {}) as { readonly data?: readonly number[] };
  if (!data) return answer;
  let [line, character] = [0, 0];
  return Array.from({ length: data.length / 5 }, (_, index) => {
    const [down = 0, right = 0, length = 0, ...rest] = data.slice(index * 5, index * 5 + 5);
    [line, character] = [line + down, down === 0 ? character + right : right];
    const units = (columns: number) => (encoding === "utf-8" ? Buffer.from(lines[line] ?? "").subarray(0, columns).toString().length : columns);
    return [line, units(character), units(character + length) - units(character), ...rest];
  });
}

async function start(encoding: Encoding) {
  const editor = createEditor(connectInMemory(memoryHost(new Map())));
  await editor.request("initialize", {
    processId: null, rootUri: null,
    capabilities: {
      general: { positionEncodings: [encoding] },
      textDocument: { diagnostic: {}, definition: { linkSupport: true }, documentSymbol: { hierarchicalDocumentSymbolSupport: true }, codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix"] } } } },
    },
  });
  editor.notify("textDocument/didOpen", { textDocument: { uri, languageId: "dsco", version: 1, text } });
  const paramsAt = (wanted: string) => {
    const position = place(wanted, encoding, 1);
    return {
      textDocument: { uri }, position, positions: [position], range: { start: { line: 0, character: 0 }, end: { line: lines.length, character: 0 } }, context: { diagnostics: [], includeDeclaration: true },
      options: { tabSize: 2, insertSpaces: true }, ch: "\n", newName: "Renamed", query: "Small",
    };
  };
  const ask = async (method: string, wanted: string) => {
    const { result, error } = await editor.answer(editor.send(method, paramsAt(wanted)));
    return error ?? (method.includes("semanticTokens") ? tokens(result, encoding) : encoding === "utf-8" ? inUnits(result) : result);
  };
  return { editor, ask };
}

// Whatever belongs to one answer alone: numbers of lists and of results.
const comparable = (answer: unknown): unknown => JSON.parse(JSON.stringify(answer ?? null, (key, value: unknown) => (key === "data" || key === "resultId" ? undefined : value)));

test.each(requestMethods.filter((method) => !method.endsWith("/delta")))("%s", async (method) => {
  const [inUtf16, inUtf8] = [await start("utf-16"), await start("utf-8")];
  for (const wanted of ["hidden_size", "Small {", "vocab_sise", "model = Small", "= b"]) {
    expect(comparable(await inUtf8.ask(method, wanted))).toEqual(comparable(await inUtf16.ask(method, wanted)));
  }
  for (const { editor } of [inUtf8, inUtf16]) {
    expect(editor.complaints).toEqual([]);
    editor.close();
  }
});
