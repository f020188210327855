// The server of the web: its bundle runs in a scope without Node, and every file comes from the editor.
import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { bindDeclaration } from "../../../server/src/core";
import { explainMarkdown } from "../../../server/src/ide";
import type { AgentToolAnswer, ReadFileAnswer, SweepProgress, SweepStart } from "../../../server/src/lsp/protocol";
import { defaultSettings, figureOptions } from "../../../server/src/lsp/settings";
import { repository } from "../../kit/repository";
import { openFiles } from "../../kit/workspace";
import { runIn } from "../cli/memory-host";
import { pullCapabilities } from "./client";
import { buildWorker, startWorker } from "./worker";

interface Diagnostic {
  readonly code: string;
  readonly message: string;
  readonly range: unknown;
}
interface Report {
  readonly items: readonly Diagnostic[];
}

const root = "memfs:/design/";
const model = 'import { width } from "./shared.dsco"\n\nmodel Small {\n  layers = 2\n  hidden_size = width\n  vocab_size = 100\n\n  attention mha { heads = 4 }\n\n  ffn dense { intermediate_size = 256 }\n}\n';

let script: string;
beforeAll(async () => {
  script = await buildWorker();
});

type Files = Map<string, string | Promise<ReadFileAnswer>>;

const answerOf = (text: string | Promise<ReadFileAnswer> | undefined): ReadFileAnswer | Promise<ReadFileAnswer> => {
  if (text === undefined) return { kind: "failed", reason: "missing" };
  return typeof text === "string" ? { kind: "text", text } : text;
};

/** A page with a folder on a virtual file system, of which `main.dsco` is open. */
async function open(files: Files, main: string, initializationOptions: object = { runsCommands: true, readsFiles: true }, listed: readonly string[] = []) {
  const server = startWorker(script, {
    "workspace/configuration": () => [{}],
    "dsco/readFile": (params) => answerOf(files.get((params as { uri: string }).uri.slice(root.length))),
    "dsco/findFiles": () => listed.map((name) => `${root}${name}`),
  });
  await server.request("initialize", { processId: null, rootUri: null, capabilities: pullCapabilities, initializationOptions, workspaceFolders: [{ uri: root.slice(0, -1), name: "design" }] });
  server.notify("initialized", {});
  const textDocument = { uri: `${root}main.dsco` };
  server.notify("textDocument/didOpen", { textDocument: { ...textDocument, languageId: "dsco", version: 1, text: main } });
  return {
    ...server,
    diagnostics: async () => (await server.request<Report>("textDocument/diagnostic", { textDocument })).items,
    messages: async () => (await server.request<Report>("textDocument/diagnostic", { textDocument })).items.map(({ message }) => message),
    hover: async (line: number, character: number) => {
      const hover = await server.request<{ contents: { value: string } } | null>("textDocument/hover", { textDocument, position: { line, character } });
      return hover?.contents.value ?? "";
    },
    changed: (name: string) => server.notify("workspace/didChangeWatchedFiles", { changes: [{ uri: `${root}${name}`, type: 2 }] }),
    asked: () => server.requests.filter(({ method }) => method === "dsco/readFile").map(({ params }) => (params as { uri: string }).uri.slice(root.length)),
  };
}

