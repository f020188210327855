// Each tool over designs whose figures are counted by hand.
import { describe, expect, it } from "vitest";
import { tools, topics, topicText } from "../../../server/src/agents";
import { checkFiles } from "../../kit/workspace";
import { misspelt, tiny, tinyFigures } from "../cli/designs";
import { ask, callTool, memoryFiles, refusal } from "./kit";

const files = memoryFiles({ "tiny.dsco": tiny, "misspelt.dsco": misspelt, "many.dsco": Array.from({ length: 60 }, (_, index) => `model M${index} {\n  layerz = 1\n}\n`).join("\n") });

interface Findings {
  readonly errors: number;
  readonly findings: readonly { readonly code: string; readonly line: number; readonly column: number; readonly severity: string; readonly fixes?: readonly { readonly edits: readonly { readonly new_text: string; readonly line: number; readonly column: number; readonly end_column: number }[] }[] }[];
  readonly left_out: number;
}

describe("check", () => {
  it("gives each finding with its place, its line and a fix that was tried", async () => {
    const { text, data } = await ask<Findings>("check", { file: "misspelt.dsco" }, { files });
    // Line 8 of the design is `  attention mha { head = 2 }`: the key begins in column 19 and is 4 wide.
    expect(text).toContain("misspelt.dsco:8:19: error DSCO2020: ");
    expect(text).toContain("  | attention mha { head = 2 }");
    expect(text).toContain('    8:19: "head" → "heads"');
    const named = data.findings.find(({ code }) => code === "DSCO2020");
    expect(named).toMatchObject({ line: 8, column: 19, severity: "error" });
    expect(named?.fixes?.[0]?.edits).toEqual([{ line: 8, column: 19, end_line: 8, end_column: 23, new_text: "heads" }]);
    const none = await ask<Findings>("check", { file: "misspelt.dsco", fixes: "none" }, { files });
    expect(none.data.findings.some((finding) => finding.fixes)).toBe(false);
    expect(none.text).not.toContain("fix: ");
  });

  it("leaves out what has no room and says how to ask for it", async () => {
    const { text, data } = await ask<Findings>("check", { file: "many.dsco", fixes: "none", limit: 25 }, { files });
    // Each model lacks its keys and has one that there is not.
    expect(data.errors).toBe(120);
    expect(data.findings).toHaveLength(25);
    expect(data.left_out).toBe(95);
    expect(text).toContain("… 95 more: ask with `skip: 25`");
    const rest = await ask<Findings>("check", { file: "many.dsco", fixes: "none", skip: 100, limit: 25 }, { files });
    expect(rest.data.findings).toHaveLength(20);
    expect(rest.data.left_out).toBe(0);
  });

  it("tries no fixes where a whole file is in disorder, and says so", async () => {
    const text = Array.from({ length: 200 }, (_, index) => `model M${index} {\n  layerz = 1\n}\n`).join("\n");
    const many = await ask<Findings>("check", { text });
    expect(many.data.errors).toBe(400);
    expect(many.data.findings.some(({ fixes }) => fixes)).toBe(false);
    expect(many.text).toContain("Fixes are tried when there are at most 300 findings.");
  });

  it("puts the worst first, and leaves out what is less severe than asked", async () => {
    const design = `${tiny.replace("max_context = 32", "max_context = 32\n  require total_params <= 1")}\nmodel Other { layerz = 3 }\n`;
    const all = await ask<Findings>("check", { text: design }, { files });
    const severities = all.data.findings.map(({ severity }) => severity);
    expect(severities).toEqual([...severities].sort((left, right) => ["error", "warning", "information"].indexOf(left) - ["error", "warning", "information"].indexOf(right)));
    expect(new Set((await ask<Findings>("check", { text: design, least_severity: "error" }, { files })).data.findings.map(({ severity }) => severity))).toEqual(new Set(["error"]));
  });
});

interface Figures {
  readonly declarations: readonly { readonly name: string; readonly figures: readonly { readonly id: string; readonly value: number | string | null; readonly unit: string | null; readonly text: string }[]; readonly not_computed?: readonly { readonly ids: readonly string[]; readonly reason: string }[]; readonly more?: readonly string[] }[];
  readonly left_out: readonly string[];
}
const valuesOf = (data: Figures) => Object.fromEntries(data.declarations.flatMap(({ figures }) => figures.map(({ id, value }) => [id, value])));

