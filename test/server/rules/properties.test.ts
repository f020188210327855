// Whatever a model's numbers are, no rule throws, every diagnostic lies inside the file, and every fix that is offered
// removes what it mends without a new error.
import fc from "fast-check";
import { expect, test } from "vitest";
import { applyEachFix, checkIn, type Files } from "../../kit/diagnostics";
import { brokenPromises } from "../../kit/promise";

const runs = (count: number) => ({ numRuns: count });

/** What a careless hand writes where a number stands; `undefined` leaves the key out. */
const odd = fc.constantFrom(
  undefined, "0", "-1", "-8", "1.5", "1e300", "9_007_199_254_740_993", "671B", "8 GB", "80 B", "85%", "4K", "2Ki", "true", "auto", "bf16", '"8"', "[8, 16]", "0..3",
  "3..0", "0..1e9 step 7", "missing_name", "heads / 0", "hidden_size / heads", "layers", "2 ^ 400", "sqrt(0 - 1)", "1 +", "", "}",
);
const small = fc.integer({ min: 1, max: 20 }).map(String);
const usual = fc.constantFrom("1", "2", "3", "4", "6", "7", "8", "12", "16", "32", "48", "60", "64", "128", "256", "512", "4096", "7168", "131_072");

const block = (title: string, keys: readonly string[], value: fc.Arbitrary<string | undefined>) =>
  fc.tuple(...keys.map(() => value)).map((values) => {
    const lines = keys.flatMap((key, index) => (values[index] === undefined ? [] : [`${key} = ${values[index]}`]));
    return `${title} { ${lines.join(", ")} }`;
  });

const blocksOf = (value: fc.Arbitrary<string | undefined>, layers: fc.Arbitrary<string | undefined>) =>
  fc.oneof(
    block("attention gqa", ["heads", "kv_heads", "head_dim", "window"], value),
    block("attention mha", ["layers", "heads", "kv_heads"], fc.oneof(value, layers)),
    block("attention mqa", ["layers", "heads", "kv_heads"], fc.oneof(value, layers)),
    block("attention mla", ["heads", "q_lora_rank", "kv_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim"], value),
    block("attention mamba2", ["layers", "heads"], fc.oneof(value, layers)),
    block("ffn dense", ["layers", "intermediate_size"], fc.oneof(value, layers)),
    block("ffn moe", ["routed_experts", "top_k", "intermediate_size", "groups", "group_limit"], value),
    block("ffn moe", ["layers", "routed_experts", "shared_experts", "top_k", "intermediate_size", "shared_intermediate_size", "groups", "group_limit"], fc.oneof(value, layers)),
    block("mtp", ["depth", "acceptance"], value),
    block("precision", ["weights", "kv_cache", "kv_rope", "dispatch"], fc.oneof(value, fc.constantFrom("bf16", "fp8_e4m3"))),
    block("unknown thing", ["heads"], value),
  );

const statement = (value: fc.Arbitrary<string | undefined>) =>
  fc.tuple(fc.constantFrom("total_params", "kv_bytes_per_token", "weight_bytes", "nothing"), fc.constantFrom("<=", ">", "=="), value).map(
    ([metric, operator, bound]) => `require ${metric} ${operator} ${bound ?? ""}`,
  );

const model = (value: fc.Arbitrary<string | undefined>, layers: fc.Arbitrary<string | undefined>, header = "model M") =>
  fc.tuple(value, value, value, value, fc.array(fc.oneof({ weight: 5, arbitrary: blocksOf(value, layers) }, statement(value)), { maxLength: 5 })).map(
    ([layerCount, hidden, vocabulary, context, members]) => {
      const keys = [["layers", layerCount], ["hidden_size", hidden], ["vocab_size", vocabulary], ["max_context", context]] as const;
      const lines = [...keys.flatMap(([key, text]) => (text === undefined ? [] : [`${key} = ${text}`])), ...members];
      return `${header} {\n${lines.map((line) => `  ${line}\n`).join("")}}\n`;
    },
  );

const careless = fc.oneof({ weight: 3, arbitrary: usual }, { weight: 2, arbitrary: odd });
const carelessLayers = fc.oneof(fc.constantFrom("0", "0..1", "2..9", "[0, 3..60]", "1..64", "0..6 step 2"), odd);

