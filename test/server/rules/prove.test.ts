// A quick fix is a promise: what is offered was tried, what did not work is left out.
import { describe, expect, test } from "vitest";
import type { Diagnostic, FixCandidate } from "../../../server/src/core";
import { applyEdits, checkFile, provedFixes } from "../../../server/src/rules";
import { workspaceOf, type Files } from "../../kit/diagnostics";

const address = (name: string) => `file:///design/${name}`;

/** The proved fixes of the one diagnostic of a code, and the text after each of them. */
function fixesOf(files: Files, name: string, code: string) {
  const workspace = workspaceOf(files);
  for (const file of files.keys()) checkFile(workspace, address(file));
  const found = checkFile(workspace, address(name)).filter((problem) => problem.code === code);
  expect(found.map((problem) => problem.code)).toEqual([code]);
  return found.flatMap((problem) => provedFixes(workspace, problem)).map((fix) => ({ title: fix.title, after: applyEdits(files.get(name) ?? "", fix.edits) }));
}

const design = (eol: string) =>
  ["model M {", "  layers      = 4", "  hidden_size = 64", "  vocab_size  = 1000", "  attention mha { heads = 4 }", "  ffn moe {", "    routed_experts    = 64 // in all",
    "    top_k             = 6", "    intermediate_size = 32", "    groups            = 8  // one a node", "  }", "}", ""].join(eol);

test.each([["LF", "\n"], ["CRLF", "\r\n"]])("a new line keeps the line ends of the file: %s", (_, eol) => {
  const [write] = fixesOf(new Map([["main.dsco", design(eol)]]), "main.dsco", "DSCO7020");
  expect(write?.after).toBe(design(eol).replace("one a node", `one a node${eol}    group_limit       = 4`));
  expect(write?.after === design(eol)).toBe(false);
});

describe("candidates that do not keep the promise are left out:", () => {
  const text = 'nic Card {\n  rate = 400 GB/s\n}\n';
  const files = new Map([["main.dsco", text]]);
  const start = text.indexOf("400");
  const replace = (newText: string): FixCandidate => ({ title: newText, edits: [{ start, end: start + "400 GB/s".length, newText }] });
  const offered = (...candidates: readonly FixCandidate[]) => {
    const workspace = workspaceOf(files);
    const problem = checkFile(workspace, address("main.dsco")).find(({ code }) => code === "DSCO7002");
    return provedFixes(workspace, { ...(problem as Diagnostic), fixes: () => candidates }).map((fix) => fix.title);
  };

  test("one that works is offered, once", () => expect(offered(replace("400 Gbps"), replace("400 Gbps"))).toEqual(["400 Gbps"]));
  test("the diagnostic stays", () => expect(offered(replace("500 GB/s"))).toEqual([]));
  test("an error takes its place", () => expect(offered(replace("400 GB"))).toEqual([]));
  test("the syntax breaks", () => expect(offered(replace("}"))).toEqual([]));
  test("edits overlap", () => {
    const { edits } = replace("400 Gbps");
    expect(offered({ title: "twice", edits: [...edits, ...edits] })).toEqual([]);
  });
});

describe("a diagnostic is followed through the edit, not counted:", () => {
  const text = "nic First {\n  rate = 400 GB/s\n}\nnic Second {\n  rate = 300 GB/s\n}\nnic Third {\n  rate = 400 Gbps\n}\n";
  const files = new Map([["main.dsco", text]]);
  const replace = (old: string, newText: string) => ({ start: text.indexOf(old), end: text.indexOf(old) + old.length, newText });
  const offered = (title: string, ...edits: FixCandidate["edits"]) => {
    const workspace = workspaceOf(files);
    const [problem] = checkFile(workspace, address("main.dsco")).filter(({ code }) => code === "DSCO7002");
    return provedFixes(workspace, { ...(problem as Diagnostic), fixes: () => [{ title, edits }] }).map((fix) => fix.title);
  };

  test("this one goes", () => expect(offered("first", replace("400 GB/s", "400 Gbps"))).toEqual(["first"]));
  test("another one of its code goes", () => expect(offered("second", replace("300 GB/s", "300 Gbps"))).toEqual([]));
  test("this one goes and another comes", () => expect(offered("third", replace("400 GB/s", "400 Gbps"), replace("400 Gbps", "401 GB/s"))).toEqual([]));
  test("both go and another comes", () =>
    expect(offered("all", replace("400 GB/s", "400 Gbps"), replace("300 GB/s", "300 Gbps"), replace("400 Gbps", "401 GB/s"))).toEqual([]));
});

