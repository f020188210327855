// The built command line in a process of its own, started as npm starts it.
import { spawn } from "node:child_process";
import {
  chmodSync, copyFileSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, symlinkSync,
  utimesSync, writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import manifest from "../../../package.json";
import { installCli } from "../../kit/installed-cli";
import { repository } from "../../kit/repository";
import { Client, pullCapabilities } from "../lsp/client";
import { misspelt, tiny } from "./designs";

/** Processes start slowly on a busy machine. */
const patient = { timeout: 60_000 };

let installed: string;
let folder: string;

beforeAll(async () => {
  installed = await installCli();
}, 60_000);
afterAll(() => rmSync(installed, { recursive: true, force: true }));

beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), "dsco-folder-")));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const bin = () => path.join(installed, "bin/dsco.mjs");

interface Run {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

interface Around {
  readonly input?: string | Uint8Array;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** The tests themselves may be started by npm. */
const outsideNpm: NodeJS.ProcessEnv = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("npm_")));

function dsco(args: readonly string[], around: Around = {}): Promise<Run> {
  return execute(process.execPath, [bin(), ...args], around);
}

function execute(file: string, args: readonly string[], { input = "", cwd = folder, env = {} }: Around = {}): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env: { ...outsideNpm, ...env }, stdio: ["pipe", "pipe", "pipe"] });
    let output = "";
    let errors = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    child.stdin.on("error", () => undefined).end(input);
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output, errors }));
  });
}

function write(files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
}

const read = (name: string) => readFileSync(path.join(folder, name), "utf8");

