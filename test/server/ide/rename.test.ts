import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { figuresOf } from "../../../server/src/analysis";
import { bindDeclaration, createLineIndex, fileScope, namesOfFile } from "../../../server/src/core";
import { definition, prepareRename, references, rename, type FileEdits } from "../../../server/src/ide";
import { applyEdits, checkFile } from "../../../server/src/rules";
import { openMarked, type Files } from "../../kit/marked";
import { openFiles, uriOf } from "../../kit/workspace";
import { design } from "../../bench/content";

function applied(files: Files, edits: readonly FileEdits[]): Files {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => {
    const lines = createLineIndex(text);
    const own = edits.filter(({ uri }) => uri === uriOf(path)).flatMap((file) => file.edits);
    return [path, applyEdits(text, own.map(({ range, newText }) => ({ start: lines.offset(range.start), end: lines.offset(range.end), newText })))];
  }));
}

/** The files after a renaming at `$0`, or the reason why there is none. */
function renamed(marked: Files, newName: string): Files | string {
  const { workspace, uri, position, project, files } = openMarked(marked);
  const found = rename(workspace, uri, position, newName, project);
  return found.kind === "refused" ? found.reason : applied(files, found.files);
}

describe("renaming", () => {
  test.each<readonly [string, Files, Files]>([
    ["a constant, in every file that imports it; an alias stays", {
      "main.dsco": "let wi$0dth = 64\nlet twice = 2 * width // width\n",
      "b.dsco": 'import { width } from "./main.dsco"\nmodel A { hidden_size = width }\n',
      "c.dsco": 'import { width as own } from "./main.dsco"\nlet a = own + 1\n',
      "d.dsco": "let width = 3\nlet b = width\n",
    }, {
      "main.dsco": "let size = 64\nlet twice = 2 * size // width\n",
      "b.dsco": 'import { size } from "./main.dsco"\nmodel A { hidden_size = size }\n',
      "c.dsco": 'import { size as own } from "./main.dsco"\nlet a = own + 1\n',
      "d.dsco": "let width = 3\nlet b = width\n",
    }],
    ["an alias, in its file alone", {
      "main.dsco": 'import { width as o$0wn } from "./a.dsco"\nlet a = own + 1\n', "a.dsco": "let width = 1\nlet own = 2\n",
    }, {
      "main.dsco": 'import { width as size } from "./a.dsco"\nlet a = size + 1\n', "a.dsco": "let width = 1\nlet own = 2\n",
    }],
    ["one of two aliases of a name", {
      "main.dsco": 'import { A as B, A as C } from "./a.dsco"\nlet x = $0B + C\n', "a.dsco": "let A = 1\n",
    }, {
      "main.dsco": 'import { A as size, A as C } from "./a.dsco"\nlet x = size + C\n', "a.dsco": "let A = 1\n",
    }],
    ["what has two aliases", {
      "main.dsco": 'import { A$0 as B, A as C } from "./a.dsco"\nlet x = B + C\n', "a.dsco": "let A = 1\n",
    }, {
      "main.dsco": 'import { size as B, size as C } from "./a.dsco"\nlet x = B + C\n', "a.dsco": "let size = 1\n",
    }],
    ["an alias of the standard library", {
      "main.dsco": 'import { H800 as G } from "std:hardware/nvidia"\nhardware H { gpu = $0G }\n',
    }, {
      "main.dsco": 'import { H800 as size } from "std:hardware/nvidia"\nhardware H { gpu = size }\n',
    }],
    ["the first of two declarations of one name, with what means it", {
      "main.dsco": "let $0A = 1\nlet A = 2\nlet B = A\n",
    }, {
      "main.dsco": "let size = 1\nlet A = 2\nlet B = size\n",
    }],
    ["in files that import each other in a circle", {
      "main.dsco": 'import { B } from "./b.dsco"\nlet $0A = 1\nlet C = B\n', "b.dsco": 'import { A } from "./main.dsco"\nlet B = A\n',
    }, {
      "main.dsco": 'import { B } from "./b.dsco"\nlet size = 1\nlet C = B\n', "b.dsco": 'import { size } from "./main.dsco"\nlet B = size\n',
    }],
    ["to a key's name where no place can mistake it", {
      "main.dsco": "let o$0wn = 64\nmodel A { size = own }\n",
    }, {
      "main.dsco": "let size = 64\nmodel A { size = size }\n",
    }],
    ["beside characters of two units, with CRLF and a byte-order mark", {
      "main.dsco": "\ufeff// 🚀\r\nlet /* 🚀 */ $0A = 1 /* é */\r\nlet B = /* 🚀🚀 */ A\r\n",
    }, {
      "main.dsco": "\ufeff// 🚀\r\nlet /* 🚀 */ size = 1 /* é */\r\nlet B = /* 🚀🚀 */ size\r\n",
    }],
    ["around a line that cannot be read", {
      "main.dsco": "let wi$0dth = 64\nmodel A {\n  hidden_size = ((\n  layers = width\n\nmodel B { layers = width }\n",
    }, {
      "main.dsco": "let size = 64\nmodel A {\n  hidden_size = ((\n  layers = size\n\nmodel B { layers = size }\n",
    }],
  ])("%s", (_name, before, after) => {
    expect(renamed(before, "size")).toEqual(after);
  });

  test.each<readonly [string, Files, string, string]>([
    ["no name", { "main.dsco": "let $0A = 1\n" }, "1A", "`1A` is no name: a name has letters, digits and `_`, and does not begin with a digit."],
    ["two words", { "main.dsco": "let $0A = 1\n" }, "A B", "`A B` is no name: a name has letters, digits and `_`, and does not begin with a digit."],
    ["nothing", { "main.dsco": "let $0A = 1\n" }, "", "A name has at least one letter."],
    ["a keyword", { "main.dsco": "let $0A = 1\n" }, "model", "`model` is a word of the language and cannot be a name."],
    ["a precision", { "main.dsco": "let $0A = 1\n" }, "bf16", "`bf16` is a word of the language and cannot be a name."],
    ["taken in its file", { "main.dsco": "let $0A = 1\n\nmodel B { }\n" }, "B", "`B` is already the name of the model at main.dsco:3."],
    ["taken where it is imported", { "main.dsco": "let $0A = 1\n", "b.dsco": 'import { A } from "./main.dsco"\nlet B = A\n' }, "B", "`B` is already the name of a constant at b.dsco:2."],
    ["taken by an import", { "main.dsco": 'import { H800 as B } from "std:hardware/nvidia"\nlet $0A = 1\n' }, "B", "`B` is already the name of an import at main.dsco:1."],
    ["a key that hides it", { "main.dsco": "let $0A = 1\nmodel M {\n  hidden_size = 64\n  layers = A\n}\n" }, "hidden_size",
      "`hidden_size` would not mean the same everywhere: at main.dsco:4 it is also the name of something else."],
    ["a metric that it would hide", { "main.dsco": "let $0A = 1\nmodel M {\n  require total_params <= 1B\n}\n" }, "total_params",
      "`total_params` would not mean the same everywhere: at main.dsco:3 it is also the name of something else."],
    ["an unknown name that it would give a meaning", { "main.dsco": "let $0A = 1\nlet C = B + A\n" }, "B",
      "`B` would not mean the same everywhere: at main.dsco:2 it is also the name of something else."],
    ["the standard library", { "main.dsco": 'import { H800 } from "std:hardware/nvidia"\nhardware H { gpu = $0H800 }\n' }, "B",
      "`H800` belongs to the standard library, which cannot be changed. `import { H800 as … }` gives it another name in one file."],
    ["an import that leads nowhere", { "main.dsco": 'import { A } from "./gone.dsco"\nlet C = $0A\n' }, "B", "What `A` is imported from cannot be read, or does not declare it."],
    ["a key", { "main.dsco": "model M { lay$0ers = 2 }\n" }, "B", "`layers` is a key of the language: its name is fixed."],
    ["a key that has its default", { "main.dsco": "parallelism P { ep = 2 }\nlet a = P.t$0p\n" }, "B", "`tp` is a key of the language: its name is fixed."],
    ["a metric", { "main.dsco": "model M { }\nlet a = M.total_par$0ams\n" }, "B", "`total_params` is a metric: its name is fixed."],
    ["a block", { "main.dsco": "model M { ffn den$0se { } }\n" }, "B", "`dense` names a block of the language: its name is fixed."],
    ["a number", { "main.dsco": "let a = 1$02\n" }, "B", "Only the name of a declaration, of a constant or of an import can be renamed."],
    ["a line that cannot be read and may name it", { "main.dsco": "let $0A = 1\nlet C = 2 3 A\n" }, "B", "`A` stands in a line that cannot be read, at main.dsco:2: mend that first."],
  ])("is refused: %s", (_name, files, newName, reason) => {
    expect(renamed(files, newName)).toBe(reason);
  });

  test("a refused name is refused before a new one is asked for", () => {
    const { workspace, uri, position } = openMarked({ "main.dsco": "model M { lay$0ers = 2 }\n" });
    expect(prepareRename(workspace, uri, position)).toEqual({ kind: "refused", reason: "`layers` is a key of the language: its name is fixed." });
  });

  test("what is offered for a new name is the old one, where it stands", () => {
    const { workspace, uri, position, withMarks, expected } = openMarked({ "main.dsco": "let a = 1\nlet b = /* 🚀 */ 2 * «$0a»\n" });
    const found = prepareRename(workspace, uri, position);
    expect(found).toMatchObject({ kind: "name", name: "a" });
    expect(found.kind === "name" && withMarks([{ uri, range: found.range }])).toEqual(expected);
  });

  test("the same name changes nothing", () => {
    expect(renamed({ "main.dsco": "let $0A = 1\nlet B = A\n" }, "A")).toEqual({ "main.dsco": "let A = 1\nlet B = A\n" });
  });
});