describe("an import of another file", () => {
  test("is read through the editor, and the first answer knows it", async () => {
    const page = await open(new Map([["shared.dsco", "let width = 64\n"]]), model);
    expect(await page.messages()).toEqual([]);
    // 2 layers x 64 wide in bf16, K and V: 2 x 2 x 64 x 2 B = 512 B a token.
    expect(await page.hover(2, 8)).toContain("512 B");
    expect(page.asked()).toEqual(["shared.dsco"]);
  });

  test("of a file that imports another is read to its end", async () => {
    const page = await open(new Map([["shared.dsco", 'import { unit } from "./deep/unit.dsco"\nlet width = 2 * unit\n'], ["deep/unit.dsco", "let unit = 32\n"]]), model);
    expect(await page.messages()).toEqual([]);
    expect(page.asked()).toEqual(["shared.dsco", "deep/unit.dsco"]);
  });

  test("that does not exist is an error at the import, in the words of the disk", async () => {
    const page = await open(new Map(), model);
    const [error] = await page.diagnostics();
    expect(error).toMatchObject({ code: "DSCO2001", range: { start: { line: 0 } } });
    expect(error?.message).toContain("there is no such file");
  });

  test("follows the file", async () => {
    const files: Files = new Map([["shared.dsco", "let width = 64\n"]]);
    const page = await open(files, model);
    expect(await page.messages()).toEqual([]);
    files.set("shared.dsco", "let breadth = 64\n");
    page.changed("shared.dsco");
    expect(await page.messages()).toEqual([expect.stringContaining("`width`")]);
  });

  test("that takes long is said nothing of, and everything is asked for again when it has come", async () => {
    let arrive: (answer: ReadFileAnswer) => void = () => undefined;
    const page = await open(new Map([["shared.dsco", new Promise<ReadFileAnswer>((resolve) => (arrive = resolve))]]), model);
    expect(await page.messages()).toEqual([]);
    expect(page.requests.map(({ method }) => method)).not.toContain("workspace/diagnostic/refresh");
    arrive({ kind: "text", text: "let breadth = 64\n" });
    await expect.poll(() => page.requests.map(({ method }) => method)).toContain("workspace/diagnostic/refresh");
    expect(await page.messages()).toEqual([expect.stringContaining("`width`")]);
  });

  test("outside the folder is not asked for", async () => {
    const page = await open(new Map(), model.replace("./shared", "../shared"));
    expect(await page.messages()).toEqual([expect.stringContaining("it lies outside the workspace")]);
    expect(page.asked()).toEqual([]);
  });

  test("is refused where the editor hands out no files", async () => {
    const page = await open(new Map([["shared.dsco", "let width = 64\n"]]), model, {});
    expect(await page.messages()).toEqual([expect.stringContaining("only files of a folder on a disk can be imported")]);
    expect(page.asked()).toEqual([]);
  });
});

test("all files of the folder are there before somebody asks a question about all of them", async () => {
  const page = await open(new Map([["a.dsco", "let width = 64\n"], ["b.dsco", "let depth = 2\n"]]), model, undefined, ["a.dsco", "b.dsco", "main.dsco"]);
  await expect.poll(page.asked).toEqual(expect.arrayContaining(["a.dsco", "b.dsco"]));
});

describe("a tool of a language model", () => {
  const ask = (page: Awaited<ReturnType<typeof open>>, input: object) => page.request<AgentToolAnswer>("dsco/agentTool", { name: "check", input });

  test("reads a file that is not open, with what it imports", async () => {
    const page = await open(new Map([["shared.dsco", "let width = 64\n"], ["other.dsco", model]]), "", undefined, ["other.dsco"]);
    expect(await ask(page, { file: "other.dsco" })).toMatchObject({ isError: false, text: expect.stringMatching(/^other\.dsco: no errors/) as unknown });
  });

  test("says which files there are where there is none, and reads no others", async () => {
    const page = await open(new Map([["other.dsco", model]]), "", undefined, ["other.dsco"]);
    expect(await ask(page, { file: "nowhere-at-all.dsco" })).toEqual({ text: "nowhere-at-all.dsco: there is no such file; there are main.dsco, other.dsco.", isError: true });
    expect((await ask(page, { file: "../outside.dsco" })).text).toContain("it lies outside the workspace");
    expect(page.asked()).not.toContain("../outside.dsco");
  });

  test("takes a text that imports a file of the folder", async () => {
    const page = await open(new Map([["shared.dsco", "let width = 64\n"]]), "", undefined, ["shared.dsco"]);
    expect(await ask(page, { text: model })).toMatchObject({ isError: false, text: expect.stringMatching(/^text: no errors/) as unknown });
  });
});

