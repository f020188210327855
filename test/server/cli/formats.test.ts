import { describe, expect, it } from "vitest";
import { z } from "zod";
import { misspelt, tiny } from "./designs";
import { runIn, words } from "./memory-host";

/** Two problems on files whose names need escaping; the second one points to an earlier place. */
const files = { "a b,c:%.dsco": misspelt, "twice.dsco": "let A = 1\nlet A = 2\n" };
const paths = Object.keys(files);

describe("check --format json", () => {
  it("gives files and diagnostics with ranges counted from zero", async () => {
    const { code, output } = await runIn(files, ["check", ...paths, "--format", "json"]);
    expect(code).toBe(1);
    expect(JSON.parse(output)).toEqual({
      version: 1,
      files: paths,
      diagnostics: [
        {
          code: "DSCO2020", severity: "error", file: "a b,c:%.dsco",
          message: "`attention mha` has no property `head`; did you mean `heads`?",
          range: { start: { line: 7, character: 18 }, end: { line: 7, character: 22 } },
        },
        {
          code: "DSCO2005", severity: "error", file: "twice.dsco",
          message: "`A` is already the name of a constant in this file",
          range: { start: { line: 1, character: 4 }, end: { line: 1, character: 5 } },
        },
      ],
    });
  });
});

/** The part of the SARIF 2.1.0 schema that the log uses; like the schema itself, it takes no other keys. */
const message = z.strictObject({ text: z.string().min(1) });
const region = z.strictObject({
  startLine: z.int().min(1), startColumn: z.int().min(1), endLine: z.int().min(1), endColumn: z.int().min(1),
});
const physicalLocation = z.strictObject({
  artifactLocation: z.strictObject({ uri: z.string().regex(/^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})+$/) }),
  region,
});
const sarif = z.strictObject({
  $schema: z.url(),
  version: z.literal("2.1.0"),
  runs: z.array(z.strictObject({
    tool: z.strictObject({
      driver: z.strictObject({
        name: z.literal("dsco"), version: z.string(), informationUri: z.url(),
        rules: z.array(z.strictObject({
          id: z.string(), shortDescription: message, fullDescription: message, helpUri: z.url(),
          defaultConfiguration: z.strictObject({ level: z.enum(["none", "note", "warning", "error"]) }),
        })),
      }),
    }),
    columnKind: z.literal("utf16CodeUnits"),
    results: z.array(z.strictObject({
      ruleId: z.string(), ruleIndex: z.int().min(0), level: z.enum(["none", "note", "warning", "error"]), message,
      locations: z.array(z.strictObject({ physicalLocation })).length(1),
      fixes: z.array(z.strictObject({
        description: message,
        artifactChanges: z.array(z.strictObject({
          artifactLocation: physicalLocation.shape.artifactLocation,
          replacements: z.array(z.strictObject({ deletedRegion: region, insertedContent: z.strictObject({ text: z.string() }) })).min(1),
        })).min(1),
      })).optional(),
      relatedLocations: z.array(z.strictObject({ id: z.int().min(0), physicalLocation, message })).optional(),
    })),
  })).length(1),
});