describe("the built command line", patient, () => {
  it("tries the designs of a sweep in threads, with the same rows whatever their number", async () => {
    copyFileSync(path.join(repository, "examples/decode-frontier.dsco"), path.join(folder, "a.dsco"));
    const [one, two] = [await dsco(["sweep", "a.dsco", "DecodeFrontier", "--jobs", "1", "--format", "csv"]), await dsco(["sweep", "a.dsco", "DecodeFrontier", "--jobs", "2", "--format", "csv"])];
    expect([one.code, one.errors]).toEqual([0, ""]);
    expect(one.output.split("\r\n").length).toBeGreaterThan(100);
    expect(two.output).toBe(one.output);
  });

  it("reports DeepSeek-V3 in text and JSON", async () => {
    const text = await dsco(["report", "examples/deepseek-v3.dsco"], { cwd: repository });
    expect(text).toMatchObject({ code: 0, errors: "" });
    expect(text.output).toMatch(/^ {2}Parameters +671\.0B +671,026,419,200$/m);
    expect(text.output).toMatch(/^ {2}KV cache per token +70\.27 KB +70,272 B$/m);
    const json = await dsco(["report", "examples/deepseek-v3.dsco", "--format", "json"], { cwd: repository });
    expect(json.code).toBe(0);
    const report = JSON.parse(json.output) as { declarations: { name: string; file: string; metrics: { id: string; value: number }[] }[] };
    const model = report.declarations.find((declaration) => declaration.name === "DeepSeekV3");
    expect(model?.file).toBe("examples/deepseek-v3.dsco");
    expect(model?.metrics.find((metric) => metric.id === "total_params")?.value).toBe(671_026_419_200);
  });

  it("checks the examples and explains a figure", async () => {
    expect(await dsco(["check"], { cwd: path.join(repository, "examples") })).toMatchObject({ code: 0, errors: "" });
    const explained = await dsco(["explain", "examples/deepseek-v3.dsco", "DeepSeekV3.kv_bytes_per_token"], { cwd: repository });
    expect(explained).toMatchObject({ code: 0, errors: "" });
    expect(explained.output).toContain("70.27 KB (70,272 B)");
  });

  it("names in its hints the call that the user makes", async () => {
    write({ "a.dsco": tiny });
    expect((await dsco(["report", "a.dsco"])).output).toContain("Where a figure comes from: dsco explain a.dsco ");
    expect((await dsco(["report", "a.dsco"], { env: { npm_command: "exec" } })).output).toContain("Where a figure comes from: npx dsco explain a.dsco ");
  });

  it("says its version", async () => {
    expect(await dsco(["--version"])).toEqual({ code: 0, output: `dsco ${manifest.version}\n`, errors: "" });
  });

  it("tells errors in the design from wrong use by its exit code", async () => {
    write({ "wrong.dsco": misspelt, "bytes.dsco": new Uint8Array([0xff, 0xfe]), "empty.dsco": "", "marked.dsco": `\ufeff${tiny}` });
    expect(await dsco(["check", "wrong.dsco"])).toMatchObject({ code: 1, errors: "" });
    expect(await dsco(["check", "empty.dsco", "marked.dsco"])).toMatchObject({ code: 0, errors: "", output: "no errors in 2 files\n" });
    expect(await dsco(["check", "missing.dsco"])).toEqual({ code: 2, output: "", errors: "dsco check: missing.dsco: there is no such file.\n" });
    expect(await dsco(["check", "wrong.dsco/below"])).toMatchObject({ code: 2, errors: "dsco check: wrong.dsco/below: there is no such file.\n" });
    expect(await dsco(["report", "."])).toMatchObject({ code: 2, errors: expect.stringMatching(/^dsco report: \.: this is a directory: name a file in it; /) });
    expect(await dsco(["fmt", "bytes.dsco"])).toMatchObject({ code: 2, errors: "dsco fmt: bytes.dsco: it is not UTF-8 text.\n" });
    expect((await dsco(["chek"])).code).toBe(2);
  });

  it("finds the designs below the folder, without node_modules and dot folders", async () => {
    write({ "b/wrong.dsco": misspelt, "a.dsco": tiny, "node_modules/x.dsco": misspelt, ".git/x.dsco": misspelt, "b/.#wrong.dsco": misspelt, "notes.txt": "x" });
    const { code, output } = await dsco(["check", "--format", "json"]);
    expect(code).toBe(1);
    expect(JSON.parse(output)).toMatchObject({ files: ["a.dsco", path.join("b", "wrong.dsco")] });
  });

  it("reads standard input for check, report and fmt", async () => {
    expect(await dsco(["check", "-"], { input: misspelt })).toMatchObject({ code: 1, output: expect.stringContaining("-:8:19: error DSCO2020") });
    expect(await dsco(["report", "-", "--format", "json"], { input: tiny })).toMatchObject({ code: 0, output: expect.stringContaining('"file": "-"') });
    expect(await dsco(["fmt", "-"], { input: tiny.replace("layers      = 2", "layers=2") })).toEqual({ code: 0, output: tiny, errors: "" });
    expect(await dsco(["check", "-"], { input: new Uint8Array([0xff]) })).toEqual({ code: 2, output: "", errors: "dsco check: standard input: it is not UTF-8 text.\n" });
  });

  it("is silent when its reader goes away", async () => {
    write({ "many.dsco": "let A = B\n".repeat(20_000) });
    const command = `${quoted(process.execPath)} ${quoted(bin())} check many.dsco | head -n 1`;
    const { output, errors } = await execute("sh", ["-c", command]);
    expect(output).toContain("many.dsco:");
    expect(output.split("\n")).toHaveLength(2);
    expect(errors).toBe("");
  });

  const full = "/dev/full";
  if (existsSync(full)) {
    it("says when its output cannot be written", async () => {
      write({ "a.dsco": tiny });
      const { code, errors } = await execute("sh", ["-c", `${quoted(process.execPath)} ${quoted(bin())} check a.dsco > ${full}`]);
      expect({ code, errors }).toEqual({ code: 2, errors: "dsco: the output cannot be written: the disk is full.\n" });
    });
  }

  it("writes everything to a pipe, however much it is", async () => {
    write({ "many.dsco": `let A = B\n${"model A {}\n".repeat(2500)}` });
    const { code, output } = await dsco(["check", "many.dsco", "--format", "json"]);
    expect(code).toBe(1);
    // `B` is not known; then, for each of the others, a name taken and keys missing.
    expect((JSON.parse(output) as { diagnostics: unknown[] }).diagnostics).toHaveLength(1 + 2 * 2500);
    expect(output.length).toBeGreaterThan(2 ** 20);
  });

  it("imports from the folder of the file and from the current one, and from nowhere else", async () => {
    write({
      "secret.dsco": "let S = 1\n", "inner/part.dsco": "let P = 1\n", "inner/work/here.dsco": "let H = 1\n",
      "inner/main.dsco": 'import { P } from "./part.dsco"\nlet A = P\n',
      "inner/up.dsco": 'import { S } from "../secret.dsco"\nlet A = S\n',
      "inner/link.dsco": 'import { S } from "./linked.dsco"\nlet A = S\n',
    });
    symlinkSync(path.join(folder, "secret.dsco"), path.join(folder, "inner/linked.dsco"));
    const elsewhere = path.join(folder, "inner/work");
    expect(await dsco(["check", "../main.dsco"], { cwd: elsewhere })).toMatchObject({ code: 0 });
    expect(await dsco(["check", "inner/up.dsco"])).toMatchObject({ code: 0 });
    for (const name of ["up", "link"]) {
      const { code, output } = await dsco(["check", `../${name}.dsco`], { cwd: elsewhere });
      expect(code).toBe(1);
      expect(output).toContain("it lies outside the current folder and the folder of the named file");
    }
  });

  it("is small and fast because it leaves the language server out", () => {
    expect(readFileSync(path.join(installed, "dist/cli.js"), "utf8")).not.toContain("textDocument/didOpen");
  });
});