// ── what holds for every name of a design ─────────────────────────────────────────────────────────────────────────────

const study = design(150);
const project: Files = {
  "main.dsco": study,
  "user.dsco": [
    'import { Model0, Model0 as Again, Cluster0 as Site, Layout0, Work0, hidden_0 } from "./main.dsco"', 'import { DeepSeekV3 as Published } from "std:models/deepseek"', "",
    "model Other extends Model0 { hidden_size = hidden_0 * 2 }", "hardware Larger extends Site { nodes = 4 * Site.nodes }", "",
    "plan Train { model = Again, hardware = Larger, parallelism = Layout0, workload = Work0, require memory_per_gpu <= Larger.gpu.memory }",
    "sweep Space of Train { parallelism.ep = [8, 16], model = [Other, Model0, Published], minimize step_time }",
    "let share = Again.active_params / Other.total_params", "",
  ].join("\r\n"),
};

interface Named { readonly uri: string; readonly text: string; readonly offset: number; readonly kind: string }

const { workspace: known } = openFiles(project);
const everyName: readonly Named[] = Object.keys(project).map(uriOf).flatMap((uri) => {
  const file = fileScope(known, uri);
  return (file ? namesOfFile(known, file) : []).map(({ text, span, target }) => ({ uri, text, offset: span.start, kind: target.kind }));
});
const renameable = everyName.filter(({ uri, offset }) => {
  const lines = fileScope(known, uri)?.source.lines;
  return lines && prepareRename(known, uri, lines.position(offset)).kind === "name";
});

