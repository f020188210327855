import { describe, expect, it } from "vitest";
import { commands } from "../../../server/src/cli/run";
import { libraryParts } from "../../../server/src/design";
import { standardLibrary } from "../../../server/src/std";
import manifest from "../../../package.json";
import { misspelt, tiny } from "./designs";
import { checkFiles } from "../../kit/workspace";
import { runIn, words } from "./memory-host";

describe("dsco std", () => {
  it("lists every part with its declarations and what they are", async () => {
    const { code, output } = await runIn({}, ["std"]);
    expect(code).toBe(0);
    for (const address of standardLibrary.keys()) expect(output.split("\n")).toContain(address);
    expect(output).toMatch(/\n {2}H800 +gpu +NVIDIA H800 SXM5/);
    expect(output).toMatch(/\n {2}DeepSeekV3 +model +DeepSeek-V3: 671B parameters/);
  });

  it.each(["std:hardware/nvidia", "hardware/nvidia"])("prints the part %s", async (name) => {
    expect(await runIn({}, ["std", name])).toMatchObject({ code: 0, output: standardLibrary.get("std:hardware/nvidia") });
  });

  it("prints one declaration with its documentation, a text that opens without an error", async () => {
    const { code, output } = await runIn({}, ["std", "H800"]);
    expect(code).toBe(0);
    expect(output).toMatch(/^\/\/ std:hardware\/nvidia\n\/\/\/ NVIDIA H800/);
    expect(output).not.toContain("gpu H100");
    expect(await runIn({ "a.dsco": output }, ["check", "a.dsco"])).toMatchObject({ code: 0 });
  });

  /** By hand from the texts of the library. */
  it.each([
    ["H800Cluster", ['import { H800, ConnectX7 } from "std:hardware/nvidia"']],
    ["DeepSeekV3", []],
  ])("prints %s behind the imports that it needs", async (name, imports) => {
    const lines = (await runIn({}, ["std", name])).output.split("\n");
    expect(lines.filter((line) => line.startsWith("import "))).toEqual(imports);
    expect(lines[1]).toMatch(imports.length > 0 ? /^import / : /^\/\/\/ /);
  });

  it.each(libraryParts().map(({ address, entries }) => [address, entries.map(({ name }) => name)] as const))("every declaration of %s is printed as a file without errors", async (address, names) => {
    for (const name of names) {
      const { output } = await runIn({}, ["std", name]);
      const found = checkFiles({ "mine.dsco": output });
      expect(found.filter(({ severity }) => severity === "error").map(({ message }) => `${address} ${name}: ${message}`)).toEqual([]);
      expect(found.filter(({ code }) => code === "DSCO2004").map(({ message }) => message), "imports that nothing needs").toEqual([]);
    }
  });

  it("suggests the nearest name", async () => {
    expect(await runIn({}, ["std", "H80"])).toMatchObject({ code: 2, errors: "dsco std: the standard library has no `H80`; did you mean `H800`?\n" });
  });
});

describe("dsco init", () => {
  it("writes a design without errors or warnings, in canonical form, with figures", async () => {
    const { code, output, files } = await runIn({}, ["init"]);
    expect({ code, output }).toEqual({ code: 0, output: "Wrote design.dsco. Next: dsco report design.dsco\n" });
    const text = String(files.get("design.dsco"));
    expect(await runIn({ "design.dsco": text }, ["check", "design.dsco"])).toMatchObject({ code: 0, output: "no errors in 1 file\n" });
    expect(await runIn({ "design.dsco": text }, words("fmt --check design.dsco"))).toMatchObject({ code: 0 });
    // 28 layers x (512 + 64) x 2 B
    expect((await runIn({ "design.dsco": text }, words("explain design.dsco MyModel.kv_bytes_per_token"))).output).toContain("(32,256 B)");
  });

  it("says the call that the user makes, in its comment too", async () => {
    const { output, files } = await runIn({}, ["init"], { program: "npx dsco" });
    expect(output).toBe("Wrote design.dsco. Next: npx dsco report design.dsco\n");
    expect(String(files.get("design.dsco")).match(/^\/\/\/ {3}npx dsco (?:report|explain) /gm)).toHaveLength(3);
    const report = await runIn({ "a.dsco": tiny }, ["report", "a.dsco"], { program: "npx dsco" });
    expect(report.output.endsWith("Where a figure comes from: npx dsco explain a.dsco Tiny.total_params\n")).toBe(true);
  });

  it("promises in its comment only commands that work", async () => {
    const text = String((await runIn({}, ["init"])).files.get("design.dsco"));
    const promised = [...text.matchAll(/^\/\/\/ {3}dsco (.*)$/gm)].map((match) => match[1] ?? "");
    expect(promised).toHaveLength(3);
    for (const line of promised) expect(await runIn({ "design.dsco": text }, words(line)), line).toMatchObject({ code: 0, errors: "" });
  });

  it("never touches a file that exists", async () => {
    const { code, errors, written } = await runIn({ "design.dsco": tiny }, ["init"]);
    expect({ code, errors, written }).toEqual({ code: 2, errors: "dsco init: design.dsco: it exists already.\n", written: [] });
  });
});