describe("dsco fmt on a disk", patient, () => {
  const loose = tiny.replace("layers      = 2", "layers=2");

  it("replaces the text and keeps mode and links", async () => {
    write({ "real.dsco": loose });
    chmodSync(path.join(folder, "real.dsco"), 0o640);
    symlinkSync("real.dsco", path.join(folder, "link.dsco"));
    expect(await dsco(["fmt", "link.dsco"])).toEqual({ code: 0, output: "", errors: "" });
    expect(read("real.dsco")).toBe(tiny);
    expect(statSync(path.join(folder, "real.dsco")).mode & 0o777).toBe(0o640);
    expect(lstatSync(path.join(folder, "link.dsco")).isSymbolicLink()).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(["link.dsco", "real.dsco"]);
  });

  it("does not write a file that is in form", async () => {
    write({ "a.dsco": tiny });
    const before = new Date(1_000_000_000_000);
    utimesSync(path.join(folder, "a.dsco"), before, before);
    expect(await dsco(["fmt", "a.dsco"])).toMatchObject({ code: 0 });
    expect(statSync(path.join(folder, "a.dsco")).mtimeMs).toBe(before.getTime());
  });

  it("leaves a read-only file as it is", async () => {
    write({ "a.dsco": loose });
    chmodSync(path.join(folder, "a.dsco"), 0o444);
    expect(await dsco(["fmt", "a.dsco"])).toEqual({ code: 2, output: "", errors: "dsco fmt: a.dsco: it may not be written.\n" });
    expect(read("a.dsco")).toBe(loose);
    expect(readdirSync(folder)).toEqual(["a.dsco"]);
  });
});

describe("dsco init on a disk", patient, () => {
  it("writes a design that reports, and never writes it again", async () => {
    expect(await dsco(["init"])).toMatchObject({ code: 0 });
    expect(await dsco(["report", "design.dsco"])).toMatchObject({ code: 0, errors: "" });
    write({ "design.dsco": tiny });
    expect(await dsco(["init"])).toMatchObject({ code: 2, errors: "dsco init: design.dsco: it exists already.\n" });
    expect(read("design.dsco")).toBe(tiny);
  });
});

describe("dsco check --watch on a disk", patient, () => {
  it("answers after each change, new files included, and ends at Ctrl-C", async () => {
    write({ "a.dsco": tiny });
    const child = spawn(process.execPath, [bin(), "check", "--watch"], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    const answers = async (count: number) => {
      while (output.split("Ctrl-C ends").length <= count) await new Promise((resolve) => setTimeout(resolve, 20));
      return output.split("Ctrl-C ends")[count - 1] ?? "";
    };
    try {
      expect(await answers(1)).toContain("no errors in 1 file");
      write({ "a.dsco": misspelt });
      expect(await answers(2)).toContain("1 error in 1 file");
      write({ "new/b.dsco": tiny });
      while (!output.includes("in 1 of 2 files")) await new Promise((resolve) => setTimeout(resolve, 20));
      child.kill("SIGINT");
      expect(await ended).toBe(1);
    } finally {
      child.kill("SIGKILL");
    }
  });
});

describe("dsco lsp --stdio", patient, () => {
  it("gives an editor the same diagnostics and figures as check and report", async () => {
    const texts = {
      "wrong.dsco": misspelt.replaceAll("\n", "\r\n"),
      "names.dsco": 'import { H80, H100 } from "std:hardware/nvidia"\nlet A = 80 GB + 3 s\nmodel M extends N {}\n',
      "v3.dsco": readFileSync(path.join(repository, "examples/deepseek-v3.dsco"), "utf8"),
    };
    write(texts);
    const client = new Client([process.execPath, bin(), "lsp", "--stdio"]);
    try {
      await client.request("initialize", { processId: process.pid, rootUri: pathToFileURL(folder).href, workspaceFolders: [{ uri: pathToFileURL(folder).href, name: "work" }], capabilities: pullCapabilities });
      client.notify("initialized", {});
      for (const [name, text] of Object.entries(texts)) {
        const uri = pathToFileURL(path.join(folder, name)).href;
        client.notify("textDocument/didOpen", { textDocument: { uri, languageId: "dsco", version: 1, text } });
        const { items } = await client.request<{ items: { code: string; message: string; severity: number; range: object }[] }>("textDocument/diagnostic", { textDocument: { uri } });
        const { output } = await dsco(["check", name, "--format", "json"]);
        const { diagnostics } = JSON.parse(output) as { diagnostics: { code: string; message: string; severity: string; range: object }[] };
        const severities = ["error", "warning", "information", "hint"];
        expect(items.map(({ code, message, severity, range }) => ({ code, message, severity: severities[severity - 1], range }))).toEqual(
          diagnostics.map(({ code, message, severity, range }) => ({ code, message, severity, range })),
        );
        expect(diagnostics.length).toBeGreaterThan(0);
      }
      const textDocument = { uri: pathToFileURL(path.join(folder, "v3.dsco")).href };
      const lenses = await client.request<object[]>("textDocument/codeLens", { textDocument });
      const shown = await Promise.all(lenses.map((lens) => client.request<{ command: { title: string } }>("codeLens/resolve", lens)));
      const report = (await dsco(["report", "v3.dsco"])).output;
      const figures = shown.flatMap((lens) => lens.command.title.replace(/ of [\d.]+ GB/, "").match(/\d[\d.]*(?: [KMGT]?(?:B|FLOP)\b|B\b)/g) ?? []);
      expect(figures.length).toBeGreaterThanOrEqual(4);
      for (const figure of figures) expect(report).toContain(` ${figure} `);
    } finally {
      client.kill();
    }
  });

  it("needs --stdio", async () => {
    expect(await dsco(["lsp"])).toMatchObject({ code: 2, output: "" });
  });
});

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
