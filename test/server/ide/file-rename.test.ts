import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createLineIndex, fileScope } from "../../../server/src/core";
import { importEditsAfterMove, type MovedFile } from "../../../server/src/ide";
import { applyEdits } from "../../../server/src/rules";
import type { Files } from "../../kit/marked";
import { openFiles, uriOf } from "../../kit/workspace";

/** The files after a move: under their new names, with what the edits write. */
function moved(files: Files, moves: readonly (readonly [from: string, to: string])[]): Files {
  const { workspace, project } = openFiles(files);
  const all: readonly MovedFile[] = moves.map(([from, to]) => ({ from: uriOf(from), to: uriOf(to) }));
  const edits = importEditsAfterMove(workspace, all, project);
  const nameAfter = (path: string): string => {
    const move = moves.find(([from]) => path === from || path.startsWith(`${from}/`));
    return move ? move[1] + path.slice(move[0].length) : path;
  };
  return Object.fromEntries(Object.entries(files).map(([path, text]) => {
    const lines = createLineIndex(text);
    const own = edits.find(({ uri }) => uri === uriOf(path))?.edits ?? [];
    return [nameAfter(path), applyEdits(text, own.map(({ range, newText }) => ({ start: lines.offset(range.start), end: lines.offset(range.end), newText })))];
  }));
}

const imports = (...paths: readonly string[]): string => paths.map((path) => `import { A } from "${path}"`).join("\r\n");

describe("imports after a move", () => {
  test.each<readonly [string, Files, readonly (readonly [string, string])[], Files]>([
    ["a file beside those that import it", { "a.dsco": imports("./b.dsco", "std:hardware/nvidia"), "b.dsco": "let A = 1\n" }, [["b.dsco", "c.dsco"]],
      { "a.dsco": imports("./c.dsco", "std:hardware/nvidia"), "c.dsco": "let A = 1\n" }],
    ["into a folder, with its own imports", { "a.dsco": imports("./b.dsco"), "b.dsco": imports("./x/c.dsco", "./d.dsco"), "x/c.dsco": "", "d.dsco": "" }, [["b.dsco", "x/y/b.dsco"]],
      { "a.dsco": imports("./x/y/b.dsco"), "x/y/b.dsco": imports("../c.dsco", "../../d.dsco"), "x/c.dsco": "", "d.dsco": "" }],
    ["a folder: what lies in it keeps its paths to each other", { "a.dsco": imports("./x/b.dsco"), "x/b.dsco": imports("./c.dsco", "../a.dsco"), "x/c.dsco": "" }, [["x", "deep/y"]],
      { "a.dsco": imports("./deep/y/b.dsco"), "deep/y/b.dsco": imports("./c.dsco", "../../a.dsco"), "deep/y/c.dsco": "" }],
    ["two files at once", { "a.dsco": imports("./b.dsco"), "b.dsco": "" }, [["a.dsco", "x/a.dsco"], ["b.dsco", "x/b.dsco"]], { "x/a.dsco": imports("./b.dsco"), "x/b.dsco": "" }],
    ["files that import each other in a circle", { "a.dsco": imports("./b.dsco"), "b.dsco": imports("./a.dsco") }, [["b.dsco", "x/b.dsco"]],
      { "a.dsco": imports("./x/b.dsco"), "x/b.dsco": imports("../a.dsco") }],
    ["an import of a file that is not there moves along too", { "a.dsco": imports("./gone.dsco") }, [["a.dsco", "x/a.dsco"]], { "x/a.dsco": imports("../gone.dsco") }],
    ["a path as it is written stays where it still leads there", { "a.dsco": imports("./x/../b.dsco", "./y/c.dsco"), "b.dsco": "", "y/c.dsco": "" }, [["y/c.dsco", "y/d.dsco"]],
      { "a.dsco": imports("./x/../b.dsco", "./y/d.dsco"), "b.dsco": "", "y/d.dsco": "" }],
    ["a name like the beginning of another", { "a.dsco": imports("./ab.dsco", "./a/b.dsco"), "ab.dsco": "", "a/b.dsco": "" }, [["a", "c"]],
      { "a.dsco": imports("./ab.dsco", "./c/b.dsco"), "ab.dsco": "", "c/b.dsco": "" }],
    ["around a line that cannot be read", { "a.dsco": `let x = ((\n${imports("./b.dsco")}\nmodel {\n`, "b.dsco": "" }, [["b.dsco", "c.dsco"]],
      { "a.dsco": `let x = ((\n${imports("./c.dsco")}\nmodel {\n`, "c.dsco": "" }],
  ])("%s", (_name, files, moves, after) => {
    expect(moved(files, moves)).toEqual(after);
  });

  test("a move that no import sees changes nothing", () => {
    const { workspace, project } = openFiles({ "a.dsco": imports("./b.dsco"), "b.dsco": "", "c.dsco": "" });
    expect(importEditsAfterMove(workspace, [{ from: uriOf("c.dsco"), to: uriOf("d.dsco") }], project)).toEqual([]);
  });

  const segment = fc.constantFrom("a", "b c", "é", "x#1", "50%", "q?", "p\"q", "deep/er", "µ&;=+,");
  const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => `${parts.map(encodeURIComponent).map((part) => part.replaceAll("%2F", "/")).join("/")}.dsco`);

  test("after any move every import leads to the file that it led to, and a move back gives the text", () => {
    fc.assert(
      fc.property(path, path, path, path, (importing, imported, importingAfter, importedAfter) => {
        fc.pre(importing !== imported && importingAfter !== importedAfter && ![importingAfter, importedAfter].some((one) => one === importing || one === imported));
        const beside = `${importing.slice(0, importing.lastIndexOf("/") + 1)}nowhere.dsco`;
        const written = openFiles(moved({ [importing]: imports("./nowhere.dsco"), [beside]: "let A = 1\n" }, [[beside, imported]]));
        const [before] = fileScope(written.workspace, uriOf(importing))?.imports ?? [];
        expect(before?.uri).toBe(uriOf(imported));
        const text = written.project.textOf(uriOf(importing)) ?? "";
        const files = { [importing]: text, [imported]: "let A = 1\n" };
        const after = moved(files, [[importing, importingAfter], [imported, importedAfter]]);
        const [entry] = fileScope(openFiles(after).workspace, uriOf(importingAfter))?.imports ?? [];
        expect(entry?.uri).toBe(uriOf(importedAfter));
        expect(moved(after, [[importingAfter, importing], [importedAfter, imported]])).toEqual(files);
      }),
      { numRuns: 200, examples: [["a.dsco", "b.dsco", "x/a.dsco", "50%25/b.dsco"], ["a.dsco", "x%231/b.dsco", "b.dsco", "p%22q.dsco"]] },
    );
  });
});
