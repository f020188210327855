import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createLineIndex } from "../../../server/src/core";
import { applyChanges } from "../../../server/src/lsp/documents";
import { byteLength, convertPlaces, fromBytes, positionEncodingFor, toBytes } from "../../../server/src/lsp/positions";

const textOf = (text: string) => ({ text, lines: createLineIndex(text) });

describe("the encoding that is spoken", () => {
  test.each([
    [undefined, "utf-16"],
    [{}, "utf-16"],
    [{ positionEncodings: [] }, "utf-16"],
    [{ positionEncodings: ["utf-8", "utf-16"] }, "utf-8"],
    [{ positionEncodings: ["utf-16", "utf-8"] }, "utf-16"],
    [{ positionEncodings: ["utf-32", "utf-8"] }, "utf-8"],
    [{ positionEncodings: ["utf-32"] }, "utf-16"],
    [{ positionEncodings: "utf-8" as unknown as string[] }, "utf-16"],
  ])("%j: %s", (general, encoding) => {
    expect(positionEncodingFor(general)).toBe(encoding);
  });
});

describe("columns in bytes", () => {
  // x, é, €, 🚀 take 1, 2, 3 and 4 bytes; 1, 1, 1 and 2 units of UTF-16. The second line ends with CRLF.
  const text = textOf("// first\nxé€🚀z\r\nlast");

  test.each([
    [0, 0], [1, 1], [3, 2], [6, 3], [10, 5], [11, 6],
  ])("%i bytes are %i units, and back", (bytes, units) => {
    expect(fromBytes(text, { line: 1, character: bytes })).toEqual({ line: 1, character: units });
    expect(toBytes()(text, { line: 1, character: units })).toEqual({ line: 1, character: bytes });
  });

  test.each([
    ["inside a character means before it", { line: 1, character: 8 }, { line: 1, character: 3 }],
    ["beyond a line means its end", { line: 1, character: 99 }, { line: 1, character: 6 }],
    ["beyond the text means its end", { line: 9, character: 3 }, { line: 9, character: 0 }],
  ])("%s", (_name, place, expected) => {
    expect(fromBytes(text, place)).toEqual(expected);
  });

  test("a lone surrogate counts as the three bytes that are written for it", () => {
    expect(byteLength("a\ud800b", 0, 3)).toBe(5);
    expect(Buffer.byteLength("a\ud800b")).toBe(5);
  });

  test("any place of any text comes back, alone and after others", () => {
    const pieces = fc.array(fc.constantFrom("a", "é", "€", "🚀", "\n", "\r\n", "\r", "\u2028", "\ud800"), { maxLength: 40 }).map((parts) => parts.join(""));
    fc.assert(fc.property(pieces, (content) => {
      const target = textOf(content);
      const inOrder = toBytes();
      let offset = 0;
      for (const character of content) {
        const place = target.lines.position(offset);
        const inBytes = inOrder(target, place);
        expect(inBytes).toEqual(toBytes()(target, place));
        expect(inBytes.character).toBe(Buffer.byteLength(content.slice(offset - place.character, offset)));
        if (target.lines.offset(place) === offset) expect(fromBytes(target, inBytes)).toEqual(place);
        offset += character.length;
      }
    }), { examples: [["🚀é\r\n€\rz"], ["\ud800\ud800a"]] });
  });

  test("changes are applied where the editor means them", () => {
    const change = { range: { start: { line: 0, character: 4 }, end: { line: 0, character: 6 } }, text: "x" };
    expect(applyChanges("🚀éz", [change], "utf-8")).toBe("🚀xz");
    expect(applyChanges("🚀éz", [change])).toBe("🚀éz".slice(0, 4) + "x");
    expect(applyChanges("🚀éz", [change, { range: { start: { line: 0, character: 5 }, end: { line: 0, character: 5 } }, text: "é" }], "utf-8")).toBe("🚀xéz");
  });
});

describe("messages", () => {
  const texts = new Map([["file:///a", textOf("🚀a")], ["file:///b", textOf("éé")]]);
  const [inA, inB] = [{ line: 0, character: 2 }, { line: 0, character: 1 }];
  const [bytesInA, bytesInB] = [{ line: 0, character: 4 }, { line: 0, character: 2 }];
  const converted = (message: unknown) => convertPlaces(message, "file:///a", (uri) => texts.get(uri), toBytes());

  test("a place belongs to the document that its object names, else to the one of the request", () => {
    expect(converted({ range: { start: inA, end: inA }, selection: [inA] })).toEqual({ range: { start: bytesInA, end: bytesInA }, selection: [bytesInA] });
    expect(converted([{ uri: "file:///b", range: { start: inB, end: inB } }])).toEqual([{ uri: "file:///b", range: { start: bytesInB, end: bytesInB } }]);
    expect(converted({ targetUri: "file:///b", targetRange: inB, targetSelectionRange: inB, originSelectionRange: inA }))
      .toEqual({ targetUri: "file:///b", targetRange: bytesInB, targetSelectionRange: bytesInB, originSelectionRange: bytesInA });
    expect(converted({ changes: { "file:///a": [inA], "file:///b": [inB] }, documentChanges: [{ textDocument: { uri: "file:///b", version: 1 }, edits: [{ range: inB }] }] }))
      .toEqual({ changes: { "file:///a": [bytesInA], "file:///b": [bytesInB] }, documentChanges: [{ textDocument: { uri: "file:///b", version: 1 }, edits: [{ range: bytesInB }] }] });
  });

  test("what the server keeps for itself, and places of texts that nobody knows, stay as they are", () => {
    for (const message of [{ data: inA, command: { arguments: [inA] } }, { uri: "file:///nobody", range: inA }, null, 3, [], { line: "0", character: 2 }]) {
      expect(converted(message)).toEqual(message);
    }
  });

  test("a message of endless depth is refused", () => {
    let message: unknown = inA;
    for (let level = 0; level < 100_000; level += 1) message = [message];
    expect(() => converted(message)).toThrow("more than 2000 levels deep");
  });
});
