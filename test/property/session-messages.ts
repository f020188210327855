// The messages of fuzzed sessions: those that every editor sends, and those that none may send.
import type { DscoRequests } from "../../server/src/lsp/protocol";
import { pick, placeOf, properOffset, type Encoding } from "./session-texts";

/** A request of dsco's own that is missing here does not compile. */
const ownRequests: Readonly<Record<keyof DscoRequests, true>> = {
  "dsco/sourceText": true, "dsco/explain": true, "dsco/comparable": true, "dsco/compare": true, "dsco/importConfig": true, "dsco/agentTool": true,
  "dsco/report": true, "dsco/figures": true, "dsco/starter": true, "dsco/panel": true, "dsco/reportPage": true, "dsco/explanationTree": true,
  "dsco/sweep/start": true, "dsco/sweep/cancel": true, "dsco/sweep/apply": true, "dsco/sweep/compare": true, "dsco/sweep/options": true,
};

export const requestMethods: readonly string[] = [
  ...Object.keys(ownRequests),
  "textDocument/hover", "textDocument/completion", "textDocument/definition", "textDocument/documentSymbol", "textDocument/foldingRange", "textDocument/formatting", "textDocument/codeAction",
  "textDocument/codeLens", "textDocument/semanticTokens/full", "textDocument/semanticTokens/range", "textDocument/inlayHint", "textDocument/diagnostic",
  "textDocument/semanticTokens/full/delta", "textDocument/rename", "textDocument/prepareRename", "textDocument/references", "textDocument/documentHighlight", "textDocument/selectionRange",
  "textDocument/signatureHelp", "textDocument/documentLink", "textDocument/rangeFormatting", "textDocument/onTypeFormatting", "workspace/symbol", "workspace/diagnostic", "textDocument/nonsense",
  "workspace/willRenameFiles", "textDocument/declaration", "textDocument/linkedEditingRange",
];

/** Parameters that fit every request: each takes what it knows. */
export function paramsFor(uri: string, text: string, at: number, to: number, encoding: Encoding): Readonly<Record<string, unknown>> {
  const places = [at, to].sort((left, right) => left - right).map((part) => placeOf(text, properOffset(text, part), encoding));
  const [start, end] = [places[0] ?? { line: 0, character: 0 }, places[1] ?? { line: 0, character: 0 }];
  return {
    textDocument: { uri }, position: start, positions: [start, end], range: { start, end }, context: { diagnostics: [], triggerKind: 1, includeDeclaration: true },
    options: { tabSize: 2, insertSpaces: true }, ch: "\n", newName: "renamed", query: "a", previousResultId: "1", previousResultIds: [], files: [{ oldUri: uri, newUri: `${uri}.new` }],
    uri, declaration: "Train", metric: "step_time", text: "{\"model_type\": \"llama\"}",
    sweep: "Layouts", run: "none", design: 3,
    left: { uri, declaration: "Train" }, right: { uri, declaration: "Answers" },
    name: pick(["check", "report", "explain", "what_if", "compare", "sweep", "list_std", "language", "model", "plan"], Math.floor(at * 1000)), input: { text, name: "Train", file: "a.dsco", set: ["Split.pp = 4"] },
  };
}

/** The same parameters with one of them missing or of another shape, or none at all. */
export function damaged(good: Readonly<Record<string, unknown>>, damage: number): unknown {
  let deep: unknown = { line: 0, character: 0 };
  for (let level = 0; level < 3_000; level += 1) deep = { deeper: deep };
  const values: readonly unknown[] = [
    null, 3, "text", [], {}, { uri: null }, { uri: 7 }, { line: -1, character: 0 }, { line: "0", character: null }, { line: 0.5, character: 1e300 }, { start: null, end: {} }, true, [null], deep, "\ud800", { uri: "" },
  ];
  const keys = Object.keys(good);
  const key = pick(keys, damage);
  const value = pick(values, Math.floor(damage / keys.length));
  if (damage % 41 === 0) return value;
  return { ...good, [key]: value };
}

/** Parameters of a notification that no editor could mean: about a document that is open, one that is not, none. The first of 11 is well formed. */
export function badNotification(open: string, damage: number): unknown {
  const uri = "file:///nobody/opened/this.dsco";
  return pick<unknown>([
    { textDocument: { uri, version: 2 }, contentChanges: [{ text: "x" }] },
    { textDocument: { uri: open }, contentChanges: "none" }, { textDocument: { uri: open, version: 9 }, contentChanges: [{ text: "a" }, { text: 3 }] },
    { textDocument: { uri: open, version: 9 }, contentChanges: [{ text: "a", range: { start: { line: -1, character: 0 }, end: { line: 0, character: 0 } } }] },
    { textDocument: { uri: 3, text: "let a = 1", version: 1 } }, { textDocument: null }, {}, { changes: "all" }, { changes: [{ uri: null }] }, [], { textDocument: { uri, text: null, version: 1 } },
  ], damage);
}

/** Answers to nobody, cancellations of nothing, progress of none. */
export const noise: readonly object[] = [
  { id: 1_000_000, result: null }, { id: "nobody", error: { code: 1, message: "x" } }, { method: "$/cancelRequest", params: { id: 99_999_999 } }, { method: "$/cancelRequest", params: {} },
  { method: "$/progress", params: { token: 1, value: null } }, { method: "window/workDoneProgress/cancel", params: { token: "x" } }, { method: "initialized", params: {} }, { method: "$/setTrace", params: { value: "off" } },
];