describe("report", () => {
  it("gives the usual figures, and names the others", async () => {
    const { text, data } = await ask<Figures>("report", { file: "tiny.dsco" }, { files });
    const values = valuesOf(data);
    expect(values).toMatchObject({ total_params: tinyFigures.total_params, kv_bytes_per_token: tinyFigures.kv_bytes_per_token, train_flops_per_token: tinyFigures.train_flops_per_token });
    expect(values).not.toHaveProperty("kv_bytes_per_sequence");
    expect(data.declarations[0]?.more).toContain("kv_bytes_per_sequence");
    expect(text).toContain("model Tiny (tiny.dsco:2:1)");
    expect(text).toContain("kv_bytes_per_token = 64 B");
    expect(text).toContain("The design has no errors");
  });

  it("gives the figures asked for, at the lengths asked for", async () => {
    const { data } = await ask<Figures>("report", { file: "tiny.dsco", metrics: ["train_flops_per_token", "kv_bytes_per_sequence"], sequence_length: 100, context_length: 8 }, { files });
    expect(valuesOf(data)).toEqual({ train_flops_per_token: tinyFigures.train_flops_per_token_at_100, kv_bytes_per_sequence: 8 * tinyFigures.kv_bytes_per_token });
  });

  it("gives them all", async () => {
    const { data } = await ask<Figures>("report", { file: "tiny.dsco", all: true }, { files });
    expect(valuesOf(data)).toHaveProperty("kv_bytes_per_sequence", tinyFigures.kv_bytes_per_sequence);
    expect(data.declarations[0]?.more).toBeUndefined();
  });

  it("gives imported declarations by name, and says of others which name is near", async () => {
    const design = 'import { DeepSeekV3 } from "std:models/deepseek"\n';
    const { text } = await ask<Figures>("report", { text: design, declarations: ["DeepSeekV3"] }, { files });
    // arXiv:2505.09343, Table 1.
    expect(text).toContain("kv_bytes_per_token = 70.27 KB (70,272 B)");
    expect(text).toContain("model DeepSeekV3 (std:models/deepseek:");
    expect(await refusal("report", { file: "tiny.dsco", declarations: ["Tinny"] }, { files })).toBe("there is no declaration `Tinny` in tiny.dsco; did you mean `Tiny`?");
    expect(await refusal("report", { file: "tiny.dsco", metrics: ["total_parms"] }, { files })).toContain("has a metric `total_parms`; did you mean `total_params`?");
  });

  it("says what cannot be computed, and that the design has errors", async () => {
    const { text, data } = await ask<Figures>("report", { file: "misspelt.dsco" }, { files });
    expect(text).toContain("not computed: total_params");
    expect(text).toMatch(/The design has \d errors?:\nmisspelt\.dsco:8:/);
    expect(valuesOf(data)).not.toHaveProperty("total_params");
    expect(data.declarations[0]?.not_computed?.flatMap(({ ids }) => ids)).toContain("total_params");
  });

  it("stays within its bounds and names what it leaves out", async () => {
    const design = Array.from({ length: 60 }, (_, index) => tiny.replace("model Tiny", `model Tiny${index}`)).join("\n");
    const { text, data } = await ask<Figures>("report", { text: design }, { files });
    expect(data.declarations.length + data.left_out.length).toBe(60);
    expect(data.left_out.length).toBeGreaterThan(0);
    expect(text).toContain(`ask with \`declarations\`: ${data.left_out[0]}`);
  });
});

interface Explained {
  readonly kind: string;
  readonly figure?: { readonly value: number };
  readonly breakdown?: readonly { readonly part: string; readonly depth: number; readonly value: string }[];
  readonly inputs?: readonly { readonly name: string; readonly value: string; readonly origin: string }[];
  readonly feeds?: readonly string[];
  readonly value?: string;
  readonly origin?: string;
}

