import type { DeclarationFigures, ExplainParams } from "../../../../server/src/lsp/protocol";
import type { PageAddress } from "../../infrastructure/pages";

/** The path names the tab (`design.dsco report`); the query is the file. */
export const reportPath = (uri: string): PageAddress => ({ path: `/${fileName(uri)} report.md`, query: uri });

function fileName(uri: string): string {
  const name = uri.slice(uri.lastIndexOf("/") + 1);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

export type FigureChoice =
  | { readonly heading: string }
  | { readonly label: string; readonly description: string; readonly detail: string; readonly figure: Omit<ExplainParams, "uri"> };

/** The figures to choose from: of the declaration at a line first, then of the others in the order of the file. */
export function figureChoices(declarations: readonly DeclarationFigures[], line: number): readonly FigureChoice[] {
  const isHere = ({ firstLine, lastLine }: DeclarationFigures) => firstLine <= line && line <= lastLine;
  const ordered = [...declarations.filter(isHere), ...declarations.filter((declaration) => !isHere(declaration))];
  return ordered.flatMap(({ declaration, kind, figures }): readonly FigureChoice[] => [
    { heading: `${kind} ${declaration}` },
    ...figures.map(({ metric, title, value }) => ({ label: title, description: value, detail: `${declaration}.${metric}`, figure: { declaration, metric } })),
  ]);
}
