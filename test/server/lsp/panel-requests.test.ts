// What the report panel asks: of a line or a name, also while the text is broken.
import { describe, expect, test } from "vitest";
import type { ExplainedFigure, PanelAnswer } from "../../../server/src/lsp/protocol";
import { editorsOfTests } from "../../kit/editors-of-tests";
import type { InMemoryEditor } from "../../kit/in-memory-editor";
import { smallPlans } from "../../kit/plans";

const uri = "file:///design/plans.dsco";
const startEditor = editorsOfTests();

async function start(text: string): Promise<InMemoryEditor> {
  const editor = await startEditor();
  editor.open(uri, text);
  return editor;
}

const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split("\n").length - 1;
const ask = async (text: string, params: object): Promise<PanelAnswer> => (await start(text)).request<PanelAnswer>("dsco/panel", { uri, ...params });
const nameOf = (answer: PanelAnswer): string | undefined => (answer.kind === "report" ? answer.report.declaration : undefined);

describe("which declaration", () => {
  test.each([
    ["model Small", "Small"], ["gpus_per_node", "Rack"], ["plan Train", "Train"], ["measured", "Train"],
    ["schedule = 1f1b", "Train"], ["parallelism Wide", "Prompts"], ["workload Write", "Answers"],
  ])("a line with `%s`: %s, a plan where the part has no figures of its own", async (part, expected) => {
    expect(nameOf(await ask(smallPlans, { line: lineOf(smallPlans, part) }))).toBe(expected);
  });

  test("one that is imported, at the place where it is declared", async () => {
    const answer = await ask('import { DeepSeekV3 } from "std:models/deepseek"\n', { declaration: "DeepSeekV3" });
    expect(answer.kind === "report" && answer.report.uri).toBe("dsco-std:/models/deepseek.dsco");
  });

  test.each([[{ line: 0 }], [{ line: 1 }], [{ line: 9999 }], [{ declaration: "Nobody" }], [{ declaration: "Split" }]])("%j: none", async (params) => {
    expect(await ask(smallPlans, params)).toEqual({ kind: "none", version: 1 });
  });

  test.each([[{}], [{ line: -1 }], [{ line: 0.5 }], [{ declaration: 7 }]])("%j is refused", async (params) => {
    await expect(ask(smallPlans, params)).rejects.toThrow("no declaration and no line");
  });
});

test("the figures are those that are read first, the parts of the memory behind it", async () => {
  const answer = await ask(smallPlans, { declaration: "Train" });
  if (answer.kind !== "report") throw new Error(answer.kind);
  expect(answer).toMatchObject({ version: 1, report: { uri, declaration: "Train", kind: "plan", summary: "", place: { line: lineOf(smallPlans, "plan Train"), character: 5 } } });
  const { figures } = answer.report;
  expect(figures.slice(0, 5).map(({ metric, isPart }) => [metric, isPart])).toEqual([
    ["step_time", false], ["tokens_per_second_per_gpu", false], ["mfu", false], ["memory_per_gpu", false], ["memory_weights", true],
  ]);
  expect(figures.find(({ metric }) => metric === "memory_per_gpu")?.value).toMatch(/^[\d.]+ GB of 84\.94 GB$/);
  expect(figures.every(({ metric, ideal }) => (ideal !== "") === ["step_time", "exposed_comm_time", "training_time"].includes(metric))).toBe(true);
});

