// What `«…»` surrounds is what the feature must find for the name at `$0`.
import { describe, expect, test } from "vitest";
import { definition, highlights, references } from "../../../server/src/ide";
import { openMarked, type Files } from "../../kit/marked";
import { uriOf } from "../../kit/workspace";

const cases: Readonly<Record<string, Files>> = {
  "a constant, from another file and under an alias": {
    "main.dsco": 'import { «width» as «own» } from "./sizes.dsco"\n\nmodel A {\n  hidden_size = «o$0wn» / 2\n  layers = 2 * «own»\n}\n',
    "sizes.dsco": "let «width» = 64\nlet twice = 2 * «width»\n",
    "other.dsco": 'import { «width» } from "./sizes.dsco"\nlet a = «width»\n// width\n',
    "foreign.dsco": "let width = 1\nlet b = width\n",
  },
  "one name imported twice, under two aliases": {
    "main.dsco": 'import { «A» as «B», «A» as «C» } from "./a.dsco"\nlet x = «B» + «C»\n',
    "a.dsco": "let «$0A» = 1\n",
  },
  "a declaration in keys, bases, paths and sweeps": {
    "main.dsco": [
      'import { «Small», Node } from "./parts.dsco"', "model Tiny extends «Small» { layers = 1 }", "hardware H extends Node { nodes = «Small».layers }",
      "plan Train { model = «Small», hardware = H }", "sweep S of Train {", "  model = [«Sma$0ll», Tiny]", "  where total_params <= «Small».total_params", "}", "",
    ].join("\n"),
    "parts.dsco": "model «Small» { layers = 2 }\nhardware Node { nodes = 1 }\nlet size = «Small».layers\n",
  },
  "a plan after `of`, and not the metric or key of that name": {
    "main.dsco": "plan «Train» { require step_time <= 2 s }\nsweep S of «T$0rain» { minimize step_time }\nlet a = «Train».step_time\n",
  },
  "a key where it is read, but not where another declaration writes it": {
    "main.dsco": [
      "let heads = 3", "model A {", "  hidden_size = heads", "  attention mha { «heads» = 8, head_dim = hidden_size / «heads» }", "  attention gqa { heads = 4, kv_heads = heads }", "}",
      "model B { attention mha { heads = A.mha.«he$0ads» } }", "",
    ].join("\n"),
  },
  "a key and those that override it": {
    "main.dsco": "model Base { «hidden$0_size» = 64, layers = «hidden_size» / 8 }\nmodel Wide extends Base { «hidden_size» = 128 }\nlet a = Base.«hidden_size» + Wide.hidden_size\n",
  },
  "an inherited key is the base's": {
    "main.dsco": "model Base { «layers» = 4 }\nmodel Wide extends Base { hidden_size = «layers» * 8 }\nlet a = Wide.«lay$0ers»\n",
  },
  "a dotted path through several declarations": {
    "main.dsco": 'import { P } from "./plan.dsco"\nsweep S of P { where memory_per_gpu <= 0.9 * hardware.gpu.«mem$0ory» }\nlet m = P.hardware.gpu.«memory»\n',
    "plan.dsco": 'import { H } from "./hardware.dsco"\nplan P { hardware = H }\n',
    "hardware.dsco": "gpu G { «memory» = 80 GB, memory_bandwidth = 3 TB/s }\nhardware H { gpu = G, gpus_per_node = 8, nodes = 1 }\n",
  },
  "the layers of a sweep": {
    "main.dsco": "parallelism L { «ep» = 8, tp = 2 }\nplan P { parallelism = L }\nsweep S of P {\n  parallelism.«e$0p» = [8, 16]\n  parallelism.tp = [1, 2]\n  where parallelism.«ep» <= 8\n}\n",
  },
  "a metric of one declaration": {
    "main.dsco": "model A { require «total_$0params» <= 1B }\nmodel B { require total_params <= 1B }\nlet a = A.«total_params» + B.total_params\n",
  },
  "a block by its keyword and by its kind": {
    "main.dsco": "model A { ffn dense { layers = 0..1 }, «ffn» «moe» { top_k = 8 } }\nlet a = A.«m$0oe».top_k\n",
  },
  "names of files that import each other in a circle": {
    "main.dsco": 'import { «A» } from "./a.dsco"\nlet B = «$0A»\n',
    "a.dsco": 'import { B } from "./main.dsco"\nlet «A» = 1\nlet C = B\n',
  },
  "an import that leads nowhere, in its file alone": {
    "main.dsco": 'import { «A» } from "./gone.dsco"\nlet B = «$0A»\nlet C = «A» + 1\n',
    "a.dsco": "let A = 1\n",
  },
  "beside characters of two units, with CRLF": {
    "main.dsco": "// 🚀 width\r\nlet «width» = 64 /* 🚀 */\r\nlet a = /* 🚀🚀 */ «wid$0th»\r\n",
  },
  "around a line that cannot be read": {
    "main.dsco": "let «width» = 64\nmodel A {\n  hidden_size = ((\n  layers = «wi$0dth»\n\nmodel B { layers = «width» }\n",
  },
  "the first of two declarations of one name": {
    "main.dsco": "let «A» = 1\nlet A = 2\nlet B = «$0A»\n",
  },
};

