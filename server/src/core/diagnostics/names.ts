import { didYouMean } from "../suggest";
import { withArticle } from "../values";
import { defineDiagnostic } from "./define";

/** Codes DSCO20xx: imports, names, keys and blocks. */
export const names = {
  fileNotFound: defineDiagnostic<{ path: string; reason: string }>({
    code: "DSCO2001", severity: "error", title: "An import that cannot be read",
    message: ({ path, reason }) => `cannot import "${path}": ${reason}`,
    explanation: "The path of an import is relative to the importing file and stays inside the workspace, or names a part of the standard library (`std:…`; `dsco std` lists them).",
    example: 'import { A } from "./not-there.dsco"\n',
  }),
  notExported: defineDiagnostic<{ name: string; path: string; suggestion: string | undefined }>({
    code: "DSCO2002", severity: "error", title: "A name that the imported file has not",
    message: ({ name, path, suggestion }) => `"${path}" has no declaration \`${name}\`${didYouMean(suggestion)}`,
    explanation: "Every declaration and `let` at the top of a file can be imported; what a file has imported itself cannot.",
    example: 'import { H80 } from "std:hardware/nvidia"\n',
  }),
  importCycle: defineDiagnostic<{ path: readonly string[] }>({
    code: "DSCO2003", severity: "error", title: "Files that import each other",
    message: ({ path }) => `import cycle: ${path.join(" → ")}`,
    explanation: "A file may not import itself, directly or through others. Move what both need into a third file.",
    example: 'import { A as B } from "./example.dsco"\nlet A = 1\nlet C = B\n',
  }),
  unusedImport: defineDiagnostic<{ name: string }>({
    code: "DSCO2004", severity: "warning", title: "An import that nothing uses",
    message: ({ name }) => `\`${name}\` is imported and never used`,
    explanation: "Remove it, or use it.",
    example: 'import { H800 } from "std:hardware/nvidia"\n',
  }),
  duplicateName: defineDiagnostic<{ name: string; what: string }>({
    code: "DSCO2005", severity: "error", title: "A name declared twice",
    message: ({ name, what }) => `\`${name}\` is already the name of ${what} in this file`,
    explanation: "Declarations, `let` constants and imports of one file share one set of names. The first one counts.",
    example: "let A = 1\nlet A = 2\n",
  }),
  unknownName: defineDiagnostic<{ name: string; suggestion: string | undefined; hint?: string | undefined }>({
    code: "DSCO2007", severity: "error", title: "An unknown name",
    message: ({ name, suggestion, hint }) => `\`${name}\` is not known here${hint ?? didYouMean(suggestion)}`,
    explanation: "A name is looked up among the properties of the block and of the blocks around it, then among the declarations, constants and imports of the file.",
    example: "let A = B + 1\n",
  }),
  unknownMember: defineDiagnostic<{ owner: string; name: string; suggestion: string | undefined }>({
    code: "DSCO2008", severity: "error", title: "An unknown property or metric",
    message: ({ owner, name, suggestion }) => `\`${owner}\` has no property or metric \`${name}\`${didYouMean(suggestion)}`,
    explanation: "After the point stands a property of the declaration, one of its blocks, or one of its metrics.",
    example: "gpu G {\n  memory = 80 GB\n  memory_bandwidth = 3 TB/s\n}\nlet A = G.memry\n",
  }),
  circularValue: defineDiagnostic<{ name: string }>({
    code: "DSCO2009", severity: "error", title: "A value defined by itself",
    message: ({ name }) => `\`${name}\` is defined by itself`,
    explanation: "A property, a constant or a base may not depend on itself, directly or through others.",
    example: "let A = B\nlet B = A\n",
  }),
  notComputed: defineDiagnostic<{ metric: string; reason: string }>({
    code: "DSCO2010", severity: "error", title: "A figure that cannot be computed",
    message: ({ metric, reason }) => `\`${metric}\` cannot be computed: ${reason}`,
    explanation: "An expression uses a metric of a declaration that is incomplete or whose cost is not modelled yet.",
    example: "model M {\n  layers = 2, hidden_size = 8, vocab_size = 8\n  attention mha { heads = 2, o_groups = 2 }\n  ffn dense { intermediate_size = 8 }\n}\nlet A = M.total_params\n",
  }),
  wrongBase: defineDiagnostic<{ name: string; keyword: string; found: string }>({
    code: "DSCO2011", severity: "error", title: "A base of another kind",
    message: ({ name, keyword, found }) => `\`${keyword}\` cannot extend \`${name}\`, which is ${found}`,
    explanation: "`extends` copies a declaration of the same kind: a model extends a model, a gpu a gpu.",
    example: "let A = 1\nmodel M extends A {\n}\n",
  }),
  noExtends: defineDiagnostic<{ keyword: string }>({
    code: "DSCO2012", severity: "error", title: "A declaration that cannot extend",
    message: ({ keyword }) => `\`extends\` does not work on \`${keyword}\``,
    explanation: "`extends` works on model, gpu, nic, hardware, parallelism, workload and plan.",
    example: "operator A {\n}\noperator B extends A {\n}\n",
  }),
  ambiguousOverride: defineDiagnostic<{ block: string; base: string }>({
    code: "DSCO2013", severity: "error", title: "An override that could mean several blocks",
    message: ({ block, base }) => `\`${base}\` has several \`${block}\` blocks: write the \`layers\` of the one meant`,
    explanation: "Nested blocks merge by keyword and kind. Where the base has several of one keyword and kind, the one with equal `layers` is meant.",
    example:
      "model A {\n  layers = 2, hidden_size = 8, vocab_size = 8\n  attention mha { layers = 0, heads = 2 }\n  attention mha { layers = 1, heads = 4 }\n  ffn dense { intermediate_size = 8 }\n}\nmodel B extends A {\n  attention mha { head_dim = 8 }\n}\n",
  }),
  severalBlocks: defineDiagnostic<{ owner: string; name: string; kinds: readonly string[] }>({
    code: "DSCO2014", severity: "error", title: "A name that means several blocks",
    message: ({ owner, name, kinds }) => `\`${owner}\` has several \`${name}\` blocks (${kinds.join(", ")}): name the kind that stands once`,
    explanation: "A block is named by its keyword or its kind, `M.ffn` or `M.moe`, where only one stands in the declaration.",
    example:
      "model M {\n  layers = 2, hidden_size = 8, vocab_size = 8\n  attention mha { heads = 2 }\n  ffn dense { layers = [0], intermediate_size = 8 }\n  ffn dense { layers = [1], intermediate_size = 8 }\n}\nlet A = M.ffn.intermediate_size\n",
  }),
  unknownKey: defineDiagnostic<{ key: string; block: string; suggestion: string | undefined; hint?: string | undefined }>({
    code: "DSCO2020", severity: "error", title: "An unknown key",
    message: ({ key, block, suggestion, hint }) => `\`${block}\` has no property \`${key}\`${hint ?? didYouMean(suggestion)}`,
    explanation: "The language reference lists the keys of each block. A misspelt key is never ignored: the figure it should feed would be wrong in silence.",
    example: "nic Card {\n  rat = 400 Gbps\n}\n",
  }),
  duplicateKey: defineDiagnostic<{ key: string }>({
    code: "DSCO2021", severity: "error", title: "A property written twice",
    message: ({ key }) => `\`${key}\` is already written in this block`,
    explanation: "The first one counts. Remove one of them.",
    example: "nic Card {\n  rate = 400 Gbps\n  rate = 200 Gbps\n}\n",
  }),
  missingKey: defineDiagnostic<{ block: string; keys: readonly string[] }>({
    code: "DSCO2022", severity: "error", title: "A required key is missing",
    message: ({ block, keys }) => `\`${block}\` needs ${keys.map((key) => `\`${key}\``).join(", ")}`,
    explanation: "A key without a default must be written, in the block or in the declaration it extends.",
    example: "nic Card {\n  latency = 3 us\n}\n",
  }),
  unknownBlock: defineDiagnostic<{ keyword: string; parent: string; suggestion: string | undefined }>({
    code: "DSCO2023", severity: "error", title: "An unknown block",
    message: ({ keyword, parent, suggestion }) => `\`${parent}\` has no block \`${keyword}\`${didYouMean(suggestion)}`,
    explanation: "The language reference lists the blocks of each declaration.",
    example: "model M {\n  layers = 2, hidden_size = 8, vocab_size = 8\n  atention mha { heads = 2 }\n  ffn dense { intermediate_size = 8 }\n}\n",
  }),
  unknownKind: defineDiagnostic<{ keyword: string; kind: string; suggestion: string | undefined; kinds: readonly string[] }>({
    code: "DSCO2024", severity: "error", title: "An unknown kind of block",
    message: ({ keyword, kind, suggestion, kinds }) =>
      `\`${keyword}\` has no kind \`${kind}\`${suggestion === undefined ? `: it is one of ${kinds.join(", ")}` : didYouMean(suggestion)}`,
    explanation: "The word after a block's name says what kind it is: `attention mla { … }`.",
    example: "model M {\n  layers = 2, hidden_size = 8, vocab_size = 8\n  attention mlaa { heads = 2 }\n  ffn dense { intermediate_size = 8 }\n}\n",
  }),
  missingKind: defineDiagnostic<{ keyword: string; kinds: readonly string[] }>({
    code: "DSCO2025", severity: "error", title: "A block without its kind",
    message: ({ keyword, kinds }) => `\`${keyword}\` needs its kind: one of ${kinds.join(", ")}`,
    explanation: "The word after a block's name says what kind it is: `attention mla { … }`.",
    example: "model M {\n  layers = 2, hidden_size = 8, vocab_size = 8\n  attention { heads = 2 }\n  ffn dense { intermediate_size = 8 }\n}\n",
  }),
  unexpectedKind: defineDiagnostic<{ keyword: string; kind: string }>({
    code: "DSCO2026", severity: "error", title: "A kind where there is none",
    message: ({ keyword, kind }) => `\`${keyword}\` has no kinds: remove \`${kind}\``,
    explanation: "Only some blocks have kinds, such as `attention mla` and `network fat_tree`.",
    example: "model M {\n  layers = 2, hidden_size = 8, vocab_size = 8\n  attention mha { heads = 2 }\n  ffn dense { intermediate_size = 8 }\n  mtp deep { depth = 1 }\n}\n",
  }),
  duplicateBlock: defineDiagnostic<{ keyword: string }>({
    code: "DSCO2027", severity: "error", title: "A block written twice",
    message: ({ keyword }) => `\`${keyword}\` is already written here`,
    explanation: "This block may stand only once. The first one counts.",
    example: "model M {\n  layers = 2, hidden_size = 8, vocab_size = 8\n  attention mha { heads = 2 }\n  ffn dense { intermediate_size = 8 }\n  mtp { depth = 1 }\n  mtp { depth = 2 }\n}\n",
  }),
  misplacedStatement: defineDiagnostic<{ statement: string; owner: string; allowed: string }>({
    code: "DSCO2028", severity: "error", title: "A statement in the wrong place",
    message: ({ statement, owner, allowed }) => `\`${statement}\` cannot stand in \`${owner}\`: it belongs in ${allowed}`,
    explanation: "`require` and `measured` stand directly in model, hardware and plan; `where`, `maximize` and `minimize` in a sweep.",
    example: "gpu G {\n  memory = 80 GB\n  memory_bandwidth = 3 TB/s\n  require memory <= 80 GB\n}\n",
  }),
  dottedKey: defineDiagnostic<{ key: string }>({
    code: "DSCO2029", severity: "error", title: "A dotted key outside a sweep",
    message: ({ key }) => `\`${key}\` with a point can be varied in a sweep only: here write the block it stands in`,
    explanation: "A path such as `parallelism.ep` names a property of a bound declaration, in a sweep.",
    example: "model M {\n  layers = 2, hidden_size = 8, vocab_size = 8\n  attention mha { heads = 2 }\n  ffn dense { intermediate_size = 8 }\n  attention.bias = true\n}\n",
  }),
  unknownMetric: defineDiagnostic<{ name: string; owner: string; suggestion: string | undefined }>({
    code: "DSCO2030", severity: "error", title: "An unknown metric",
    message: ({ name, owner, suggestion }) => `${withArticle(owner)} has no metric \`${name}\`${didYouMean(suggestion)}`,
    explanation: "`require` and `measured` name one of the metrics of the declaration they stand in.",
    example: 'model M {\n  layers = 2, hidden_size = 8, vocab_size = 8\n  attention mha { heads = 2 }\n  ffn dense { intermediate_size = 8 }\n  measured total_parms = 1 from "a test"\n}\n',
  }),
  notComputedYet: defineDiagnostic<{ kinds: readonly string[]; statements: number }>({
    code: "DSCO2090", severity: "information", title: "Figures that are not computed yet",
    message: ({ kinds, statements }) =>
      `the figures of ${kinds.map((kind) => `\`${kind}\``).join(", ")} declarations are not computed yet: their names, types and units are checked` +
      (statements === 0 ? "" : `, ${statements === 1 ? "a `require` or `measured` line is" : `${statements} \`require\` and \`measured\` lines are`} not`),
    explanation: "This version computes the metrics of models and hardware. The other declarations parse, bind and format, and are checked against their schemas.",
    example: "operator Mix {\n}\n",
  }),
};
