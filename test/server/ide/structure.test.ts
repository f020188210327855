// Links, selections and the symbols of a workspace: what the parts of a text are.
import { describe, expect, test } from "vitest";
import { declaredSymbols, documentLinks, mayDeclare, selectionRanges, type Selection } from "../../../server/src/ide";
import { openMarked } from "../../kit/marked";
import { openFiles, uriOf } from "../../kit/workspace";

describe("links", () => {
  /** `text → target` for each link. */
  function links(text: string, others: Readonly<Record<string, string>> = {}): readonly string[] {
    const { workspace, uri, scope: { source } } = openFiles({ "main.dsco": text, ...others });
    return documentLinks(workspace, uri).map(({ range, target }) => `${source.text.slice(source.lines.offset(range.start), source.lines.offset(range.end))} → ${target}`);
  }

  test.each<readonly [string, string, readonly string[]]>([
    ["imports that lead somewhere", 'import { A } from "./a b.dsco"\nimport { B } from "./gone.dsco"\nimport { H800 } from "std:hardware/nvidia"\n', [`./a b.dsco → ${uriOf("a%20b.dsco")}`, "std:hardware/nvidia → std:hardware/nvidia"]],
    ["papers", "/// See arXiv:2412.19437v2, arXiv:2505.09343; ArXiv: 1909.08053 and arXiv:cs/0701001.\n", [
      "arXiv:2412.19437v2 → https://arxiv.org/abs/2412.19437v2", "arXiv:2505.09343 → https://arxiv.org/abs/2505.09343", "ArXiv: 1909.08053 → https://arxiv.org/abs/1909.08053", "arXiv:cs/0701001 → https://arxiv.org/abs/cs/0701001",
    ]],
    ["a source of a measurement", 'plan P {\n  measured step_time = 1 s from "arXiv:2505.09343, Table 4"\n}\n', ["arXiv:2505.09343 → https://arxiv.org/abs/2505.09343"]],
    ["addresses without the sentence around them", "// (https://a.b/c_(d)), https://e.f/g?h=1&i=2#j. See <http://k.l/m>, [n](https://o.p/q)!\n", [
      "https://a.b/c_(d) → https://a.b/c_(d)", "https://e.f/g?h=1&i=2#j → https://e.f/g?h=1&i=2#j", "http://k.l/m → http://k.l/m", "https://o.p/q → https://o.p/q",
    ]],
    ["one link where an address names a paper", "// https://x.y/arXiv:2412.19437\n", ["https://x.y/arXiv:2412.19437 → https://x.y/arXiv:2412.19437"]],
    ["behind characters of two units, over CRLF", "/* 🚀\r\n🚀 */ // 🚀 https://a.b\r\n", ["https://a.b → https://a.b"]],
    ["nothing that only looks like one", "// arXiv 2412.19437, arXiv:24.1, xarXiv:2412.19437, https://, http:///x y, arXiv:2412.194371\nlet a = 2412.19437\n", []],
  ])("%s", (_name, text, expected) => {
    expect(links(text, { "a%20b.dsco": "let A = 1\n" })).toEqual(expected);
  });
});

