// The server's own work without a connection, phase by phase.
import { diagnostics as fileDiagnostics, codeLenses, completion, hover as hoverAt, isLensMetric, lensText } from "../../server/src/ide";
import { toDiagnostic } from "../../server/src/lsp/convert";
import { createDocuments } from "../../server/src/lsp/documents";
import type { Disk } from "../../server/src/lsp/host";
import { createWorkspaceState } from "../../server/src/lsp/workspace-state";
import type { Position } from "../../server/src/core";

export { asJson, asJsonSchema, design, manyPlans, sharedFolder } from "./content";
export { figuresOfPlan, planCases } from "./plans";

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

/** One document as the server holds it. */
export function openDesign(text: string) {
  const documents = createDocuments();
  const disk: Disk = { readFile: () => ({ kind: "failed", reason: "there is no such file" }), isInside: () => false, findFiles: () => Promise.resolve([]) };
  const state = createWorkspaceState(documents, { disk, letMessagesIn: () => Promise.resolve() }, () => undefined, () => undefined);
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
    complete: (position: Position) => completion(state.current(), uri, position).items,
    lenses: () => codeLenses(state.current(), uri),
    resolve: (declaration: string, metric: string) => (isLensMetric(metric) ? lensText(state.current(), uri, { declaration, metric }) : undefined),
  };
}