describe("references", () => {
  test.each(Object.entries(cases))("%s", (_name, marked) => {
    const opened = openMarked(marked);
    const found = references(opened.workspace, opened.uri, opened.position, opened.project);
    expect(opened.withMarks(found ?? [])).toEqual(opened.expected);
  });

  test.each(Object.entries(cases))("highlights are those of the file: %s", (_name, marked) => {
    const { workspace, uri, position, project } = openMarked(marked);
    const all = references(workspace, uri, position, project) ?? [];
    expect(highlights(workspace, uri, position)).toEqual(all.filter((place) => place.uri === uri));
  });

  test.each(Object.entries(cases))("each leads to what is declared: %s", (_name, marked) => {
    const { workspace, uri, position, project } = openMarked(marked);
    const all = references(workspace, uri, position, project) ?? [];
    const declared = all.filter(({ isDeclaration }) => isDeclaration).map((place) => ({ uri: place.uri, range: place.range }));
    const leads = new Set(all.map((place) => {
      const found = definition(workspace, place.uri, place.range.start);
      return JSON.stringify(found && { uri: found.uri, range: found.selectionRange });
    }));
    expect(leads.size).toBe(1);
    // What has a metric is declared elsewhere than the metric is named; so is what an import fails to bring.
    if (declared.length > 0) expect(leads).toContain(JSON.stringify(declared[0]));
  });

  test.each([
    ["a number", "let a = 1$02\n"], ["a word of the language", "let a = au$0to\n"], ["a keyword", "mo$0del A { }\n"], ["a comment", "// a$0\nlet a = 1\n"],
    ["a name that nothing has", "let a = no$0body\n"], ["an empty file", "$0"],
  ])("%s has none", (_name, text) => {
    const { workspace, uri, position, project } = openMarked({ "main.dsco": text });
    expect(references(workspace, uri, position, project)).toBeUndefined();
    expect(highlights(workspace, uri, position)).toBeUndefined();
  });

  test("a name of the standard library is found in the library where it can be shown", () => {
    const { workspace, uri, position, project } = openMarked({ "main.dsco": 'import { H80$00 } from "std:hardware/nvidia"\nhardware H { gpu = H800 }\n' });
    const withLibrary = { ...project, uris: [...project.uris, "std:hardware/nvidia"], textOf: (address: string) => (address === "std:hardware/nvidia" ? "gpu H800" : project.textOf(address)) };
    const uris = references(workspace, uri, position, withLibrary)?.map((place) => place.uri);
    expect(uris).toContain("std:hardware/nvidia");
    expect(uris?.filter((address) => address === uriOf("main.dsco"))).toHaveLength(2);
  });
});
