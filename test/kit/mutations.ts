// Designs as they are in the middle of an edit or after a bad one: lines lost, doubled and moved, numbers, units and words
// that no author meant. Each change says itself where it is, so that a text and its changes can be replayed and shrunk.
import fc from "fast-check";

export interface Mutation {
  readonly kind: "delete" | "duplicate" | "insert" | "number" | "scale" | "unit" | "word" | "line" | "move";
  /** Where, from 0 to 1. */
  readonly at: number;
  /** Characters or lines that are meant. */
  readonly size: number;
  /** Which of the kind's own texts. */
  readonly pick: number;
}

export const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom("number", "number", "scale", "scale", "scale", "unit", "word", "word", "line", "delete", "duplicate", "insert", "move"),
  at: fc.nat(9_999).map((part) => part / 10_000),
  size: fc.nat(60),
  pick: fc.nat(10_000),
});

/** Mutations of values and whole lines: nearly every text that they leave is one that parses. */
export const meaningfulMutation: fc.Arbitrary<Mutation> = mutation.map((change) => ({
  ...change, kind: change.kind === "delete" || change.kind === "duplicate" || change.kind === "insert" ? "number" : change.kind,
}));

const numbers = [
  "0", "1", "-1", "-7168", "0.5", "1e308", "-1e308", "1e309", "1e-308", "5e-324", "9007199254740993", "123456789012345678901234567890", "2147483648", "3", "7", "1e15",
  "0.1", "1e-9", "100%", "0%", "-5%", "1e6%", "0..2", "2..0", "[1, 0, 3]", "auto", "true", "(1 / 0)", "(0 / 0)", "(2 ^ 4096)", "sqrt(-1)", "log2(0)", "999_999_999", "1T", "64Ki",
];
const units = [" B", " KB", " GB", " TB", " GiB", " TB/s", " GB/s", " Gbps", " ns", " s", " h", " d", " GFLOP", " PFLOPS", " kW", " W", " kWh", " USD", " USD/h", " tokens", " tokens/s", " GHz", "%", "K", "M", "T", "Ki", ""];
const words = [
  "training", "prefill", "decode", "1f1b", "interleaved", "zb1p", "dualpipe", "dualpipev", "none", "selective", "full", "mla", "gqa", "mha", "mqa", "mamba2", "lightning", "gated_delta", "kda",
  "dense", "moe", "fat_tree", "multi_rail_fat_tree", "multi_plane_fat_tree", "dragonfly", "slim_fly", "torus", "bf16", "fp8_e4m3", "nvfp4", "int4", "fp32", "host", "true", "false", "auto",
  "model", "plan", "hardware", "parallelism", "workload", "gpu", "nic", "service", "sweep", "let", "extends", "import", "require", "measured", "layers", "hidden_size", "vocab_size",
  "heads", "kv_heads", "head_dim", "kv_lora_rank", "routed_experts", "top_k", "intermediate_size", "groups", "group_limit", "tp", "pp", "ep", "dp", "cp", "etp", "vp", "zero", "schedule",
  "micro_batch_size", "global_batch_size", "sequence_length", "batch_per_gpu", "context_length", "prompt_length", "gpus_per_node", "nodes", "nics_per_node", "planes", "tiers", "switch_ports", "window",
];
/** By which a number is taken: most designs stay possible. */
const factors = [2, 3, 4, 7, 10, 64, 1000, 1e6, 1 / 2, 1 / 3, 1 / 4, 1 / 8, 1 / 64, 1 / 1000];
/** Pieces that a file is made of, and pieces that break one. */
export const fragments = [
  "{", "}", "[", "]", "(", ")", "=", "==", "<=", ",", ".", "..", "\"", "/*", "*/", "// note\n", "/// doc\n", "\n", "\r\n", "\r", "\t", "\u0000", "\ufeff", "😀", "é", "\ud800", "\udc00", "\u2028", "\u00a0",
  "model A {\n", "plan P {\n", "let x = x\n", "let y = 3 GB\n", "import { A } from \"./a.dsco\"\n", "import { H100 } from \"std:hardware/nvidia\"\n", "attention mla { heads = 8 }\n", "ffn moe { top_k = 0 }\n",
  "window = 0\n", "sparse { indexer_heads = 1, indexer_head_dim = 64, top_k = 64 }\n", "mtp { depth = 3 }\n", "precision { weights = nvfp4 }\n", "require tpot <= 1 ms\n", "measured step_time = 0 s from \"x\"\n",
  "efficiency { gemm = 0 }\n", "offload { experts = host }\n", "redundant_experts = 1000\n", "imbalance = 0.5\n", "acceptance = 100%\n", "price = -1 USD/h\n", "dual_micro_batch = true\n", "extends A ",
];

const numberPattern = /(?<=[=<>,[(.] *|\.\. *)-?\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?/g;

const pickOf = <Item>(items: readonly Item[], index: number): Item | undefined => items[index % items.length];

/** The text with one thing wrong. A text without anything of the kind stays as it is. */
export function mutate(text: string, { kind, at, size, pick }: Mutation): string {
  const offset = Math.floor(at * (text.length + 1));
  const replaceMatch = (pattern: RegExp, replacement: string | ((matched: string) => string)) => {
    const matches = [...text.matchAll(pattern)];
    const match = matches[Math.floor(at * matches.length)];
    if (!match) return text;
    return text.slice(0, match.index) + (typeof replacement === "string" ? replacement : replacement(match[0])) + text.slice(match.index + match[0].length);
  };
  const overLines = (change: (lines: string[], line: number) => void) => {
    const lines = text.split("\n");
    change(lines, Math.floor(at * lines.length));
    return lines.join("\n");
  };
  switch (kind) {
    case "delete": return text.slice(0, offset) + text.slice(offset + size);
    case "duplicate": return text.slice(0, offset + size) + text.slice(offset);
    case "insert": return text.slice(0, offset) + (pickOf(fragments, pick) ?? "") + text.slice(offset);
    case "number": return replaceMatch(numberPattern, pickOf(numbers, pick) ?? "");
    case "scale": return replaceMatch(numberPattern, (written) => {
      const value = Number(written.replaceAll("_", "")) * (pickOf(factors, pick) ?? 1);
      const scaled = Math.max(-1e308, Math.min(/[.e]/.test(written) ? value : Math.ceil(value), 1e308));
      return String(scaled);
    });
    case "unit": return replaceMatch(/(?<=\d)(?: (?:[KMGTP]i?B(?:\/s)?|B|[num]?s|h|d|[KMGT]bps|[GTP]FLOPS?|k?W|USD(?:\/h)?|tokens)\b|[KMGT]i?\b|%)/g, pickOf(units, pick) ?? "");
    case "word": return replaceMatch(/\b[a-z][a-z0-9_]+\b/g, pickOf(words, pick) ?? "");
    case "line": return overLines((lines, line) => void lines.splice(line, 1 + (size % 3)));
    case "move": return overLines((lines, line) => void lines.splice(pick % lines.length, 0, ...lines.splice(line, 1 + (size % 4))));
  }
}