test("no rule throws, and every diagnostic lies inside the file", () => {
  fc.assert(
    fc.property(model(careless, carelessLayers), model(careless, carelessLayers, "model N extends M"), (first, second) => {
      const text = first + second;
      for (const problem of checkIn(new Map([["main.dsco", text]]), "main.dsco")) {
        expect(problem.span.start).toBeLessThanOrEqual(problem.span.end);
        expect(problem.span.end).toBeLessThanOrEqual(text.length);
        expect(problem.message).not.toMatch(/undefined|NaN|\[object|Infinity/);
      }
    }),
    runs(1000),
  );
}, 60_000);

/** Every fix applied and checked anew; gives the codes it met, so that a test knows that it tested something. */
function holdFixes(files: Files): readonly string[] {
  return applyEachFix(files, "main.dsco").map(({ diagnostic, fix, before, after }) => {
    const what = `${diagnostic.code} ${fix.title}\n${files.get("main.dsco")}`;
    expect(brokenPromises(diagnostic, fix.title, before, after), what).toEqual([]);
    return diagnostic.code;
  });
}

const set = (key: string, value: string | null) => (value === null ? "" : `${key} = ${value}, `);

/** Holds the fixes of many models, and that enough of them had something to mend. */
function holdFixesOf(texts: fc.Arbitrary<string>, count: number, codes: readonly string[]): void {
  const met = new Set<string>();
  fc.assert(
    fc.property(texts, (text) => {
      for (const code of holdFixes(new Map([["main.dsco", text]]))) met.add(code);
    }),
    runs(count),
  );
  expect(codes.filter((code) => !met.has(code))).toEqual([]);
}

test("every fix of any layers, heads and experts keeps its promise", () => {
  const layers = fc.option(fc.constantFrom("0", "0..1", "1..3", "2..3", "[0, 2..3]", "1..4", "0..2 step 2"));
  const number = fc.oneof(small, usual);
  const texts = fc.record({
    hidden: number, heads: number, kvHeads: number, width: fc.option(number), kind: fc.constantFrom("mha", "mqa", "gqa"), attentionLayers: layers,
    experts: number, topK: number, groups: fc.option(number), limit: fc.option(number), moeLayers: layers,
  }).map((of) => [
    "model M {", "  layers = 4", `  hidden_size = ${of.hidden}`, "  vocab_size = 1000",
    `  attention ${of.kind} { ${set("layers", of.attentionLayers)}${set("head_dim", of.width)}heads = ${of.heads}, kv_heads = ${of.kvHeads} }`,
    "  ffn dense { layers = 0, intermediate_size = 64 }",
    `  ffn moe { ${set("layers", of.moeLayers)}${set("groups", of.groups)}${set("group_limit", of.limit)}routed_experts = ${of.experts}, top_k = ${of.topK}, intermediate_size = 64 }`,
    "}", "",
  ].join("\n"));
  holdFixesOf(texts, 250, ["DSCO3001", "DSCO3002", "DSCO3003", "DSCO3011", "DSCO3012", "DSCO3014", "DSCO3020", "DSCO5001"]);
}, 120_000);

test("every fix of any routing, in a model and in one that extends it, keeps its promise", () => {
  const texts = fc.record({
    experts: fc.constantFrom(8, 12, 16, 60, 64, 160, 256, 384), topK: fc.integer({ min: 1, max: 12 }), groups: fc.option(fc.integer({ min: 1, max: 16 })),
    limit: fc.option(fc.integer({ min: 1, max: 10 })), derivedTopK: fc.integer({ min: 1, max: 40 }), derivedGroups: fc.option(fc.integer({ min: 1, max: 16 })),
  }).map((of) => [
    "model M {", "  layers      = 4", "  hidden_size = 64", "  vocab_size  = 1000", "  attention gqa { heads = 8, kv_heads = 2 }", "  ffn moe {",
    `    routed_experts    = ${of.experts}`, `    top_k             = ${of.topK} // a token`, "    intermediate_size = 64",
    ...(of.groups === null ? [] : [`    groups            = ${of.groups}`]), ...(of.limit === null ? [] : [`    group_limit       = ${of.limit} // of them`]), "  }",
    "  require kv_bytes_per_token <= 200 B", "}", "",
    "model N extends M {", `  ffn moe { ${set("groups", of.derivedGroups === null ? null : String(of.derivedGroups))}top_k = ${of.derivedTopK} }`, "}", "",
  ].join("\n"));
  holdFixesOf(texts, 250, ["DSCO3020", "DSCO5001", "DSCO5002", "DSCO5003", "DSCO5004", "DSCO6001", "DSCO7020", "DSCO7021"]);
}, 120_000);