describe("explain", () => {
  it("gives formula, breakdown and the line of each input of a figure", async () => {
    const { text, data } = await ask<Explained>("explain", { file: "tiny.dsco", about: "Tiny.total_params" }, { files });
    expect(data).toMatchObject({ kind: "figure", figure: { value: tinyFigures.total_params } });
    expect(data.inputs?.find(({ name }) => name === "hidden_size")).toEqual({ name: "hidden_size", value: "8", origin: "tiny.dsco:4:17" });
    expect(data.breakdown?.some(({ depth }) => depth === 0)).toBe(true);
    for (const heading of ["Formula: ", "Breakdown:", "Inputs:", "Source: "]) expect(text).toContain(heading);
  });

  it("explains the figure of an edited design, without an edit", async () => {
    const { text, data } = await ask<Explained>("explain", { file: "tiny.dsco", about: "Tiny.kv_bytes_per_token", set: ["Tiny.layers=3"] }, { files });
    expect(data.figure?.value).toBe((3 * tinyFigures.kv_bytes_per_token) / 2);
    expect(text).toMatch(/^with Tiny\.layers = 3\n/);
  });

  it("says of a property what it is, where it stands and what it feeds", async () => {
    const { data } = await ask<Explained>("explain", { file: "tiny.dsco", about: "Tiny.max_context" }, { files });
    expect(data).toMatchObject({ kind: "property", value: "32", origin: "tiny.dsco:6:3" });
    expect(data.feeds).toContain("Tiny.kv_bytes_per_sequence");
    expect(data.feeds).not.toContain("Tiny.total_params");
  });

  it("names the figures of a declaration", async () => {
    const { text } = await ask("explain", { file: "tiny.dsco", about: "Tiny" }, { files });
    expect(text).toContain("`Tiny.METRIC`");
    expect(text).toContain("kv_bytes_per_token = 64 B (KV cache per token)");
  });

  it("explains a code without a design", async () => {
    const { text, data } = await ask<Explained>("explain", { about: "dsco2020" });
    expect(data.kind).toBe("diagnostic");
    expect(text).toMatch(/^DSCO2020: /);
    expect(await refusal("explain", { about: "DSCO9999" })).toContain("there is no diagnostic `DSCO9999`");
  });

  it.each([
    ["Tiny.kv_bytes", "has no metric `kv_bytes`"],
    ["Tony.total_params", "there is no declaration `Tony` in tiny.dsco; did you mean `Tiny`?"],
    ["DeepSeekV3.total_params", "there is no declaration `DeepSeekV3` in tiny.dsco; `std:models/deepseek` has it, and the file does not import it"],
    ["Tiny.attention.hat", "`attention mha` has no property `hat`"],
  ])("%s is refused with what is near", async (about, problem) => {
    expect(await refusal("explain", { file: "tiny.dsco", about }, { files })).toContain(problem);
  });
});

interface Difference {
  readonly facts: readonly { readonly path: string; readonly before: string | null; readonly after: string | null }[];
  readonly declarations: readonly { readonly name: string; readonly figures: readonly { readonly id: string; readonly before: number | null; readonly after: number | null; readonly text: string; readonly change?: string; readonly reason?: string }[]; readonly more?: readonly string[] }[];
  readonly unchanged: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly findings: { readonly gone: readonly { code: string }[]; readonly added: readonly { code: string; line: number }[]; readonly changed: readonly { before: string }[] };
  readonly errors: number;
}
const figureOf = (data: Difference, id: string) => data.declarations.flatMap(({ figures }) => figures).find((figure) => figure.id === id);

