// The server's own work without a connection, phase by phase.
import { codeLenses, completion, diagnostics as fileDiagnostics, formatting, hover as hoverAt, inlayHints, isLensMetric, lensText, semanticTokens } from "../../server/src/ide";
import { toCompletionItem, toDiagnostic } from "../../server/src/lsp/convert";
import { createDocuments } from "../../server/src/lsp/documents";
import type { Disk } from "../../server/src/lsp/host";
import { createWorkspaceState } from "../../server/src/lsp/workspace-state";
import type { Position } from "../../server/src/core";

export { asJson, asJsonSchema, design, manyPlans, sharedFolder } from "./content";
export { planTimes } from "./plans";
export { millionDesigns, sweepRate } from "./sweeps";

export interface Phases {
  /** Applying the change to the text. */
  readonly change: number;
  /** Reading what has changed. */
  readonly parse: number;
  /** Binding, evaluating, rules. */
  readonly check: number;
  /** Putting the diagnostics into the protocol's words. */
  readonly convert: number;
}

const editor = { takesSnippets: true, takesInsertReplace: true, takesLabelDetails: true, runsCommands: true };

/** One document as the server holds it. */
export function openDesign(text: string) {
  const documents = createDocuments();
  const disk: Disk = { readFile: () => ({ kind: "failed", reason: "there is no such file" }), isInside: () => false, findFiles: () => Promise.resolve([]) };
  const state = createWorkspaceState(documents, { disk }, () => undefined, () => undefined);
  const uri = "file:///bench/design.dsco";
  let version = 1;
  documents.open(uri, version, text);

  const diagnose = () => fileDiagnostics(state.current(), uri);

  return {
    text: () => documents.get(uri)?.text ?? "",
    diagnose,
    /** An edit and its diagnostics; milliseconds a phase. */
    edit: (range: { readonly start: Position; readonly end: Position }, newText: string): Phases => {
      const start = performance.now();
      documents.change(uri, (version += 1), [{ range, text: newText }]);
      state.textChanged();
      const changed = performance.now();
      documents.get(uri)?.source();
      const parsed = performance.now();
      const found = diagnose();
      const checked = performance.now();
      JSON.stringify(found.map((diagnostic) => toDiagnostic(diagnostic, (address) => address)));
      const end = performance.now();
      return { change: changed - start, parse: parsed - changed, check: checked - parsed, convert: end - checked };
    },
    hover: (position: Position) => hoverAt(state.current(), uri, position),
    complete: (position: Position) => JSON.stringify(completion(state.current(), uri, position).items.map((item, index) => toCompletionItem(item, index, editor, { list: 0, index }))),
    /** What is computed when a reader looks at the last entry of a list: it lies furthest away. */
    lookAt: (position: Position) => completion(state.current(), uri, position).items.findLast((item) => item.more)?.more?.(),
    /** Of a screen of lines, as an editor asks for them. */
    hints: (line: number) => inlayHints(state.current(), uri, { start: { line: Math.max(0, line - 30), character: 0 }, end: { line: line + 30, character: 0 } }),
    tokens: () => semanticTokens(state.current(), uri),
    format: () => formatting(state.current(), uri),
    lenses: () => codeLenses(state.current(), uri),
    resolve: (declaration: string, metric: string) => (isLensMetric(metric) ? lensText(state.current(), uri, { declaration, metric }) : undefined),
  };
}
