// A check that leaves out what an edit cannot have touched says what a check of everything says.
import fc from "fast-check";
import { expect, test } from "vitest";
import { loadStandard, openWorkspace } from "../../../server/src/analysis";
import { createSource, type Source, type Workspace } from "../../../server/src/core";
import { checkFile } from "../../../server/src/rules";

const uri = "file:///design.dsco";
const libraryUri = "file:///library.dsco";

const library = 'import { H100 } from "std:hardware/nvidia"\n\nlet many = 64\n\ngpu Faster extends H100 {\n  power = 900 W\n}\n';

const design = `import { H800, ConnectX7 } from "std:hardware/nvidia"
import { many, Faster } from "./library.dsco"

let width = 4096
let twice = 2 * width
let left = twice
let right = left / 2

model Base {
  layers      = 8
  hidden_size = width
  vocab_size  = 32_000

  attention mla {
    heads            = many
    kv_lora_rank     = 512
    qk_nope_head_dim = 128
    qk_rope_head_dim = 64
    v_head_dim       = 128
  }

  ffn dense { layers = 0..1, intermediate_size = 4 * hidden_size }

  ffn moe {
    layers            = 2..7
    routed_experts    = 64
    top_k             = 6
    intermediate_size = 1408
    groups            = 8
    group_limit       = 4
  }

  require kv_bytes_per_token <= 20 KB
}

model Wide extends Base {
  hidden_size = twice
}

hardware Cluster {
  gpu           = H800
  gpus_per_node = 8
  nodes         = 4
  nic           = ConnectX7
}

gpu Other extends Faster {
  sms = Base.layers
}
`;

interface Edit {
  readonly file: "design" | "library";
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

const words = ["0", "1", "64", "width", "twice", "right", "many", "Base", "Wide", "H800", "\n", "\n}\n", " {", "=", "\"", "/*", "*/", "let ", "model X extends ", "Base.kv_bytes_per_token", "layers", ""];

const edit: fc.Arbitrary<Edit> = fc.record({
  file: fc.constantFrom("design", "design", "design", "design", "library"),
  at: fc.nat(1500),
  remove: fc.nat(12),
  insert: fc.constantFrom(...words),
});

function workspaceOf(sources: ReadonlyMap<string, Source>, previous?: Workspace): Workspace {
  return openWorkspace((wanted) => {
    if (wanted.startsWith("std:")) return loadStandard(wanted);
    const source = sources.get(wanted);
    return source ? { kind: "source", source } : { kind: "failed", reason: "there is no such file" };
  }, previous);
}

/** What a reader sees of a check. */
const seen = (workspace: Workspace) => checkFile(workspace, uri).map(({ fixes, ...rest }) => ({ ...rest, fixes: fixes?.().map(({ title, edits }) => ({ title, edits })) }));

test("the design of this test has no problem", () => {
  const sources = new Map([[uri, createSource(uri, design)], [libraryUri, createSource(libraryUri, library)]]);
  expect(seen(workspaceOf(sources)).filter(({ severity }) => severity === "error" || severity === "warning")).toEqual([]);
});

test("edits one after another give the diagnostics of a fresh check, each time", () => {
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 12 }), (edits) => {
      const sources = new Map([[uri, createSource(uri, design)], [libraryUri, createSource(libraryUri, library)]]);
      let workspace = workspaceOf(sources);
      checkFile(workspace, uri);
      const apply = ({ file, at, remove, insert }: Edit) => {
        const edited = file === "design" ? uri : libraryUri;
        const before = sources.get(edited);
        const text = before?.text ?? "";
        const start = Math.min(at, text.length);
        sources.set(edited, createSource(edited, text.slice(0, start) + insert + text.slice(start + remove), 1, before));
        workspace = workspaceOf(sources, workspace);
        const fresh = new Map([...sources].map(([address, source]) => [address, createSource(address, source.text)]));
        expect(seen(workspace)).toEqual(seen(workspaceOf(fresh)));
      };
      edits.forEach(apply);
      // And back again: what was clean before is found clean once more.
      apply({ file: "design", at: 0, remove: 1e9, insert: design });
      apply({ file: "library", at: 0, remove: 1e9, insert: library });
    }),
    { numRuns: 200 },
  );
}, 120_000);

test("a circle that an edit closes or opens is reported as in a fresh check", () => {
  const texts = ["let a = 1\nlet b = a\nlet c = b\n", "let a = c\nlet b = a\nlet c = b\n", "let a = c\nlet b = 1\nlet c = b\n", "let a = c\nlet b = a\nlet c = b\nlet d = c\n"];
  let workspace: Workspace | undefined;
  for (const text of [...texts, ...texts]) {
    workspace = workspaceOf(new Map([[uri, createSource(uri, text)]]), workspace);
    expect(seen(workspace), text).toEqual(seen(workspaceOf(new Map([[uri, createSource(uri, text)]]))));
  }
});