describe("what_if", () => {
  it("gives each figure before and after an assignment, and writes nothing", async () => {
    const { text, data } = await ask<Difference>("what_if", { file: "tiny.dsco", set: ["Tiny.layers=3"] }, { files });
    // A layer has 4 x 8 x 8 + 3 x 8 x 16 weights and two norms of 8.
    expect(figureOf(data, "total_params")).toMatchObject({ before: tinyFigures.total_params, after: tinyFigures.total_params + 656, text: "1576 → 2232" });
    expect(figureOf(data, "kv_bytes_per_token")).toMatchObject({ before: 64, after: 96, change: "+50.0 %" });
    expect(text).toContain("kv_bytes_per_token: 64 B → 96 B (+50.0 %)");
    expect(data.facts).toEqual([{ path: "Tiny.layers", before: "2", after: "3" }]);
    expect(text).toMatch(/^Tiny\.layers: 2 → 3\n/);
    expect(data.declarations[0]?.more).toContain("kv_bytes_per_sequence");
    expect((await ask<Figures>("report", { file: "tiny.dsco" }, { files })).data.declarations[0]?.figures[0]?.value).toBe(tinyFigures.total_params);
  });

  it("takes edits of the text, one after the other, and before assignments", async () => {
    const edits = [{ old_text: "layers      = 2", new_text: "layers = 4" }, { old_text: "layers = 4", new_text: "layers = 5" }];
    const { data } = await ask<Difference>("what_if", { file: "tiny.dsco", edits, set: ["Tiny.hidden_size=8"] }, { files });
    expect(figureOf(data, "kv_bytes_per_token")).toMatchObject({ before: 64, after: 160 });
    const both = await ask<Difference>("what_if", { file: "tiny.dsco", edits, set: ["Tiny.layers=3"] }, { files });
    expect(figureOf(both.data, "kv_bytes_per_token")?.after).toBe(96);
  });

  it("takes edits of a text, and of what it imports", async () => {
    const text = 'import { Tiny } from "./tiny.dsco"\n\nmodel Mine extends Tiny { max_context = 64 }\n';
    const { data } = await ask<Difference>("what_if", { text, set: ["Tiny.layers=3"] }, { files });
    expect(figureOf(data, "kv_bytes_per_token")).toMatchObject({ before: 64, after: 96 });
    // Inherited from the imported model: said of the one that stands in the text.
    expect(data.facts).toEqual([{ path: "Mine.layers", before: "2", after: "3" }]);
    const library = await ask<Difference>("what_if", { text: 'import { H800 } from "std:hardware/nvidia"\nhardware C { gpu = H800, gpus_per_node = 8, nodes = 2 }\n', set: ["H800.memory=100 GB"], all: true }, { files });
    expect(figureOf(library.data, "memory_total")?.after).toBe(16 * 100e9);
    expect(library.data.facts).toMatchObject([{ path: "C.gpu.memory", after: "100 GB" }]);
  });

  it("gives facts once, where they are written, and defaults that follow from them", async () => {
    const text = `${tiny}\nlet width = 16\nmodel Wide extends Tiny { hidden_size = width }\n`;
    const { data } = await ask<Difference>("what_if", { text, set: ["width=32"] }, { files });
    // head_dim is hidden_size / heads.
    expect(data.facts).toEqual([{ path: "Wide.hidden_size", before: "16", after: "32" }, { path: "Wide.attention mha.head_dim", before: "8", after: "16" }]);
    expect(data.unchanged).toEqual(["Tiny"]);
    const folder = memoryFiles({ "width.dsco": "let width = 16\n", "tiny.dsco": tiny });
    const imported = 'import { width } from "./width.dsco"\nimport { Tiny } from "./tiny.dsco"\nmodel Wide extends Tiny { hidden_size = width }\n';
    const other = await ask<Difference>("what_if", { text: imported, set: ["width=32"] }, { files: folder });
    expect(other.data.facts).toEqual(data.facts);
    const plans = `import { H800Cluster } from "std:clusters/deepseek"\nimport { DeepSeekV3 } from "std:models/deepseek"\nparallelism L { pp = 16, ep = 64, schedule = dualpipe }\nworkload W { phase = training, sequence_length = 4096, global_batch_size = 15_360 }\nplan A { model = DeepSeekV3, hardware = H800Cluster, parallelism = L, workload = W }\nplan B extends A { }\n`;
    const both = await ask<Difference>("what_if", { text: plans, set: ["L.zero=1", "H800Cluster.nodes=128"] }, { files });
    expect(both.data.facts).toEqual([{ path: "L.zero", before: "0", after: "1" }, { path: "A.hardware.nodes", before: "256", after: "128" }]);
    expect(both.data.declarations.map(({ name }) => name)).toEqual(["A", "B"]);
  });

  it("names what is declared now and not any more", async () => {
    const { data, text } = await ask<Difference>("what_if", { text: `${tiny}\n${tiny.replaceAll("Tiny", "Twin")}`, edits: [{ old_text: "model Twin", new_text: "model Other" }, { old_text: "", new_text: "let half = 0.5" }] }, { files });
    expect(data).toMatchObject({ added: ["Other"], removed: ["Twin"], unchanged: ["Tiny"], declarations: [] });
    expect(text).toContain("No figure changes.");
  });

  it("gives what is found now, what is gone and what says something else", async () => {
    const broken = await ask<Difference>("what_if", { file: "tiny.dsco", edits: [{ old_text: "heads = 2", new_text: "head = 2" }] }, { files });
    expect(broken.data.findings.added.map(({ code }) => code)).toContain("DSCO2020");
    expect(figureOf(broken.data, "kv_bytes_per_token")).toMatchObject({ before: 64, after: null });
    expect(figureOf(broken.data, "kv_bytes_per_token")?.reason).toBeDefined();
    expect(broken.text).toMatch(/not computed any more: .*kv_bytes_per_token/);
    const mended = await ask<Difference>("what_if", { file: "misspelt.dsco", edits: [{ old_text: "head = 2", new_text: "heads = 2" }] }, { files });
    expect(mended.data.findings.gone.map(({ code }) => code)).toContain("DSCO2020");
    expect(mended.data.findings.added).toEqual([]);
    expect(mended.data.errors).toBe(0);
    const limit = (least: number) => tiny.replace("max_context = 32", `max_context = 32\n  require total_params <= ${least}`);
    const other = await ask<Difference>("what_if", { text: limit(1000), edits: [{ old_text: "<= 1000", new_text: "<= 500" }] }, { files });
    expect(other.data.findings).toMatchObject({ gone: [], added: [] });
    expect(other.data.findings.changed).toHaveLength(1);
    expect(other.data.findings.changed[0]?.before).toContain("1000");
  });

  it("gives findings in the words of the edited design, as one that was written", async () => {
    const text = tiny.replace("max_context = 32", "max_context = 32\n  require total_params <= 2000");
    const { data } = await ask<Difference & { findings: { added: readonly { message: string }[] } }>("what_if", { text, set: ["Tiny.layers=3"] }, { files });
    expect(data.findings.added.map(({ code }) => code)).toEqual(["DSCO6001"]);
    expect(data.findings.added[0]?.message).toContain("2232");
    expect(data.findings.added[0]?.message).not.toContain("(with ");
  });

  it("says nothing of measurements: they are of the design as it is written", async () => {
    const text = tiny.replace("max_context = 32", 'max_context = 32\n  measured total_params = 1576 from "by hand"');
    const { data } = await ask<Difference>("what_if", { text, set: ["Tiny.layers=30"] }, { files });
    expect(data.findings).toMatchObject({ gone: [], added: [], changed: [] });
  });

  it("narrows to declarations and metrics", async () => {
    const text = `${tiny}\n${tiny.replaceAll("Tiny", "Twin")}`;
    const { data } = await ask<Difference>("what_if", { text, set: ["Tiny.layers=3", "Twin.layers=3"], declarations: ["Twin"], metrics: ["kv_bytes_per_token"] }, { files });
    expect(data.declarations.map(({ name, figures }) => [name, figures.map(({ id }) => id)])).toEqual([["Twin", ["kv_bytes_per_token"]]]);
    expect(await refusal("what_if", { text, set: ["Tiny.layers=3"], declarations: ["Tine"] }, { files })).toContain("there is no declaration `Tine`");
  });

  it.each([
    [{}, "name an edit"],
    [{ set: ["Tiny.layerz=3"] }, "Tiny.layerz: `model` has no property `layerz`; did you mean `layers`?"],
    [{ set: ["Tiny.layers"] }, "Tiny.layers: write `NAME.path=VALUE`"],
    [{ set: ["Tiny.layers=3 GB"] }, "Tiny.layers: "],
    [{ set: ["Tiny.layers=3, vocab_size = 1"] }, "Tiny.layers: "],
    [{ edits: [{ old_text: "layers = 2", new_text: "" }] }, "`edits[0].old_text`: \"layers = 2\" does not stand in the text"],
    [{ edits: [{ old_text: " = ", new_text: "" }] }, "stands in the text more than once"],
  ])("%j is refused", async (input, problem) => {
    expect(await refusal("what_if", { file: "tiny.dsco", ...input }, { files })).toContain(problem);
  });
});