describe("a corrected word may uncover what it hid:", () => {
  const model = (attention: string) => `model M {\n  layers = 4, hidden_size = 64, vocab_size = 1000\n  ${attention}\n  ffn dense { intermediate_size = 256 }\n}\n`;
  test.each([
    ["a block", model("atention gqa { heads = 4, kv_heads = 8, head_dim = 16 }"), "DSCO2023", model("attention gqa { heads = 4, kv_heads = 8, head_dim = 16 }"), "DSCO3011"],
    ["a key", model("attention mha { heds = 6 }"), "DSCO2020", model("attention mha { heads = 6 }"), "DSCO3013"],
    ["a phase that needs more keys", "workload W {\n  phase = trainin\n}\n", "DSCO2104", "workload W {\n  phase = training\n}\n", "DSCO2022"],
  ])("%s", (_, text, code, expected, uncovered) => {
    const fixes = fixesOf(new Map([["main.dsco", text]]), "main.dsco", code);
    expect(fixes.map(({ after }) => after)).toEqual([expected]);
    expect(checkFile(workspaceOf(new Map([["main.dsco", expected]])), address("main.dsco")).map((problem) => problem.code)).toContain(uncovered);
  });

  test("but not a word that is written already", () =>
    expect(fixesOf(new Map([["main.dsco", model("attention mha { heads = 4, hed_dim = 8, head_dim = 16 }")]]), "main.dsco", "DSCO2020")).toEqual([]));
});

test("a fix that would break a file that imports this one is left out", () => {
  const shared = "model Shared {\n  layers      = 4\n  hidden_size = 64\n  vocab_size  = 1000\n  attention gqa { heads = 16, kv_heads = 6, head_dim = 64 }\n  ffn dense { intermediate_size = 256 }\n}\n";
  const user = 'import { Shared } from "./shared.dsco"\nmodel User extends Shared {\n  require kv_bytes_per_token <= 6144 B\n}\n';
  const titles = (files: Files) => fixesOf(files, "shared.dsco", "DSCO3010").map(({ title }) => title.replace(/:.*/, ""));
  // 4 layers x 2 x 6 heads x 64 x 2 B = 6,144 B
  expect(titles(new Map([["shared.dsco", shared]]))).toEqual(["Set `kv_heads` to 4", "Set `kv_heads` to 8", "Set `heads` to 12", "Set `heads` to 18"]);
  expect(titles(new Map([["shared.dsco", shared], ["user.dsco", user]]))).toEqual(["Set `kv_heads` to 4", "Set `heads` to 12", "Set `heads` to 18"]);
});

test("a fix of a value that a base brings is written where it was asked for", () => {
  const base = "model Base {\n  layers      = 4\n  hidden_size = 64\n  vocab_size  = 1000\n  attention mha { heads = 4 }\n  ffn moe { routed_experts = 64, top_k = 4, intermediate_size = 32, groups = 8, group_limit = 2 }\n}\n";
  const main = 'import { Base } from "./base.dsco"\nmodel Mine extends Base {\n  ffn moe { top_k = 20 }\n}\n';
  const fixes = fixesOf(new Map([["main.dsco", main], ["base.dsco", base]]), "main.dsco", "DSCO5003");
  // 64 / 8 = 8 experts a group: 20 need three groups
  expect(fixes[0]).toEqual({ title: "Write `group_limit = 3`: at most 3 of 8 groups a token, 24 experts to choose from", after: main.replace("top_k = 20", "top_k = 20, group_limit = 3") });
});