test.each([[42], [null], [{ kind: "text", text: 7 }], [{ kind: "failed", reason: "constructor" }]])("an answer that is none (%j) is a file that cannot be read", async (answer) => {
  const page = await open(new Map([["shared.dsco", Promise.resolve(answer as unknown as ReadFileAnswer)]]), model);
  expect(await page.messages()).toEqual([expect.stringContaining("the editor cannot read it")]);
});

test.each([
  ["deepseek-v3-training.dsco", "TrainV3", "step_time"],
  ["deepseek-v3-decode.dsco", "Online", "tpot"],
  ["fire-flyer.dsco", "FireFlyer512", "network_cost"],
])("%s has the diagnostics and the figures of the command line", async (name, declaration, metric) => {
  const text = readFileSync(path.join(repository, "examples", name), "utf8");
  const page = await open(new Map(), text);
  const { output } = await runIn({ "main.dsco": text }, ["report", "main.dsco", "--format", "json"]);
  const report = JSON.parse(output) as { diagnostics: readonly Diagnostic[] };
  const shown = (found: readonly Diagnostic[]) => found.map(({ code, message, range }) => ({ code, message, range }));
  expect(shown(await page.diagnostics())).toEqual(shown(report.diagnostics));
  const files = openFiles({ "main.dsco": text });
  const node = files.scope.declarations.find((candidate) => candidate.name?.text === declaration);
  const bound = node?.kind === "declaration" ? bindDeclaration(files.workspace, node, files.scope) : undefined;
  const expected = bound && explainMarkdown(files.workspace, bound, metric, figureOptions(defaultSettings), () => undefined);
  expect(expected).toMatch(/\d/);
  expect(await page.request("dsco/explain", { uri: `${root}main.dsco`, declaration, metric })).toEqual({ markdown: expected });
});

test("a sweep runs in moments of the worker itself: hovers are answered meanwhile, and it ends at once", async () => {
  const page = await open(new Map(), `import { DeepSeekV3 } from "std:models/deepseek"
import { H800Cluster } from "std:clusters/deepseek"
parallelism Wide { ep = 64 }
workload Chat { phase = decode, context_length = 4096, batch_per_gpu = 32 }
plan Serve { model = DeepSeekV3, hardware = H800Cluster, parallelism = Wide, workload = Chat }
sweep Few of Serve { workload.batch_per_gpu = [16, 32, 64], maximize tokens_per_second_per_gpu }
sweep Many of Serve { workload.batch_per_gpu = 1..20_000, parallelism.ep = [8, 16, 32, 64], maximize tokens_per_second_per_gpu }
`);
  const start = async (sweep: string): Promise<string> => {
    const found = await page.request<SweepStart>("dsco/sweep/start", { uri: `${root}main.dsco`, sweep });
    if (found.kind === "refused") throw new Error(found.reason);
    return found.run;
  };
  const lastOf = (run: string) => page.notifications.flatMap(({ method, params }) => (method === "dsco/sweep/progress" && (params as SweepProgress).run === run ? [params as SweepProgress] : [])).at(-1);
  const few = await start("Few");
  await expect.poll(() => lastOf(few)?.state, { timeout: 20_000 }).toBe("done");
  expect(lastOf(few)).toMatchObject({ tried: 3, feasible: 3 });
  const many = await start("Many");
  await expect.poll(() => lastOf(many)?.tried ?? 0, { timeout: 20_000 }).toBeGreaterThan(0);
  expect(await page.hover(3, 50)).toContain("context_length");
  expect(lastOf(many)?.state).toBe("running");
  const from = performance.now();
  expect(await page.request("dsco/sweep/cancel", { run: many })).toBe(true);
  expect(performance.now() - from).toBeLessThan(250);
  expect(lastOf(many)?.state).toBe("cancelled");
}, 60_000);
