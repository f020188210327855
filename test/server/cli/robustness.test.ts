import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tiny } from "./designs";
import { runIn, words } from "./memory-host";

/** Bytes of any kind, and texts that begin like a design and go astray. */
const content = fc.oneof(
  fc.uint8Array({ maxLength: 400 }),
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.tuple(fc.nat(tiny.length), fc.string({ unit: "binary", maxLength: 20 })).map(([at, text]) => tiny.slice(0, at) + text + tiny.slice(at)),
  fc.tuple(fc.nat(tiny.length), fc.nat(tiny.length)).map(([from, to]) => tiny.slice(0, from) + tiny.slice(to)),
);

const lines = [
  "check a.dsco", "check a.dsco --format json", "check a.dsco --format sarif", "check a.dsco --format github", "report a.dsco",
  "report a.dsco --format json", "report a.dsco --format markdown", "report a.dsco --format html", "explain a.dsco Tiny.total_params",
  "compare a.dsco DeepSeekV3", "compare a.dsco a.dsco:Tiny --format json", "compare DeepSeekV3 a.dsco --format markdown",
  "fmt a.dsco", "fmt --check a.dsco",
];

/** Many runs on a busy machine. */
const patient = { timeout: 120_000 };

describe("whatever a file holds", patient, () => {
  it.each(lines)("dsco %s answers with 0, 1 or 2 and no trace", async (line) => {
    await fc.assert(fc.asyncProperty(content, async (text) => {
      const { code, output, errors } = await runIn({ "a.dsco": text }, words(line));
      expect([0, 1, 2]).toContain(code);
      expect(output + errors).not.toMatch(/\n {4}at .*:\d+:\d+|TypeError|RangeError|undefined|\[object/);
      if (code === 2) expect(errors).not.toBe("");
      if (line.endsWith("json") || line.endsWith("sarif")) expect(code === 2 ? output === "" : typeof JSON.parse(output) === "object").toBe(true);
    }), { numRuns: 150 });
  });

  it("standard input is read like a file", async () => {
    await fc.assert(fc.asyncProperty(content, async (text) => {
      const [file, input] = [await runIn({ "-": text }, words("check ./- --format json")), await runIn({}, words("check - --format json"), { input: text })];
      expect(input.code).toBe(file.code);
      expect(input.output.replaceAll('"-"', '"./-"')).toBe(file.output);
    }), { numRuns: 50 });
  });

  it.each(["check a.dsco", "report a.dsco --format json", "fmt --check a.dsco"])("dsco %s takes a line of a megabyte", async (line) => {
    for (const text of [`let A = "${"x".repeat(1_000_000)}"\n`, `let ${"a".repeat(1_000_000)} = 1\n`, `let A = ${"b".repeat(1_000_000)}\n`, "model ".repeat(170_000), "(".repeat(1_000_000)]) {
      const { code, output } = await runIn({ "a.dsco": text }, words(line));
      expect([0, 1]).toContain(code);
      if (line === "check a.dsco") expect(Math.max(...output.split("\n").map((shown) => shown.length))).toBeLessThan(700);
    }
  });
});

describe("whatever is asked", patient, () => {
  const word = fc.oneof(
    fc.constantFrom("check", "report", "explain", "compare", "fmt", "std", "init", "lsp", "help", "a.dsco", "-", "--", "--format", "--format=json", "--set", "--set=Tiny.layers=3", "--check", "--context", "8", "--help"),
    fc.string({ unit: "binary", maxLength: 12 }),
  );

  it("the answer is 0, 1 or 2, with a sentence where it is 2", async () => {
    await fc.assert(fc.asyncProperty(fc.array(word, { maxLength: 5 }), async (given) => {
      const { code, output, errors } = await runIn({ "a.dsco": tiny }, given, { input: tiny });
      expect([0, 1, 2]).toContain(code);
      expect(output + errors).not.toMatch(/TypeError|RangeError|ERR_|\n {4}at /);
      if (code === 2) expect(errors).toMatch(/^dsco/);
    }), { numRuns: 1000 });
  });

  it("a what-if is applied or refused in one sentence", async () => {
    const part = fc.oneof(fc.constantFrom("Tiny", "layers", "attention", "attention[0]", "mha", "ffn", "dense", "precision", "mtp", "depth", "heads", "kv_cache"), fc.string({ unit: "binary", maxLength: 6 }));
    const value = fc.oneof(fc.constantFrom("4", "fp8_e4m3", "8 GB", "[1]", "0..1", "}", "1 }", "1, layers = 2", "Tiny.layers", "\"x\""), fc.string({ unit: "binary", maxLength: 10 }));
    await fc.assert(fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 4 }), value, async (path, text) => {
      const { code, errors } = await runIn({ "a.dsco": tiny }, ["check", "a.dsco", `--set=${path.join(".")}=${text}`]);
      expect([0, 1, 2]).toContain(code);
      expect(errors === "" ? 1 : errors.split("\n").length).toBe(code === 2 ? 2 : 1);
    }), { numRuns: 1000 });
  });
});
