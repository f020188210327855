import { describe, expect, it } from "vitest";
import { misspelt, tiny } from "./designs";
import { runIn, words } from "./memory-host";

describe("dsco check", () => {
  it("says that a design without problems has none", async () => {
    expect(await runIn({ "a.dsco": tiny }, ["check", "a.dsco"])).toMatchObject({ code: 0, output: "no errors in 1 file\n", errors: "" });
  });

  it("shows place, code, message, line and underline of an error", async () => {
    const { code, output } = await runIn({ "a.dsco": misspelt }, ["check", "a.dsco"]);
    expect(code).toBe(1);
    expect(output).toBe([
      "a.dsco:8:19: error DSCO2020: `attention mha` has no property `head`; did you mean `heads`?",
      "  8 |   attention mha { head = 2 }",
      "    |                   ^^^^",
      "  = fix: Replace by `heads`",
      "",
      "1 error in 1 file",
      "",
    ].join("\n"));
  });

  it("checks every design of the folder when none is named", async () => {
    const { code, output } = await runIn({ "b.dsco": misspelt, "a.dsco": tiny, "notes.md": "" }, ["check"]);
    expect(code).toBe(1);
    expect(output).toContain("b.dsco:8:19: error");
    expect(output).toContain("1 error in 1 of 2 files");
  });

  it("reads the named files together and says where the first of two names stands", async () => {
    const { output } = await runIn({ "a.dsco": "let A = 1\nlet A = 2\n" }, ["check", "a.dsco"]);
    expect(output).toContain("a.dsco:2:5: error DSCO2005");
    expect(output).toContain("  = first declared here: a.dsco:1:5\n");
  });

  it("reports the errors of an imported file at that file, and its warnings not", async () => {
    const files = { "main.dsco": 'import { A } from "./part.dsco"\nlet B = A\n', "part.dsco": 'import { H800 } from "std:hardware/nvidia"\nlet A = 1 + nothing\n' };
    const { code, output } = await runIn(files, ["check", "main.dsco"]);
    expect(code).toBe(1);
    expect(output).toContain("part.dsco:2:13: error DSCO2007");
    expect(output).not.toContain("DSCO2004");
    expect(output).toContain("1 error in 1 of 2 files");
  });

  it("counts the imported files in which something was found", async () => {
    const files = { "main.dsco": 'import { A } from "./part.dsco"\nlet B = A + none\n', "part.dsco": "let A = 1 + nothing\nlet C = nobody\n" };
    expect((await runIn(files, ["check", "main.dsco"])).output).toContain("3 errors in 2 files\n");
  });

  it("shows the nearest designs that work under an error, with what they buy", async () => {
    const uneven = tiny.replace("attention mha { heads = 2 }", "attention gqa { heads = 4, kv_heads = 3, head_dim = 2 }");
    const { code, output } = await runIn({ "a.dsco": uneven }, ["check", "a.dsco"]);
    expect(code).toBe(1);
    // 2 x kv_heads x 2 wide x 2 B x 2 layers: 48 B with 3 heads, 32 B with 2.
    expect(output).toMatch(/\n {2}= fix: Set `kv_heads` to 2: KV cache per token 48 B → 32 B/);
    expect(output.match(/= fix: /g)?.length).toBeLessThanOrEqual(3);
    const titles = [...output.matchAll(/= fix: Set `kv_heads` to (\d+)/g)].map((match) => match[1] ?? "");
    for (const heads of titles) expect(await runIn({ "a.dsco": uneven.replace("kv_heads = 3", `kv_heads = ${heads}`) }, ["check", "a.dsco"])).toMatchObject({ code: 0 });
  });

  it("proves fixes of the first errors alone", async () => {
    const many = Array.from({ length: 30 }, (_, index) => misspelt.replace("Tiny", `Tiny${index}`)).join("\n");
    const { output } = await runIn({ "a.dsco": many }, ["check", "a.dsco"]);
    expect(output.match(/error DSCO2020/g)).toHaveLength(30);
    expect(output.match(/= fix: /g)).toHaveLength(20);
  });

  it("reads standard input", async () => {
    const { code, output } = await runIn({}, ["check", "-"], { input: misspelt });
    expect(code).toBe(1);
    expect(output).toContain("-:8:19: error DSCO2020");
  });

  it("takes an empty file, a byte-order mark and carriage returns", async () => {
    const { code, output } = await runIn({ "a.dsco": "", "b.dsco": `\ufeff${tiny.replaceAll("\n", "\r\n")}` }, words("check a.dsco b.dsco"));
    expect({ code, output }).toEqual({ code: 0, output: "no errors in 2 files\n" });
  });

  it("puts the underline below wide characters and tabs", async () => {
    const { output } = await runIn({ "a.dsco": 'let 重 = 1\nlet A = ["量子👍", \tmissing]\n' }, ["check", "a.dsco"]);
    const lines = output.split("\n");
    const source = lines.findIndex((line) => line.includes("missing") && line.startsWith("  2 |"));
    // Before `missing`: `let A = ["` 10, two ideographs and an emoji 6, `", ` 3, the tab as two blanks.
    expect(lines[source + 1]).toBe(`    | ${" ".repeat(10 + 6 + 3 + 2)}^^^^^^^`);
  });

  it("shows no more of a very long line than the part around the error", async () => {
    const { output } = await runIn({ "a.dsco": `let A = [${"1, ".repeat(300_000)}missing]\n` }, ["check", "a.dsco"]);
    const shown = output.split("\n").find((line) => line.startsWith("  1 |")) ?? "";
    expect(shown).toContain("missing");
    expect(shown.length).toBeLessThan(200);
  }, 60_000);

  it("lets no file write control sequences to the terminal", async () => {
    const { output } = await runIn({ "a.dsco": 'import { A } from "./\u001b[31mred\u202e.dsco" // \u0007\n' }, ["check", "a.dsco"]);
    expect(output).toContain("DSCO2001");
    expect(output).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  it("colours severities for a terminal and only there", async () => {
    const colored = await runIn({ "a.dsco": misspelt }, ["check", "a.dsco"], { color: true });
    expect(colored.output).toContain("\u001b[1;31merror DSCO2020\u001b[0m");
    expect((await runIn({ "a.dsco": misspelt }, ["check", "a.dsco"])).output).not.toContain("\u001b");
  });

  it("answers again after each change, and after one that cannot be read", async () => {
    const edits = [{ "a.dsco": misspelt }, { "a.dsco": new Uint8Array([0xff]) }, { "a.dsco": tiny }];
    const { code, output } = await runIn({ "a.dsco": tiny }, words("check a.dsco --watch"), { edits });
    expect(code).toBe(0);
    const answers = output.split("watching for changes, Ctrl-C ends\n\n");
    expect(answers.map((answer) => answer.split("\n").at(-2))).toEqual([
      "no errors in 1 file", "1 error in 1 file", "a.dsco: it is not UTF-8 text", "no errors in 1 file", undefined,
    ]);
  });

  it("ends a watch with the code of the last answer", async () => {
    expect(await runIn({ "a.dsco": tiny }, words("check --watch"), { edits: [{ "a.dsco": misspelt }] })).toMatchObject({ code: 1 });
  });
});
