// What a model may write, and the answers that say what was wrong with it.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tools } from "../../../server/src/agents";
import { tiny } from "../cli/designs";
import { ask, callTool, memoryFiles, refusal } from "./kit";

const files = memoryFiles({ "tiny.dsco": tiny, "sub/other.dsco": tiny, "secret.txt": "password = 1\n" });

describe("an input that does not fit", () => {
  it.each([
    ["check", { fil: "tiny.dsco" }, "there is no `fil`; did you mean `file`?"],
    ["check", { file: 3 }, "`file`: Invalid input: expected string, received number"],
    ["check", { file: "tiny.dsco", limit: 0 }, "`limit`: Too small"],
    ["report", { file: "tiny.dsco", sequence_length: 1.5 }, "`sequence_length`: Invalid input: expected int"],
    ["what_if", { file: "tiny.dsco", edits: [{ old_text: "a" }] }, "`edits[0].new_text`: Invalid input"],
    ["list_std", { kind: "car" }, "`kind`: Invalid option"],
    ["language", { topic: "poems" }, "`topic`: Invalid option"],
    ["check", "tiny.dsco", "expected object"],
    ["check", ["tiny.dsco"], "expected object"],
  ])("%s %j says what is wrong", async (name, input, problem) => {
    const text = await refusal(name, input, { files });
    expect(text).toContain(problem);
    expect(text).toContain(`The input of \`${name}\` is not valid`);
    expect(text).toMatch(/It takes `\w+`/);
  });

  it.each([[undefined], [null], [{}]])("%j names no design, and is told how to", async (input) => {
    expect(await refusal("check", input, { files })).toContain("name a design: `file` takes");
  });

  it("takes null for what is left out, as models write it", async () => {
    const { data } = await ask<{ errors: number }>("check", { file: "tiny.dsco", text: null, limit: null }, { files });
    expect(data.errors).toBe(0);
  });

  it.each(tools.map(({ name }) => name))("%s answers whatever JSON it is given, without a fault", async (name) => {
    const anything = fc.oneof(fc.jsonValue(), fc.record({ file: fc.string(), text: fc.string(), about: fc.string(), set: fc.array(fc.string()) }, { requiredKeys: [] }));
    await fc.assert(fc.asyncProperty(anything, async (input) => {
      const answer = await callTool(name, input, { files });
      return answer.text.length > 0 && answer.text.length < 60_000;
    }), { numRuns: 60, examples: [[{ text: "\u0000" }], [{ text: "model \u202e {", file: null }], [{ file: "std:" }], [{ file: "../tiny.dsco" }], [{ text: tiny, about: ".", set: ["=", "A.b=1"] }]] });
  });
});

describe("the design that is meant", () => {
  it("is a file of the folder, or a text", async () => {
    expect((await ask("check", { file: "sub/other.dsco" }, { files })).text).toMatch(/^sub\/other\.dsco: no errors/);
    expect((await ask("check", { text: tiny }, { files })).text).toMatch(/^text: no errors/);
  });

  it("is one of the two", async () => {
    expect(await refusal("check", { file: "tiny.dsco", text: tiny }, { files })).toBe("give `file` or `text`, not both.");
  });

  it("may be a part of the standard library", async () => {
    const { text } = await ask("check", { file: "std:models/deepseek" }, { files });
    expect(text).toMatch(/^std:models\/deepseek: no errors/);
    expect(await refusal("check", { file: "std:models/depseek" }, { files })).toContain("the standard library has no such part; did you mean `std:models/deepseek`?");
  });

  it.each([
    ["tny.dsco", "tny.dsco: there is no such file; did you mean `tiny.dsco`?"],
    ["nowhere/at/all.dsco", "there is no such file; there are secret.txt, sub/other.dsco, tiny.dsco"],
    ["../tiny.dsco", "../tiny.dsco: it lies outside"],
    ["secret.txt", "secret.txt: only files whose name ends in `.dsco` are read"],
  ])("%s is refused with what there is", async (file, problem) => {
    expect(await refusal("check", { file }, { files })).toContain(problem);
  });

  it("a text imports from files of the folder, and from no others", async () => {
    const imports = (path: string) => `import { Tiny } from "${path}"\n\nmodel Mine extends Tiny { layers = 3 }\n`;
    // 3 layers of 640 weights and 16 norms, two embeddings of 128, a norm of 8.
    const { data } = await ask<{ declarations: { figures: { id: string; value: number }[] }[] }>("report", { text: imports("./sub/other.dsco") }, { files });
    expect(data.declarations[0]?.figures[0]).toMatchObject({ id: "total_params", value: 3 * 656 + 2 * 128 + 8 });
    expect((await ask("check", { text: imports("./secret.txt") }, { files })).text).toContain("only files whose name ends in `.dsco` are read");
    expect((await ask("check", { text: imports("../tiny.dsco") }, { files })).text).toContain('DSCO2001: cannot import "../tiny.dsco"');
  });

  it("a text without a folder imports from the standard library alone", async () => {
    const nowhere = { ...files, folder: undefined };
    expect((await ask("check", { text: 'import { Tiny } from "./tiny.dsco"\nmodel Mine extends Tiny { layers = 3 }\n' }, { files: nowhere })).text).toContain("DSCO2001");
    expect((await ask<{ errors: number }>("check", { text: 'import { H800 } from "std:hardware/nvidia"\ngpu Mine extends H800 { memory = 90 GB }\n' }, { files: nowhere })).data.errors).toBe(0);
  });
});