test("a chain that an edit makes too long is reported as in a fresh check", () => {
  const chain = (count: number, last: string) => `${Array.from({ length: count }, (_, index) => `let a${index} = a${index + 1}\n`).join("")}let a${count} = ${last}\n`;
  const tail = (text: string) => text.replaceAll("a", "b");
  let workspace: Workspace | undefined;
  for (const text of [chain(400, "1") + tail(chain(300, "1")), chain(400, "b0") + tail(chain(300, "1")), chain(400, "1") + tail(chain(300, "1"))]) {
    workspace = workspaceOf(new Map([[uri, createSource(uri, text)]]), workspace);
    expect(seen(workspace)).toEqual(seen(workspaceOf(new Map([[uri, createSource(uri, text)]]))));
  }
});

test("another name imported under the same alias is seen", () => {
  const texts = ["many", "none", "many"].map((name) => `import { ${name} as width } from "./library.dsco"\n\nparallelism P {\n  tp = width\n}\n`);
  let workspace: Workspace | undefined;
  for (const text of texts) {
    const sources = () => new Map([[uri, createSource(uri, text)], [libraryUri, createSource(libraryUri, "let many = 64\nlet none = 0\n")]]);
    workspace = workspaceOf(sources(), workspace);
    expect(seen(workspace), text).toEqual(seen(workspaceOf(sources())));
    expect(seen(workspace).map(({ code }) => code).filter((code) => code === "DSCO2105"), text).toHaveLength(text.includes("none") ? 1 : 0);
  }
});

test("an edit at the end of a long chain, each link written before the next, finds nothing wrong with it", () => {
  const chain = (last: string) => `let a0 = 1\n${Array.from({ length: 1200 }, (_, index) => `let a${index + 1} = a${index}\n`).join("")}let last = a1200 ${last}\n`;
  let workspace: Workspace | undefined;
  for (const last of ["", "+ 1", "+ 2"]) {
    workspace = workspaceOf(new Map([[uri, createSource(uri, chain(last))]]), workspace);
    expect(seen(workspace)).toEqual([]);
  }
});

/** Declarations whose names are few, so that they meet: chains in both directions, circles, bases, metrics, aliases, doubles. */
const index = fc.nat(4);
const amount = fc.oneof(fc.constantFrom("0", "1", "8", "-3", "1 GB"), index.map((of) => `a${of}`), index.map((of) => `M${of}.total_params`), index.map((of) => `m${of}`));
const declaration = fc.oneof(
  fc.tuple(index, amount).map(([of, value]) => `let a${of} = ${value}`),
  fc.tuple(index, amount).map(([of, value]) => `let a${of} = ${value} + 1`),
  fc.tuple(index, amount).map(([of, value]) => `parallelism P${of} { tp = ${value} }`),
  fc.tuple(index, amount, amount).map(([of, hidden, limit]) =>
    `model M${of} { layers = 2, hidden_size = ${hidden}, vocab_size = 8, attention mha { heads = 1 }, ffn dense { intermediate_size = 8 }, require total_params < ${limit} }`.replace(", require", "\n  require")),
  fc.tuple(index, index, amount).map(([of, base, value]) => `model M${of} extends M${base} { hidden_size = ${value} }`),
  fc.tuple(fc.constantFrom("many", "few", "gone"), index).map(([name, of]) => `import { ${name} as m${of} } from "./library.dsco"`),
  fc.constantFrom("let", "model X {", "}", ""),
);
const libraryText = fc.constantFrom("let many = 64\nlet few = 2\n", "let many = 0\nlet few = many\n", "let few = 64\n", "import { a0 } from \"./design.dsco\"\nlet many = a0\nlet few = 2\n");

test("whatever declarations are replaced, a file checked again is a file checked anew", () => {
  const change = fc.oneof(
    { weight: 5, arbitrary: fc.record({ line: fc.nat(11), text: declaration }) },
    { weight: 1, arbitrary: fc.record({ library: libraryText }) },
  );
  fc.assert(
    fc.property(fc.array(declaration, { minLength: 4, maxLength: 12 }), libraryText, fc.array(change, { minLength: 1, maxLength: 8 }), (lines, startLibrary, changes) => {
      const text = () => `${lines.join("\n")}\n`;
      const sources = new Map([[uri, createSource(uri, text())], [libraryUri, createSource(libraryUri, startLibrary)]]);
      let workspace = workspaceOf(sources);
      checkFile(workspace, uri);
      for (const one of changes) {
        const edited = "library" in one ? libraryUri : uri;
        if ("text" in one) lines.splice(Math.min(one.line, lines.length - 1), 1, one.text);
        sources.set(edited, createSource(edited, "library" in one ? one.library : text(), 1, sources.get(edited)));
        workspace = workspaceOf(sources, workspace);
        const fresh = new Map([...sources].map(([address, source]) => [address, createSource(address, source.text)]));
        expect(seen(workspace), text()).toEqual(seen(workspaceOf(fresh)));
      }
    }),
    { numRuns: 250 },
  );
}, 120_000);
