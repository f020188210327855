// Files far beyond any design: nothing throws, what is said stays readable, and the work grows with the file, not with its square.
import { expect, test } from "vitest";
import { openWorkspace } from "../../../server/src/analysis";
import { renderDiagnostics } from "../../../server/src/cli/diagnostics/text";
import { styleFor } from "../../../server/src/cli/terminal-text";
import { createSource, type Diagnostic } from "../../../server/src/core";
import { codeLenses, semanticTokens } from "../../../server/src/ide";
import { checkFile, provedFixes } from "../../../server/src/rules";

const uri = "file:///large.dsco";

function workspaceOf(text: string) {
  const source = createSource(uri, text);
  return openWorkspace(() => ({ kind: "source", source }));
}

const times = (count: number, make: (index: number) => string): string => Array.from({ length: count }, (_, index) => make(index)).join("");
const model = (name: string, keys = "", ffn = "") =>
  `model ${name} {\n  layers = 2\n  hidden_size = 8\n  vocab_size = 8\n${keys}  attention mha { heads = 2 }\n  ffn dense { ${ffn}intermediate_size = 8 }\n}\n`;

interface Large {
  readonly text: string;
  /** Problems that it has, hints included: by hand, not by what the check said. */
  readonly found: number | "some";
}

const large: Readonly<Record<string, () => Large>> = {
  "5,000 constants, each of the one before": () => ({ text: `let a0 = 1\n${times(5000, (i) => `let a${i + 1} = a${i} + 1\n`)}`, found: 0 }),
  // Every 500th on the way is one too far away from the end that is known; which ones, the chain's limit says.
  "5,000 constants, each of the one behind": () => ({ text: `${times(5000, (i) => `let a${i} = a${i + 1} + 1\n`)}let a5000 = 1\n`, found: "some" }),
  "2,000 models, each of the one before": () => ({ text: model("M0") + times(2000, (i) => `model M${i + 1} extends M${i} { hidden_size = ${16 + 8 * i} }\n`), found: 0 }),
  "2,000 models, each of the one behind": () => ({ text: times(2000, (i) => `model M${2000 - i} extends M${1999 - i} { hidden_size = ${16 + 8 * i} }\n`) + model("M0"), found: "some" }),
  "a line of 600 KB with thousands of errors": () => ({ text: `model A { ${"x = = ".repeat(1500)}/*${" ".repeat(600_000)}*/ ${"x = = ".repeat(500)}`, found: "some" }),
  // More than a call takes arguments.
  "a list of 130,000 layers": () => ({ text: model("M", "", `layers = [${times(130_000, (i) => `${2 * i}, `)}0], `), found: "some" }),
  "a list of 130,000 unknown names": () => ({ text: `let a = [${"b, ".repeat(130_000)}b]\n`, found: 130_001 }),
  "10,000 constants": () => ({ text: times(10_000, (i) => `let a${i} = ${i}\n`), found: 0 }),
  "10,000 values that are missing": () => ({ text: times(10_000, (i) => `let a${i} =\n`), found: 10_000 }),
  "2,000 unknown names": () => ({ text: times(2000, (i) => `let a${i} = wrong_name_${i}\n`), found: 2000 }),
  "one name of 100,000 letters": () => ({ text: `let ${"a".repeat(100_000)} = ${"b".repeat(100_000)}\n`, found: 1 }),
  "5,000 keys that a block does not have": () => ({ text: model("M", "  key = 1\n".repeat(5000)), found: "some" }),
};

test.each(Object.entries(large))("%s", (_, make) => {
  const { text, found } = make();
  const workspace = workspaceOf(text);
  const problems = checkFile(workspace, uri);
  if (found === "some") expect(problems.length).toBeGreaterThan(0);
  else expect(problems).toHaveLength(found);

  for (const { message, related = [] } of problems) {
    if (message.length > 500 || related.some((one) => one.message.length > 500)) expect(message).toBe("at most 500 characters");
  }
  for (const problem of problems.slice(0, 1)) for (const fix of provedFixes(workspace, problem)) expect(fix.title.length).toBeLessThanOrEqual(500);

  expect(() => [semanticTokens(workspace, uri), codeLenses(workspace, uri)]).not.toThrow();

  const printed = renderDiagnostics({ files: [], workspace, showUri: (address) => address }, problems, styleFor(false));
  expect(printed.split("\n").length).toBeLessThan(2000);
  expect(Math.max(...printed.split("\n").map((line) => line.length))).toBeLessThan(1000);
  const toRead = problems.filter(({ severity }) => severity !== "hint").length;
  expect(printed.includes(`… and ${(toRead - 200).toLocaleString("en")} more (use --format json for all)`)).toBe(toRead > 200);
}, 60_000);

test("of a file with very many problems no error gives way to a note", () => {
  const workspace = workspaceOf("let a = 1\n");
  const warning = (index: number): Diagnostic => ({ code: "DSCO7000", severity: "warning", message: `warning ${index}`, uri, span: { start: 0, end: 1 } });
  const error: Diagnostic = { ...warning(0), severity: "error", message: "the one error" };
  const lines = renderDiagnostics({ files: [], workspace, showUri: () => "large.dsco" }, [...Array.from({ length: 300 }, (_, index) => warning(index)), error], styleFor(false));
  expect(lines).toContain("the one error");
  expect(lines).toContain("warning 198\n");
  expect(lines).not.toContain("warning 199\n");
  expect(lines.endsWith("large.dsco: … and 101 more (use --format json for all)\n")).toBe(true);
});

/** Processor time of the quickest of three runs, in milliseconds: what else the machine does does not count. */
function cost(run: () => void): number {
  return Math.min(...[1, 2, 3].map(() => {
    const start = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  }));
}

// What grows with the square takes 16 times as long for a file 4 times as large.
test.each([
  ["constants, each of the one before", (count: number) => `let a0 = 1\n${times(count, (i) => `let a${i + 1} = a${i} + 1\n`)}`, 1500],
  ["models, each of the one before", (count: number) => model("M0") + times(count, (i) => `model M${i + 1} extends M${i} { hidden_size = ${16 + 8 * i} }\n`), 300],
] as const)("the time to check %s grows with their number", (_, make, count) => {
  const check = (text: string) => {
    const source = createSource(uri, text);
    const open = (previous?: ReturnType<typeof openWorkspace>) => openWorkspace(() => ({ kind: "source", source }), previous);
    return cost(() => {
      const first = open();
      checkFile(first, uri);
      checkFile(open(first), uri);
    });
  };
  const small = check(make(count));
  expect(check(make(4 * count)) / small).toBeLessThan(10);
}, 60_000);