describe("help and version", () => {
  it.each([["--help"], ["-h"], ["help"]])("dsco %s lists every command", async (word) => {
    const { code, output, errors } = await runIn({}, [word]);
    expect({ code, errors }).toEqual({ code: 0, errors: "" });
    for (const command of commands) expect(output).toMatch(new RegExp(`^ {2}${command.name} +\\S`, "m"));
  });

  it.each(commands.map((command) => [command.name, command] as const))("help on %s names every option", async (name, command) => {
    const { code, output } = await runIn({}, ["help", name]);
    expect(code).toBe(0);
    expect(output).toContain(`Usage: dsco ${command.usage}\n`);
    for (const option of Object.keys(command.options).filter((option) => option !== "clientProcessId")) expect(output).toContain(`--${option}`);
    expect(await runIn({}, [name, "--help"])).toMatchObject({ code: 0, output });
    expect(Math.max(...output.split("\n").slice(3).map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it("prints the version of the package", async () => {
    expect(await runIn({}, ["--version"])).toMatchObject({ code: 0, output: `dsco ${manifest.version}\n`, errors: "" });
  });

  it("starts the language server", async () => {
    expect(await runIn({}, words("lsp --stdio --clientProcessId=1"))).toMatchObject({ code: 0, output: "server started" });
    expect(await runIn({ "folder/a.dsco": tiny }, words("mcp folder"))).toMatchObject({ code: 0, output: "agent server started for folder" });
  });
});

describe("wrong use", () => {
  it("without a command shows what there is, on standard error", async () => {
    const { code, output, errors } = await runIn({}, []);
    expect({ code, output }).toEqual({ code: 2, output: "" });
    expect(errors).toContain("Usage: dsco COMMAND");
  });

  it.each([
    ["chek a.dsco", "dsco: there is no command chek; did you mean check?"],
    ["frobnicate", "dsco: there is no command frobnicate; `dsco help` lists the commands."],
    ["--versoin", "dsco: there is no option --versoin; did you mean --version?"],
    ["help chek", "dsco: there is no command chek; did you mean check?"],
    ["import", "dsco import: name one config: `dsco import config.json`."],
    ["import config.json", "dsco import: config.json: there is no such file."],
    ["import a.dsco --name 8x7B", "dsco import: --name takes letters, digits and _: found 8x7B; did you mean Model_8x7B?"],
    ["export a.dsco", "dsco export: name one file and one model: `dsco export FILE NAME`."],
    ["export a.dsco Tin", "dsco export: there is no model Tin in a.dsco; did you mean Tiny?"],
    ["mcp nowhere", "dsco mcp: nowhere: there is no such folder."],
    ["check a.dsco --formt json", "dsco check: there is no option --formt; did you mean --format?"],
    ["check a.dsco --format yaml", "dsco check: --format takes text, json, sarif or github: found yaml."],
    ["check a.dsco --format jsn", "dsco check: --format takes text, json, sarif or github: found jsn; did you mean json?"],
    ["check a.dsco --format", "dsco check: --format needs a value."],
    ["check a.dsco --format --watch", "dsco check: --format needs a value."],
    ["check a.dsco --format json --format text", "dsco check: --format is given twice."],
    ["check a.dsco --watch=yes", "dsco check: --watch takes no value."],
    ["check --watch --format json", "dsco check: --watch shows text: leave --format out."],
    ["check --watch -", "dsco check: --watch cannot watch standard input."],
    ["check missing.dsco", "dsco check: missing.dsco: there is no such file."],
    ["check folder", "dsco check: folder: this is a directory: name a file in it; `dsco check` without files takes every design below the current folder."],
    ["check bytes.dsco", "dsco check: bytes.dsco: it is not UTF-8 text."],
    ["check -x", "dsco check: there is no option -x; `dsco help check` lists them."],
    ["report", "dsco report: name a file: dsco report FILE."],
    ["report missing.dsco", "dsco report: missing.dsco: there is no such file."],
    ["report folder", "dsco report: folder: this is a directory: name a file in it; `dsco check` without files takes every design below the current folder."],
    ["report bytes.dsco", "dsco report: bytes.dsco: it is not UTF-8 text."],
    ["report a.dsco --format csv", "dsco report: --format takes text, json, markdown or html: found csv."],
    ["report a.dsco --sequence-length 0", "dsco report: --sequence-length takes a whole number of tokens, such as 4096 or 128Ki: found 0."],
    ["report a.dsco --sequence-length 1.5", "dsco report: --sequence-length takes a whole number of tokens, such as 4096 or 128Ki: found 1.5."],
    ["report a.dsco --sequence-length -1", "dsco report: --sequence-length takes a whole number of tokens, such as 4096 or 128Ki: found -1."],
    ["report a.dsco --context many", "dsco report: --context takes a whole number of tokens, such as 4096 or 128Ki: found many."],
    ["report a.dsco --context 32k", "dsco report: --context takes a whole number of tokens, such as 4096 or 128Ki: found 32k; did you mean 32K (32,000) or 32Ki (32,768)?"],
    ["report a.dsco --context 4GB", "dsco report: --context takes a whole number of tokens, such as 4096 or 128Ki: found 4GB."],
    ["explain", "dsco explain: name one file and one figure: dsco explain FILE NAME.METRIC."],
    ["explain a.dsco", "dsco explain: name one file and one figure: dsco explain FILE NAME.METRIC."],
    ["explain a.dsco Tiny.total_params more", "dsco explain: name one file and one figure: dsco explain FILE NAME.METRIC."],
    ["explain missing.dsco Tiny.total_params", "dsco explain: missing.dsco: there is no such file."],
    ["fmt", "dsco fmt: name a file: dsco fmt FILES…"],
    ["fmt folder", "dsco fmt: folder: this is a directory."],
    ["fmt missing.dsco", "dsco fmt: missing.dsco: there is no such file."],
    ["fmt --chek a.dsco", "dsco fmt: there is no option --chek; did you mean --check?"],
    ["std H800 H100", "dsco std: name one part or one declaration: dsco std NAME."],
    ["init other.dsco", "dsco init: it takes no file: it writes design.dsco."],
    ["lsp", "dsco lsp: the server speaks on standard input and output: dsco lsp --stdio."],
    ["lsp --socket=1", "dsco lsp: there is no option --socket; `dsco help lsp` lists them."],
  ])("%s", async (line, sentence) => {
    const files = { "a.dsco": tiny, "folder/b.dsco": tiny, "bytes.dsco": new Uint8Array([0xc3, 0x28]) };
    expect(await runIn(files, words(line))).toMatchObject({ code: 2, output: "", errors: `${sentence}\n`, written: [] });
  });

  it.each([
    ["chek-all-of-it", "there is no command chek-all-of-it; `npx dsco help` lists the commands."],
    ["check -x", "there is no option -x; `npx dsco help check` lists them."],
    ["report", "name a file: npx dsco report FILE."],
    ["explain a.dsco", "name one file and one figure: npx dsco explain FILE NAME.METRIC."],
    ["fmt", "name a file: npx dsco fmt FILES…"],
    ["check folder", "`npx dsco check` without files takes every design below the current folder."],
  ])("%s is answered with the call that the user makes", async (line, hint) => {
    const { code, errors } = await runIn({ "a.dsco": tiny, "folder/b.dsco": tiny }, words(line), { program: "npx dsco" });
    expect(code).toBe(2);
    expect(errors.endsWith(`${hint}\n`), errors).toBe(true);
  });

  it("names every file that cannot be read", async () => {
    expect(await runIn({ "a.dsco": tiny }, words("check x.dsco a.dsco y.dsco"))).toMatchObject({
      code: 2, output: "", errors: "dsco check: x.dsco: there is no such file.\ndsco check: y.dsco: there is no such file.\n",
    });
  });

  it("says that a folder without designs has none", async () => {
    expect(await runIn({ "notes.md": "" }, ["check"])).toMatchObject({
      code: 2, errors: "dsco check: there is no .dsco file in this folder: name one, or start with `dsco init`.\n",
    });
  });

  it("writes no control sequence of an argument to the terminal", async () => {
    const { errors } = await runIn({}, ["check", "\u001b[31m.dsco"]);
    expect(errors).toBe("dsco check: \ufffd[31m.dsco: there is no such file.\n");
  });

  it("takes what follows -- as files", async () => {
    expect(await runIn({ "--help": misspelt }, ["check", "--", "--help"])).toMatchObject({ code: 1 });
  });

  it.each([
    ["an unknown part of the library", 'import { A } from "std:hardware/nvidai"\nlet B = A\n', /cannot import "std:hardware\/nvidai": .*did you mean `std:hardware\/nvidia`/],
    ["a missing file", 'import { A } from "./missing.dsco"\nlet B = A\n', /cannot import "\.\/missing\.dsco": there is no such file/],
    ["a file that imports itself", 'import { A } from "./a.dsco"\nlet B = A\n', /import cycle: a\.dsco → a\.dsco/],
    ["a file outside the folder", 'import { A } from "../../outside.dsco"\nlet B = A\n', /cannot import "\.\.\/\.\.\/outside\.dsco"/],
  ])("reports %s as an error of the design", async (_, text, message) => {
    const { code, output, errors } = await runIn({ "a.dsco": text }, ["check", "a.dsco"]);
    expect({ code, errors }).toEqual({ code: 1, errors: "" });
    expect(output).toMatch(message);
  });
});
