import { isComparable } from "../analysis";
import { fileScope, type FileScope, type Range, type Workspace } from "../core";
import type { FigureLens, LensKind } from "./code-lens";

/** What a lens may offer beside figures: a page of all of them, a comparison, a model from a config. */
export type LensAction = "report" | "compare" | "import";

export interface ActionLens {
  readonly action: LensAction;
  /** What it stands above; `undefined` for one that is about the file. */
  readonly declaration?: string | undefined;
  readonly range: Range;
}

/** A layout and a workload have no figures of their own to report. */
const actionsOf: Readonly<Record<LensKind, readonly LensAction[]>> = {
  models: ["report", "compare"], hardware: ["report", "compare"], layouts: ["compare"], plans: ["report", "compare"],
};

/**
 * What can be done with each declaration that has figures above it, in their order; in a file that says nothing yet, the import of a
 * model. `figures` are the lenses as they are shown: an action keeps its place with them while a text is broken.
 */
export function actionLenses(workspace: Workspace, uri: string, figures: readonly FigureLens[]): readonly ActionLens[] {
  const scope = fileScope(workspace, uri);
  if (!scope) return [];
  if (saysNothing(scope)) return [{ action: "import", range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } } }];
  const firsts = new Map([...figures].reverse().map((lens) => [lens.declaration, lens]));
  return figures.filter((lens) => firsts.get(lens.declaration) === lens).flatMap(({ kind, declaration, range }) =>
    actionsOf[kind].filter((action) => action !== "compare" || canBeCompared(scope, declaration)).map((action) => ({ action, declaration, range })));
}

const saysNothing = ({ source: { parsed } }: FileScope): boolean => parsed.file.declarations.length === 0 && parsed.errors.length === 0;

/** A header that cannot be read now belongs to what was compared before. */
function canBeCompared({ symbols }: FileScope, declaration: string): boolean {
  const symbol = symbols.get(declaration);
  return symbol?.kind !== "declaration" || isComparable(symbol.node.keyword);
}