interface Library {
  readonly parts: readonly { readonly address: string; readonly declarations: readonly { readonly name: string; readonly kind: string; readonly summary?: string }[] }[];
  readonly text?: string;
  readonly left_out: number;
}

describe("list_std", () => {
  it("names everything by its part", async () => {
    const { text, data } = await ask<Library>("list_std", {});
    expect(text).toMatch(/^std:hardware\/nvidia: .*H800 \(gpu\)/m);
    expect(text).toMatch(/^std:models\/deepseek: .*DeepSeekV3/m);
    expect(data.left_out).toBe(0);
  });

  it("narrows by kind and words", async () => {
    const { data } = await ask<Library>("list_std", { kind: "nic", search: "connectx NVIDIA" });
    const found = data.parts.flatMap(({ declarations }) => declarations);
    expect(found.map(({ name }) => name)).toEqual(["ConnectX6", "ConnectX7", "ConnectX8"]);
    expect(found.every(({ kind, summary }) => kind === "nic" && (summary ?? "").length > 0)).toBe(true);
    expect((await ask<Library>("list_std", { search: "abacus" })).text).toBe("The standard library has no such declaration.");
  });

  it("gives the text of a declaration with its import, and what a part holds", async () => {
    const { text, data } = await ask<Library>("list_std", { name: "H800" });
    expect(text).toMatch(/^import \{ H800 \} from "std:hardware\/nvidia"\n/);
    expect(data.text).toContain("gpu H800");
    expect((await ask<Library>("list_std", { name: "std:hardware/nvidia" })).data.parts.map(({ address }) => address)).toEqual(["std:hardware/nvidia"]);
    expect(await refusal("list_std", { name: "H80" })).toContain("the standard library has no `H80`; did you mean");
  });
});

