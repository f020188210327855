// The problem matcher of the manifest against what `dsco check` prints.
import { describe, expect, test } from "vitest";
import manifest from "../../package.json";
import { misspelt, tiny } from "../server/cli/designs";
import { runIn } from "../server/cli/memory-host";

const { problemMatchers, problemPatterns } = manifest.contributes;
const [pattern] = problemPatterns;
const regexp = new RegExp(pattern?.regexp ?? "");

interface Problem {
  readonly file: string | undefined;
  readonly line: number;
  readonly column: number;
  readonly severity: string | undefined;
  readonly code: string | undefined;
  readonly message: string | undefined;
}

/** As VS Code applies it: to each line on its own, after it has taken the colours away. */
function problemsOf(output: string): readonly Problem[] {
  return output.split("\n").flatMap((line): readonly Problem[] => {
    const found = regexp.exec(line.replace(/\u001B\[[\d;]*m/g, ""));
    if (!found || !pattern) return [];
    const { file, line: lineGroup, column, severity, code, message } = pattern;
    return [{ file: found[file], line: Number(found[lineGroup]), column: Number(found[column]), severity: found[severity], code: found[code], message: found[message] }];
  });
}

interface Reported {
  readonly diagnostics: readonly {
    readonly file: string; readonly code: string; readonly severity: string; readonly message: string;
    readonly range: { readonly start: { readonly line: number; readonly character: number } };
  }[];
}

/** What JSON says of the same files, in the words of the text. Hints are for editors. */
async function expected(files: Readonly<Record<string, string>>): Promise<readonly Problem[]> {
  const { output } = await runIn(files, ["check", "--format", "json"]);
  return (JSON.parse(output) as Reported).diagnostics.filter(({ severity }) => severity !== "hint").map(({ file, code, severity, message, range: { start } }) => ({
    file, line: start.line + 1, column: start.character + 1, severity: severity === "information" ? "note" : severity, code, message,
  }));
}

/** An error, a warning and a note in one file; a folder and a space in the name of another; a text that looks like a diagnostic. */
const files = {
  "a.dsco": misspelt,
  "deep er/b.dsco": `import { Missing } from "./c.dsco"\n${tiny.replace("heads = 2", "heads = 2 // x.dsco:1:1: error DSCO2000: not this").replace("layers      = 2", "layers = zwei")}`,
  "notes.dsco": "routing Later of Nothing {\n}\n",
};

describe("$dsco", () => {
  test("finds every diagnostic that `dsco check` prints, and nothing else", async () => {
    const wanted = await expected(files);
    expect(new Set(wanted.map(({ severity }) => severity)).size).toBeGreaterThan(1);
    expect(new Set(wanted.map(({ file }) => file)).size).toBe(3);
    const { output } = await runIn(files, ["check"]);
    expect(problemsOf(output)).toEqual(wanted);
  });

  test("finds them in colours", async () => {
    const { output } = await runIn(files, ["check"], { color: true });
    expect(output).toContain("\u001B[");
    expect(problemsOf(output)).toEqual(await expected(files));
  });

  test.each([
    ["C:\\designs\\a.dsco:3:5: error DSCO2020: no", { file: "C:\\designs\\a.dsco", line: 3, column: 5, severity: "error", code: "DSCO2020", message: "no" }],
    ["../a:b.dsco:3:5: note DSCO7003: a: b", { file: "../a:b.dsco", line: 3, column: 5, severity: "note", code: "DSCO7003", message: "a: b" }],
  ])("reads %s", (line, problem) => {
    expect(problemsOf(line)).toEqual([problem]);
  });

  test.each(["  12 | a.dsco:3:5: error DSCO2020: no", "no errors in 1 file", "  = defined here: a.dsco:3:5", "a.dsco: … and 3 more (use --format json for all)"])("takes %s for no diagnostic", (line) => {
    expect(problemsOf(line)).toEqual([]);
  });
});

test("$dsco-watch sees where a check begins again and where it ends", async () => {
  const background = problemMatchers.find(({ name }) => name === "dsco-watch")?.background;
  const { output } = await runIn({ "a.dsco": tiny }, ["check", "--watch"], { edits: [{ "a.dsco": misspelt }, { "a.dsco": tiny }] });
  const lines = output.split("\n");
  const indices = (expression: string | undefined) => lines.flatMap((line, index) => (new RegExp(expression ?? "$^").test(line) ? [index] : []));
  const [begins, ends] = [indices(background?.beginsPattern), indices(background?.endsPattern)];
  expect(begins).toHaveLength(2);
  expect(ends).toHaveLength(3);
  // The check of the misspelt text stands between the first beginning and the second end.
  expect(problemsOf(lines.slice(begins[0], ends[1]).join("\n"))).toEqual(await expected({ "a.dsco": misspelt }));
  expect(problemsOf(lines.slice(begins[1], ends[2]).join("\n"))).toEqual([]);
});

test("both leave open documents to the language server", () => {
  expect(problemMatchers.map(({ name, owner, applyTo, pattern: uses }) => ({ name, owner, applyTo, uses }))).toEqual(
    ["dsco", "dsco-watch"].map((name) => ({ name, owner: "dsco", applyTo: "closedDocuments", uses: `$${pattern?.name}` })),
  );
});
