import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createLineIndex, createSource } from "../../../server/src/core";
import { applyChanges, createDocuments } from "../../../server/src/lsp/documents";
import { createSettings, defaultSettings, hintsOf, lensesOf, readSettings, settingsProblems } from "../../../server/src/lsp/settings";
import { toEditor, toInternal } from "../../../server/src/lsp/uris";

const uri = "file:///design.dsco";
const texts = fc.array(fc.constantFrom("model A {\n", "}\r\n", "layers = 2", "\r", "\n", "🚀", "é", "let a = 1\n", "/*", "\ufeff", " "), { maxLength: 30 }).map((parts) => parts.join(""));

describe("incremental changes", () => {
  test("ranges in UTF-16 give the text that the editor has, and the tree of a fresh read", () => {
    fc.assert(
      fc.property(texts, fc.array(fc.tuple(fc.nat(), fc.nat(), texts), { maxLength: 8 }), (first, edits) => {
        const documents = createDocuments();
        documents.open(uri, 1, first);
        let text = first;
        edits.forEach(([left, right, inserted], index) => {
          const lines = createLineIndex(text);
          // Places that an editor can name: never between the two characters of CRLF.
          const place = (number: number) => lines.offset(lines.position(number % (text.length + 1)));
          const [start = 0, end = 0] = [place(left), place(right)].sort((one, other) => one - other);
          const range = { start: lines.position(start), end: lines.position(end) };
          text = text.slice(0, start) + inserted + text.slice(end);
          documents.change(uri, index + 2, [{ range, text: inserted }]);
          if (index % 2 === 0) documents.get(uri)?.source();
        });
        const document = documents.get(uri);
        expect(document?.text).toBe(text);
        expect(document?.version).toBe(edits.length + 1);
        expect(document?.source().parsed.file).toEqual(createSource(uri, text).parsed.file);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ["a column beyond the line is its end", "ab\r\ncd", { start: { line: 0, character: 1 }, end: { line: 0, character: 99 } }, "x", "ax\r\ncd"],
    ["a line beyond the text is its end", "ab", { start: { line: 7, character: 0 }, end: { line: 9, character: 0 } }, "x", "abx"],
    ["an end before the start removes nothing", "abcd", { start: { line: 0, character: 3 }, end: { line: 0, character: 1 } }, "x", "abcxd"],
    ["an emoji counts two", "🚀b", { start: { line: 0, character: 2 }, end: { line: 0, character: 3 } }, "c", "🚀c"],
    ["a lone CR ends a line", "a\rb", { start: { line: 1, character: 0 }, end: { line: 1, character: 1 } }, "c", "a\rc"],
  ])("%s", (_name, before, range, text, after) => {
    expect(applyChanges(before, [{ range, text }])).toBe(after);
  });

  test("a change without a range is the whole text", () => {
    expect(applyChanges("old", [{ text: "new" }, { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: "re" }])).toBe("renew");
  });

  test("a change of a document that is not open belongs to nothing", () => {
    expect(createDocuments().change(uri, 2, [{ text: "x" }])).toBeUndefined();
  });
});

describe("one file under two spellings of its address", () => {
  const [first, second] = ["file:///c%3A/a.dsco", "file:///C:/a.dsco"] as const;
  const internal = "file:///c:/a.dsco";

  test("is the text that was opened or changed last; closing one leaves the other", () => {
    const documents = createDocuments();
    documents.open(first, 1, "one");
    documents.open(second, 5, "two");
    expect(documents.get(internal)).toMatchObject({ editorUri: second, version: 5, text: "two" });
    documents.change(first, 2, [{ range: { start: { line: 0, character: 3 }, end: { line: 0, character: 3 } }, text: "!" }]);
    expect(documents.get(internal)).toMatchObject({ editorUri: first, version: 2, text: "one!" });
    expect([...documents.all()].map(({ uri: address }) => address)).toEqual([internal]);
    expect(documents.close(first)?.text).toBe("one!");
    expect(documents.close(first)).toBeUndefined();
    expect(documents.get(internal)).toMatchObject({ editorUri: second, text: "two" });
    documents.close(second);
    expect(documents.get(internal)).toBeUndefined();
    expect([...documents.all()]).toEqual([]);
  });
});

describe("addresses", () => {
  test.each([
    ["file:///c%3A/designs/a%20b.dsco", "file:///c:/designs/a%20b.dsco"],
    ["file:///C:/designs/A.dsco", "file:///c:/designs/A.dsco"],
    ["file:///C%3A/designs/A.dsco", "file:///c:/designs/A.dsco"],
    ["git:/designs/a.dsco?%7B%22ref%22%3A%22HEAD%22%7D", "git:/designs/a.dsco?%7B%22ref%22%3A%22HEAD%22%7D"],
    ["file:///designs/%C3%A9%23.dsco", "file:///designs/%C3%A9%23.dsco"],
    ["file:///designs/x/../a.dsco", "file:///designs/a.dsco"],
    ["dsco-std:/hardware/nvidia.dsco", "std:hardware/nvidia"],
    ["untitled:Untitled-1", "untitled:Untitled-1"],
    ["vscode-vfs://github%2B7b2276/owner/a%28b%29.dsco", "vscode-vfs://github+7b2276/owner/a(b).dsco"],
    ["memfs:/designs/x/../a%20b.dsco?version=1", "memfs:/designs/a%20b.dsco?version=1"],
    ["file:///%zz", "file:///%zz"],
  ])("%s is known as %s", (editor, internal) => {
    expect(toInternal(editor)).toBe(internal);
    expect(toInternal(internal)).toBe(internal);
  });

  test("an import meets the open document, however the editor spells it", () => {
    for (const [base, path, editor] of [
      ["file:///c%3A/de%20signs/user.dsco", "./a b.dsco", "file:///c%3A/de%20signs/a%20b.dsco"],
      ["file:///x/user.dsco", "../y/é.dsco", "file:///y/%C3%A9.dsco"],
      ["vscode-vfs://github/owner/repository/user.dsco", "./a (b).dsco", "vscode-vfs://github/owner/repository/a%20%28b%29.dsco"],
      ["tmp:/work/user.dsco", "../y/é.dsco", "tmp:/y/%C3%A9.dsco"],
    ] as const) {
      expect(toInternal(new URL(path, toInternal(base)).href)).toBe(toInternal(editor));
    }
  });

  test("the standard library has an address that editors can open", () => {
    expect(toEditor("std:hardware/nvidia")).toBe("dsco-std:/hardware/nvidia.dsco");
    expect(toEditor("file:///a.dsco")).toBe("file:///a.dsco");
  });
});

describe("settings", () => {
  test("what nothing can be made of is told once, and the rest is taken", async () => {
    const told: string[] = [];
    const given = {
      sequenceLength: 0.5, codeLens: { enabled: 1, plans: false },
      diagnostics: { severity: { DSCO7001: "off", DSCO9999: "off", DSCO2001: "loud", toString: "error" } },
    };
    const settings = createSettings(undefined, () => Promise.resolve(given), (problem) => told.push(problem));
    const first = await settings.of("a");
    await settings.of("b");
    settings.changed(null);
    expect(await settings.of("a")).toEqual(first);
    expect(first).toMatchObject({ sequenceLength: 4096, codeLens: { enabled: true, plans: false, models: true }, diagnostics: { severity: { DSCO7001: "off" } } });
    expect(first.diagnostics.severity).not.toHaveProperty("DSCO2001");
    expect(told).toEqual([
      "The setting `dsco.codeLens.enabled` is 1: it takes true or false.",
      "The setting `dsco.sequenceLength` is 0.5: it takes a whole number of tokens.",
      "The setting `dsco.diagnostics.severity` names \"DSCO9999\", which is no code of dsco.",
      "The setting `dsco.diagnostics.severity` gives DSCO2001 the severity \"loud\": it takes \"off\", \"hint\", \"information\", \"warning\", \"error\".",
      "The setting `dsco.diagnostics.severity` names \"toString\", which is no code of dsco.",
    ]);
    expect(settingsProblems(defaultSettings)).toEqual([]);
    expect(settingsProblems({ diagnostics: { severity: "off" } })).toEqual(["The setting `dsco.diagnostics.severity` is no table of codes."]);
  });

  test("each kind of lens and hint has a switch of its own, and one switch for all", () => {
    expect([...lensesOf(defaultSettings)]).toEqual(["models", "hardware", "layouts", "plans"]);
    expect([...lensesOf(readSettings({ codeLens: { plans: false } }))]).toEqual(["models", "hardware", "layouts"]);
    expect([...lensesOf(readSettings({ codeLens: { enabled: false } }))]).toEqual([]);
    expect([...hintsOf(readSettings({ inlayHints: { defaults: false } }))]).toEqual(["derivedValues", "measuredRatios"]);
    expect([...hintsOf(readSettings({ inlayHints: { enabled: false } }))]).toEqual([]);
  });

  test.each([[undefined], [null], [3], ["x"], [[]], [{ codeLens: null, sequenceLength: "4096", contextLength: -1, inlayHints: { enabled: "no" } }], [{ sequenceLength: 0.5 }]])(
    "%j gives the defaults", (value) => {
      expect(readSettings(value)).toEqual(defaultSettings);
    });

  test("an editor is asked once a document until its settings change", async () => {
    const asked: string[] = [];
    const settings = createSettings(undefined, async (document) => {
      asked.push(document);
      return { sequenceLength: 1024 * asked.length };
    });
    expect(await Promise.all([settings.of("a"), settings.of("a")])).toMatchObject([{ sequenceLength: 1024 }, { sequenceLength: 1024 }]);
    expect(await settings.of("b")).toMatchObject({ sequenceLength: 2048 });
    settings.changed(null);
    expect(await settings.of("a")).toMatchObject({ sequenceLength: 3072 });
    expect(asked).toEqual(["a", "b", "a"]);
  });

  test("an editor that fails to answer leaves the defaults", async () => {
    expect(await createSettings(undefined, () => Promise.reject(new Error("no"))).of("a")).toEqual(defaultSettings);
  });

  test("an editor that cannot be asked pushes its settings", async () => {
    const settings = createSettings({ sequenceLength: 8 }, undefined);
    expect(await settings.of("a")).toMatchObject({ sequenceLength: 8 });
    settings.changed({ dsco: { sequenceLength: 16 } });
    expect(await settings.of("a")).toMatchObject({ sequenceLength: 16 });
  });
});
