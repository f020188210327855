/**
 * For any text: a tree, errors in place, a stable formatter, and edits read by the chunk like the whole.
 * `DSCO_FUZZ_RUNS` sets the number of cases in all (default 10,000), `DSCO_FUZZ_SEED` where they begin (default: anywhere).
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse, print, type ParsedText } from "../../grammar/src/index";

const runs = Math.max(5, Math.round(Number(process.env["DSCO_FUZZ_RUNS"] ?? 10_000) / 5));
const fixed = process.env["DSCO_FUZZ_SEED"];
const seed = fixed === undefined ? {} : { seed: Number(fixed) };

const fixtures = join(import.meta.dirname, "..", "grammar", "fixtures");
const corpus = ["valid", "errors"].flatMap((folder) => readdirSync(join(fixtures, folder))
  .map((name) => readFileSync(join(fixtures, folder, name), "utf8")));

/** Pieces that a `.dsco` file is made of, and pieces that break one. */
const fragments = [
  "model A {", "}", "{", "plan P {\n", "gpu G", "extends B", "of C", "import { A, B as C } from \"std:x\"\n", "import {", "let x = 3\n",
  "attention mla {", "heads = 128", "x", "=", ":", "==", "<=", ",", "\n", "\n\n", "\r\n", "\r", "  ", "\t", "0..2", "..", ".", "5..61 step 6",
  "[", "]", "(", ")", "[1, 2]", "min(1, 2)", "-", "+", "*", "/", "%", "^", "85%", "671B", "671 B", "14.8T tokens", "80GB", "1f1b", "1e999", "1.",
  ".5", "1__0", "5µs", "\"text\"", "\"", "\\", "// note\n", "/// doc\n", "/* c */", "/*", "*/", "require a <= 3", "measured b = 3 s from \"q\"",
  "# note\n", "\"a\": 1,", "a = gqa {", "a = 0:2", "a = 0, 1", "model 3B-x {", "gpu G : B {", "where c < 3", "maximize d", "minimize e.f", "true", "auto", "\u0000", "\ufeff", "😀", "\ud800", "é", "§", "×", "≤", ";", "\u2028", "\u00a0",
];

const fragmentText = fc.array(fc.constantFrom(...fragments), { maxLength: 40 }).map((parts) => parts.join(""));
const spacedText = fc.array(fc.constantFrom(...fragments), { maxLength: 40 }).map((parts) => parts.join(" "));

interface Edit {
  readonly at: number;
  /** Characters that are written twice, and characters that go. */
  readonly double: number;
  readonly remove: number;
  readonly insert: string;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  double: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(100) }),
  remove: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(200)),
  insert: fc.oneof(fc.constant(""), fc.constantFrom(...fragments), fc.string({ unit: "binary", maxLength: 5 })),
});

function apply(text: string, { at, double, remove, insert }: Edit): string {
  const offset = Math.floor(at * text.length);
  return text.slice(0, offset + double) + insert + text.slice(offset + remove);
}

/** Files that were well formed once: lines and tokens lost, doubled, moved. */
const mutated = fc.tuple(fc.constantFrom(...corpus), fc.array(edit, { maxLength: 6 }))
  .map(([text, edits]) => edits.reduce(apply, text));
const withLineEnds = fc.tuple(mutated, fc.constantFrom("\n", "\r\n", "\r"))
  .map(([text, ending]) => text.replace(/\r\n|\r|\n/gu, ending));
const anyText = fc.oneof(fragmentText, spacedText, mutated, withLineEnds, fc.string({ unit: "binary", maxLength: 200 }));

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** Every node lies inside its parent, and its own ends are in order. */
function misplaced(value: unknown, start: number, end: number, path: string): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => misplaced(item, start, end, `${path}[${index}]`));
  if (!isRecord(value)) return [];
  const own = typeof value["start"] === "number" && typeof value["end"] === "number"
    ? { start: value["start"], end: value["end"] } : { start, end };
  const isInside = start <= own.start && own.start <= own.end && own.end <= end;
  const here = isInside ? [] : [`${path}: ${own.start}..${own.end} in ${start}..${end}`];
  return [...here, ...Object.entries(value).flatMap(([key, child]) => misplaced(child, own.start, own.end, `${path}.${key}`))];
}

/** A tree without its positions; comments as their texts without what the formatter may change at their ends. */
function meaning(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(meaning);
  if (!isRecord(value)) return value;
  if ("text" in value && (value["kind"] === "line" || value["kind"] === "doc" || value["kind"] === "block")) {
    return String(value["text"]).trimEnd().replace(/\r\n|\r/gu, "\n");
  }
  return Object.fromEntries(Object.entries(value)
    .filter(([key]) => key !== "start" && key !== "end").map(([key, child]) => [key, meaning(child)]));
}

function check(text: string): ParsedText {
  const parsed = parse(text);
  expect(misplaced(parsed.file, 0, text.length, "file")).toEqual([]);
  for (const error of parsed.errors) {
    expect(0 <= error.start && error.start <= error.end && error.end <= text.length, error.message).toBe(true);
    for (const change of error.fix?.edits ?? []) {
      expect(0 <= change.start && change.start <= change.end && change.end <= text.length, error.message).toBe(true);
    }
    expect(error.message).not.toMatch(/undefined|NaN|\[object|Token|LeftB|RightB|InLine|expecting/u);
  }
  expect(parsed.chunks.map((chunk) => text.slice(chunk.start, chunk.end)).join("")).toBe(text);
  return parsed;
}

describe("for any text", { timeout: 300_000 }, () => {
  test("the tree and the errors lie inside the file", () => {
    fc.assert(fc.property(anyText, (text) => { check(text); }), { numRuns: runs * 2, ...seed });
  });

  test("formatting is idempotent and keeps the tree", () => {
    fc.assert(fc.property(anyText, (text) => {
      const parsed = parse(text);
      const printed = print(parsed);
      const again = parse(printed);
      expect(print(again)).toBe(printed);
      expect(meaning(again.file)).toEqual(meaning(parsed.file));
      expect(again.errors.length).toBe(parsed.errors.length);
    }), { numRuns: runs, ...seed });
  });

  test("edits read by the chunk give what a fresh read gives", () => {
    fc.assert(fc.property(fc.oneof(mutated, withLineEnds, fragmentText), fc.array(edit, { minLength: 1, maxLength: 4 }), (start, edits) => {
      let text = start;
      let parsed = parse(text);
      for (const change of edits) {
        text = apply(text, change);
        parsed = parse(text, parsed);
        const fresh = parse(text);
        // The quick comparison first: the other one is for its report.
        if (!isDeepStrictEqual(parsed, fresh)) expect(parsed).toEqual(fresh);
      }
    }), { numRuns: runs * 2, ...seed });
  });
});