describe("check --format sarif", () => {
  it("is a SARIF 2.1.0 log whose rules are the codes that occur", async () => {
    const { code, output } = await runIn(files, ["check", ...paths, "--format", "sarif"]);
    expect(code).toBe(1);
    const [run] = sarif.parse(JSON.parse(output)).runs;
    expect(run?.tool.driver.rules.map((rule) => rule.id)).toEqual(["DSCO2005", "DSCO2020"]);
    expect(run?.results.map((result) => [result.ruleId, run.tool.driver.rules[result.ruleIndex]?.id])).toEqual([
      ["DSCO2020", "DSCO2020"], ["DSCO2005", "DSCO2005"],
    ]);
    expect(run?.results[0]?.locations[0]?.physicalLocation).toEqual({
      artifactLocation: { uri: "a%20b%2Cc%3A%25.dsco" },
      region: { startLine: 8, startColumn: 19, endLine: 8, endColumn: 23 },
    });
    expect(run?.results[1]?.relatedLocations).toHaveLength(1);
  });

  it("brings the fixes that were proved, and none for a text that is a what-if", async () => {
    const logOf = async (...words: readonly string[]) => sarif.parse(JSON.parse((await runIn({ "a.dsco": misspelt }, ["check", "a.dsco", "--format", "sarif", ...words])).output)).runs[0];
    const change = { deletedRegion: { startLine: 8, startColumn: 19, endLine: 8, endColumn: 23 }, insertedContent: { text: "heads" } };
    const run = await logOf();
    expect(run?.results[0]?.fixes).toEqual([{ description: { text: "Replace by `heads`" }, artifactChanges: [{ artifactLocation: { uri: "a.dsco" }, replacements: [change] }] }]);
    expect(run?.tool.driver.rules[0]?.helpUri.startsWith(`${run.tool.driver.informationUri}/`)).toBe(true);
    expect((await logOf("--set", "Tiny.layers=4"))?.results[0]?.fixes).toBeUndefined();
  });

  it("is a log without results for a design without problems", async () => {
    const { code, output } = await runIn({ "a.dsco": tiny }, words("check a.dsco --format sarif"));
    expect(code).toBe(0);
    expect(sarif.parse(JSON.parse(output)).runs[0]?.results).toEqual([]);
  });
});

describe("check --format github", () => {
  it("writes one annotation a diagnostic, escaped as GitHub asks", async () => {
    const { code, output } = await runIn(files, ["check", ...paths, "--format", "github"]);
    expect(code).toBe(1);
    expect(output.split("\n")).toEqual([
      "::error file=a b%2Cc%3A%25.dsco,line=8,endLine=8,col=19,endColumn=22,title=DSCO2020::`attention mha` has no property `head`; did you mean `heads`?",
      "::error file=twice.dsco,line=2,endLine=2,col=5,endColumn=5,title=DSCO2005::`A` is already the name of a constant in this file",
      "",
    ]);
  });

  it("says a warning as a warning and information as a notice", async () => {
    const { output } = await runIn({ "a.dsco": 'import { H800 } from "std:hardware/nvidia"\noperator Mix {\n}\n' }, words("check a.dsco --format github"));
    expect(output).toContain("::warning file=a.dsco,line=1,");
    expect(output).toContain("::notice file=a.dsco,line=2,");
  });
});

/** `let A = B` where `B` is none, behind a byte-order mark: editors count `B` as column 9 of line 1, from one. */
describe("a byte-order mark takes no column", () => {
  const wrong = "let A = B\n";
  it.each([
    ["text", /^a\.dsco:1:9: error/],
    ["json", /"start": \{\s*"line": 0,\s*"character": 8\s*\},\s*"end": \{\s*"line": 0,\s*"character": 9\s*\}/],
    ["sarif", /"startLine": 1,\s*"startColumn": 9,\s*"endLine": 1,\s*"endColumn": 10/],
    ["github", /^::error file=a\.dsco,line=1,endLine=1,col=9,endColumn=9,/],
  ])("--format %s", async (format, place) => {
    const { output } = await runIn({ "a.dsco": `\ufeff${wrong}` }, ["check", "a.dsco", "--format", format]);
    expect(output).toMatch(place);
    expect(output).toBe((await runIn({ "a.dsco": wrong }, ["check", "a.dsco", "--format", format])).output);
  });

  it.each([`${wrong}let C = D\n`, "\n\nlet A = B\n"])("below it columns are what they are: %j", async (text) => {
    const outputs = await Promise.all([text, `\ufeff${text}`].map(async (each) => (await runIn({ "a.dsco": each }, ["check", "a.dsco"])).output));
    expect(outputs[1]).toBe(outputs[0]);
  });

  it("nor in what the formatter says of a syntax error", async () => {
    const [plain, marked] = await Promise.all(["let A = )\n", "\ufefflet A = )\n"].map(async (text) => (await runIn({ "a.dsco": text }, ["fmt", "a.dsco"])).errors));
    expect(plain).toMatch(/^a\.dsco:1:1: .*\na\.dsco:1:9: /);
    expect(marked).toBe(plain);
  });
});
