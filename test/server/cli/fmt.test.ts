import { describe, expect, it } from "vitest";
import { tiny } from "./designs";
import { runIn, words } from "./memory-host";

const loose = tiny.replace("layers      = 2", "layers=2");

describe("dsco fmt", () => {
  it("writes the canonical form", async () => {
    const { code, output, errors, files, written } = await runIn({ "a.dsco": loose }, ["fmt", "a.dsco"]);
    expect({ code, output, errors, written }).toEqual({ code: 0, output: "", errors: "", written: ["a.dsco"] });
    expect(files.get("a.dsco")).toBe(tiny);
  });

  it("writes no file that is in form already", async () => {
    expect(await runIn({ "a.dsco": tiny }, ["fmt", "a.dsco"])).toMatchObject({ code: 0, output: "", written: [] });
  });

  it("with --check lists what would change and writes nothing", async () => {
    expect(await runIn({ "a.dsco": tiny, "b.dsco": loose }, words("fmt --check a.dsco b.dsco"))).toMatchObject({ code: 1, output: "b.dsco\n", written: [] });
    expect(await runIn({ "a.dsco": tiny }, words("fmt --check a.dsco"))).toMatchObject({ code: 0, output: "", written: [] });
  });

  it("formats standard input to standard output", async () => {
    expect(await runIn({}, ["fmt", "-"], { input: loose })).toMatchObject({ code: 0, output: tiny, written: [] });
    expect(await runIn({}, words("fmt --check -"), { input: loose })).toMatchObject({ code: 1, output: "standard input\n" });
  });

  it("leaves a declaration with a syntax error as it is, formats the others, and ends with 1", async () => {
    const { code, errors, files } = await runIn({ "a.dsco": `let A =\n\nlet   B=2\n` }, ["fmt", "a.dsco"]);
    expect(code).toBe(1);
    expect(errors).toMatch(/^a\.dsco:1:\d+: error DSCO1002: .*; its declaration is left as it is\n$/);
    expect(files.get("a.dsco")).toBe("let A =\n\nlet B = 2\n");
  });

  it("says what is wrong in the words of check", async () => {
    const files = { "a.dsco": "model A {\n  layers =\n}\n" };
    const words = "`layers` needs a number: the line ends here";
    expect((await runIn(files, ["fmt", "a.dsco"])).errors).toBe(`a.dsco:2:3: error DSCO1002: ${words}; its declaration is left as it is\n`);
    expect((await runIn(files, ["check", "a.dsco"])).output).toContain(words);
  });

  it("keeps byte-order mark and carriage returns", async () => {
    const windows = (text: string) => `\ufeff${text.replaceAll("\n", "\r\n")}`;
    expect((await runIn({ "a.dsco": windows(loose) }, ["fmt", "a.dsco"])).files.get("a.dsco")).toBe(windows(tiny));
  });

  it("touches no file that is not UTF-8, says so, and goes on with the next", async () => {
    const { code, errors, written } = await runIn({ "a.dsco": new Uint8Array([0x6c, 0xff]), "b.dsco": loose }, words("fmt a.dsco b.dsco"));
    expect({ code, errors, written }).toEqual({ code: 2, errors: "dsco fmt: a.dsco: it is not UTF-8 text.\n", written: ["b.dsco"] });
  });

  it("says why a file cannot be written", async () => {
    expect(await runIn({ "a.dsco": loose }, ["fmt", "a.dsco"], { writeFault: "it may not be written" })).toMatchObject({
      code: 2, errors: "dsco fmt: a.dsco: it may not be written.\n",
    });
  });
});