/** Every figure of every declaration, by kind and order. */
function figures(files: Files): unknown {
  const { workspace } = openFiles(files);
  return Object.keys(files).map((path) => {
    const scope = fileScope(workspace, uriOf(path));
    return scope?.declarations.map((node) => {
      const bound = node.kind === "declaration" ? bindDeclaration(workspace, node, scope) : undefined;
      return bound && figuresOf(workspace, bound).map(({ id, figure }) => [id, figure.kind === "unavailable" ? "unavailable" : figure.value]);
    });
  });
}

const problems = (files: Files): unknown => {
  const { workspace } = openFiles(files);
  return Object.keys(files).map((path) => checkFile(workspace, uriOf(path)).map(({ code, severity }) => `${code} ${severity}`));
};

const [figuresBefore, problemsBefore] = [figures(project), problems(project)];

describe("every name of a design", () => {
  test("there are many, of every kind", () => {
    expect(renameable.length).toBeGreaterThan(40);
    expect(new Set(renameable.map(({ text }) => text)).size).toBeGreaterThan(15);
  });

  test("a new name leaves figures and diagnostics as they are, and the old name brings back the text", () => {
    fc.assert(
      fc.property(fc.constantFrom(...renameable), fc.constantFrom("fresh", "Δ_1", "a_name_that_is_longer_than_those_before", "H800x"), ({ uri, text, offset }, name) => {
        const { workspace, project: all } = openFiles(project);
        const position = fileScope(workspace, uri)?.source.lines.position(offset);
        const found = position && rename(workspace, uri, position, name, all);
        if (!position || found?.kind !== "edits") throw new Error(`${text} cannot be renamed: ${JSON.stringify(found)}`);
        const after = applied(project, found.files);
        expect(after).not.toEqual(project);
        expect(figures(after)).toEqual(figuresBefore);
        expect(problems(after)).toEqual(problemsBefore);
        // Back again, from the first place that has the new name.
        const changed = openFiles(after);
        const [file] = found.files;
        const at = file?.edits[0]?.range.start;
        const back = file && at && rename(changed.workspace, file.uri, at, text, changed.project);
        expect(back?.kind === "edits" ? applied(after, back.files) : back).toEqual(project);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  test("every reference leads to what is declared, and is a reference of that", () => {
    const { workspace, project: all } = openFiles(project);
    for (const { uri, offset, kind } of everyName) {
      const position = fileScope(workspace, uri)?.source.lines.position(offset);
      const lead = position && definition(workspace, uri, position);
      const found = position && references(workspace, uri, position, all);
      if (!lead || !found) throw new Error("a name without a meaning");
      expect(found).toContainEqual(expect.objectContaining({ uri, range: expect.objectContaining({ start: position }) }));
      // A metric and a key that nobody wrote lead to what has them; the library's files are not among those searched.
      if (kind === "metric" || kind === "unwritten" || lead.uri.startsWith("std:")) continue;
      const ofDeclared = references(workspace, lead.uri, lead.selectionRange.start, all);
      expect(ofDeclared).toContainEqual(expect.objectContaining({ uri, range: expect.objectContaining({ start: position }) }));
    }
  });
});