describe("pictures", () => {
  const picturesOf = async (editor: InMemoryEditor, params: object) => {
    const answer = await editor.request<PanelAnswer>("dsco/panel", { uri, declaration: "Train", ...params });
    return answer.kind === "report" ? answer.report.pictures : [];
  };

  test("that the asker has are named by their hashes alone; an edit sends those that it changes", async () => {
    const editor = await startEditor();
    const file = editor.open(uri, smallPlans);
    const first = await picturesOf(editor, {});
    const known = first.map(({ hash }) => hash);
    expect(new Set(known).size).toBe(known.length);
    expect(first.flatMap((picture) => ("svg" in picture ? picture.id : []))).toEqual(expect.arrayContaining(["memory", "schedule", "step", "model"]));
    expect(await picturesOf(editor, { known })).toEqual(known.map((hash) => ({ hash })));
    file.replace("sequence_length = 2048", "sequence_length = 1024");
    const after = await picturesOf(editor, { known });
    const sent = after.flatMap((picture) => ("svg" in picture ? picture.id : []));
    expect(sent).toEqual(expect.arrayContaining(["memory", "step"]));
    expect(sent).not.toContain("model");
    expect(after).toHaveLength(first.length);
    // what is asked for anew is what those who have nothing are told
    const all = await picturesOf(editor, {});
    expect(all.map(({ hash }) => hash)).toEqual(after.map(({ hash }) => hash));
    expect(all.filter((_, index) => "svg" in (after[index] ?? {}))).toEqual(after.filter((picture) => "svg" in picture));
  });

  test("of another width are others", async () => {
    const editor = await start(smallPlans);
    const known = (await picturesOf(editor, { width: 700 })).map(({ hash }) => hash);
    expect((await picturesOf(editor, { width: 900, known })).every((picture) => "svg" in picture)).toBe(true);
  });

  test.each([["a"], [[7]], [{}]])("known by %j is refused", async (known) => {
    await expect(ask(smallPlans, { declaration: "Train", known })).rejects.toThrow("no hashes of pictures");
  });
});

describe("while the text is in error", () => {
  const unreadable = smallPlans.replace("plan Train {", "plan {");
  const wrong = smallPlans.replace("pp = 2", "pp = 3 TB");

  test("a name that cannot be read any more is broken, not gone", async () => {
    expect(await ask(unreadable, { declaration: "Train" })).toMatchObject({ kind: "broken", declaration: "Train", version: 1 });
  });

  test("a plan without figures says what is wrong", async () => {
    expect(await ask(wrong, { line: lineOf(wrong, "plan Train") })).toMatchObject({ kind: "broken", declaration: "Train", reason: expect.stringContaining("pp") as unknown });
  });

  test("a plan of which less than the first figure is left is broken, too, with what is left", async () => {
    const text = smallPlans.replace("micro_batch_size = 1", "micro_batch_size = 1\n  zero =");
    const answer = await ask(text, { declaration: "Train" });
    expect(answer).toMatchObject({ kind: "broken", declaration: "Train", rest: { declaration: "Train", headline: expect.stringMatching(/^not computed: /) as unknown } });
  });

  test("what the error does not touch is shown", async () => {
    expect(nameOf(await ask(wrong, { declaration: "Prompts" }))).toBe("Prompts");
  });
});

describe("dsco/explanationTree", () => {
  test("names the figures below with what they are asked for with, and the places of facts", async () => {
    const editor = await start(smallPlans);
    const mfu = await editor.request<ExplainedFigure>("dsco/explanationTree", { uri, declaration: "Train", metric: "mfu" });
    expect(mfu.metrics.map(({ figure }) => figure)).toEqual([
      { uri, declaration: "Small", metric: "train_flops_per_token", sequenceLength: 2048 },
      { uri, declaration: "Train", metric: "tokens_per_second_per_gpu", sequenceLength: 4096 },
    ]);
    const flops = await editor.request<ExplainedFigure>("dsco/explanationTree", mfu.metrics[0]?.figure);
    expect(flops.value).toBe(mfu.metrics[0]?.value);
    expect(flops.facts.find(({ path }) => path === "hidden_size")).toMatchObject({ value: "1,024", to: { uri, place: { line: lineOf(smallPlans, "layers = 8"), character: 14 } } });
  });

  test("of what is gone is none; of nothing is refused", async () => {
    const editor = await start(smallPlans);
    expect(await editor.request("dsco/explanationTree", { uri, declaration: "Nobody", metric: "mfu" })).toBeNull();
    await expect(editor.request("dsco/explanationTree", { uri, declaration: "Train" })).rejects.toThrow("no figure");
    await expect(editor.request("dsco/explanationTree", { uri, declaration: "Train", metric: "mfu", sequenceLength: 0 })).rejects.toThrow("no length");
  });
});