describe("selection", () => {
  /** What is selected, from the inside out; only the first and last letters of long parts. */
  function selected(marked: string): readonly string[] {
    const { workspace, uri, position, files } = openMarked({ "main.dsco": marked });
    const text = files["main.dsco"] ?? "";
    const lines = openFiles(files).scope.source.lines;
    const found: string[] = [];
    for (let one: Selection | undefined = selectionRanges(workspace, uri, [position])[0]; one; one = one.parent) found.push(text.slice(lines.offset(one.range.start), lines.offset(one.range.end)));
    return found;
  }

  test("grows from a word over the value, the line, the block and the declaration to the file", () => {
    const text = "let x = 1\n\nmodel M {\n  layers = 2\n  attention mha {\n    heads = max(4, hidden_$0size / 64)\n  }\n}\n";
    expect(selected(text)).toEqual([
      "hidden_size", "hidden_size / 64", "max(4, hidden_size / 64)", "heads = max(4, hidden_size / 64)", "{\n    heads = max(4, hidden_size / 64)\n  }",
      "attention mha {\n    heads = max(4, hidden_size / 64)\n  }", "layers = 2\n  attention mha {\n    heads = max(4, hidden_size / 64)\n  }",
      "{\n  layers = 2\n  attention mha {\n    heads = max(4, hidden_size / 64)\n  }\n}", "model M {\n  layers = 2\n  attention mha {\n    heads = max(4, hidden_size / 64)\n  }\n}", text.replace("$0", ""),
    ]);
  });

  test.each<readonly [string, string, readonly string[]]>([
    ["a part of a path", "let a = M.att$0ention.heads\n", ["attention", "M.attention.heads", "let a = M.attention.heads"]],
    ["the inside of a text", 'import { A } from "./a$0 b.dsco"\n', ["a", "./a b.dsco", '"./a b.dsco"', 'import { A } from "./a b.dsco"']],
    ["a word of a comment", "// one t$0wo\nlet a = 1\n", ["two", "// one two"]],
    ["an item of a list", "let a = [8, 1$06, 32]\n", ["16", "[8, 16, 32]", "let a = [8, 16, 32]"]],
    ["a block that is not closed", "model M {\n  lay$0ers = 2\n", ["layers", "layers = 2"]],
    ["a line that cannot be read", "let a = ((\n$0\nlet b = 1\n", []],
  ])("%s", (_name, text, expected) => {
    expect(selected(text).slice(0, expected.length)).toEqual(expected);
    expect(selected(text).at(-1)).toBe(text.replace("$0", ""));
  });

  test("several places are answered in their order", () => {
    const { workspace, uri } = openFiles({ "main.dsco": "let aa = 1\nlet bb = 2\n" });
    const found = selectionRanges(workspace, uri, [{ line: 1, character: 5 }, { line: 0, character: 5 }]);
    expect(found.map(({ range }) => range.start.line)).toEqual([1, 0]);
  });
});

describe("the symbols of a workspace", () => {
  const text = "let width = 64\n/// Documented.\nmodel Small_Model {\n  layers = 2, hidden_size = width, vocab_size = 100\n  attention mha { heads = 2 }\n  ffn dense { intermediate_size = 8 }\n}\nmodel { }\nplan P extends Q { }\n";
  const symbols = (query: string) => {
    const { workspace, uri } = openFiles({ "main.dsco": text });
    return declaredSymbols(workspace, uri, query).map(({ name, kind, range: { start } }) => `${kind} ${name} ${start.line}:${start.character}`);
  };

  test.each([
    ["", ["let width 0:4", "model Small_Model 2:6", "plan P 8:5"]], ["smm", ["model Small_Model 2:6"]], ["DT", ["let width 0:4"]], ["p", ["plan P 8:5"]], ["td", []], ["hidden", []],
  ])("%j finds %j", (query, expected) => {
    expect(symbols(query)).toEqual(expected);
    if (expected.length > 0) expect(mayDeclare(text, query)).toBe(true);
  });

  test("a text that holds no such word need not be parsed", () => {
    expect(mayDeclare(text, "Small_Models")).toBe(false);
    expect(mayDeclare("", "a")).toBe(false);
  });

  test("have their first figures beside them", () => {
    const { workspace, uri } = openFiles({ "main.dsco": text });
    // By hand: embedding and head 2 x 100 x 64; a layer has 4 x 64² for attention, 3 x 64 x 8 for the network and two norms of 64; one norm at the end.
    const total = 2 * 100 * 64 + 2 * (4 * 64 * 64 + 3 * 64 * 8 + 2 * 64) + 64;
    const [, small, plan] = declaredSymbols(workspace, uri, "");
    expect(total).toBe(48_960);
    expect(small?.detail).toMatch(/^model: 48\.96K total, /);
    expect(plan?.detail).toBe("plan extends Q");
  });
});