describe("language", () => {
  it.each(topics)("%s is short", (topic) => {
    expect(topicText(topic)?.length).toBeGreaterThan(100);
    expect(topicText(topic)?.length).toBeLessThan(20_000);
  });

  it("begins with rules and a whole example that has no errors and no warnings", async () => {
    const { text } = await ask("language", {});
    const example = /\n\n(import [\s\S]*?\n\}\n)\nRules\n/.exec(text)?.[1] ?? "";
    expect(example).toContain("plan Train {");
    expect(checkFiles({ "example.dsco": example }).filter(({ severity }) => severity === "error" || severity === "warning")).toEqual([]);
  });

  it("names every metric with its unit, and every key with its default", () => {
    expect(topicText("metrics")).toContain("  kv_bytes_per_token [B]: KV cache per token");
    expect(topicText("parallelism")).toContain("  zero: a number; default 0. ");
    expect(topicText("workload")).toContain("sequence_length: a number of tokens; required where phase = training");
    expect(topicText("model")).toMatch(/attention gqa: [^\n]*\n(?: {6}[^\n]*\n)* {6}kv_heads: a number; required/);
  });
});

describe("every tool", () => {
  it("describes itself and its parameters for a model that has never seen dsco", () => {
    for (const { name, description, title, summary, inputSchema } of tools) {
      expect(name).toMatch(/^[a-z_]+$/);
      expect(description).toContain("dsco");
      expect(summary).toMatch(/\.$/);
      expect(title.length).toBeGreaterThan(5);
      const { properties, additionalProperties, $schema } = inputSchema() as { properties: Record<string, { description?: string }>; additionalProperties?: boolean; $schema?: string };
      expect(additionalProperties).toBe(false);
      expect($schema).toBeUndefined();
      for (const property of Object.values(properties)) expect(property.description?.length).toBeGreaterThan(5);
      expect(JSON.stringify(inputSchema())).not.toContain("$ref");
    }
  });

  it("stops at the first pause after the caller has given up", async () => {
    for (const input of [{ file: "tiny.dsco", about: "Tiny.total_params", set: ["Tiny.layers=3"] }]) {
      await expect(callTool("explain", input, { files, cancelledAt: 1 })).rejects.toThrow();
      await expect(callTool("explain", input, { files, cancelledAt: 2 })).rejects.toThrow();
    }
    await expect(callTool("report", { file: "tiny.dsco" }, { files, cancelledAt: 2 })).rejects.toThrow();
    await expect(callTool("what_if", { file: "tiny.dsco", set: ["Tiny.layers=3"] }, { files, cancelledAt: 3 })).rejects.toThrow();
    await expect(callTool("check", { file: "misspelt.dsco" }, { files, cancelledAt: 2 })).rejects.toThrow();
  });
});
