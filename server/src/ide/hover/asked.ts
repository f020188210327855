import type { FigureOptions, MetricFigure } from "../../analysis";
import type { BoundDeclaration, FileScope, PropertyValue, Workspace } from "../../core";
import { describeAny, figureLines } from "../describe";
import { fullFigure } from "../../analysis";

export interface HoverOptions extends FigureOptions {
  /** The address that opens the explanation of a figure, in an editor that has one. */
  readonly explanationOf?: ((declaration: BoundDeclaration, metric: string) => string) | undefined;
}

/** What every part of a hover is asked about. */
export interface Asked {
  readonly workspace: Workspace;
  readonly scope: FileScope;
  readonly options: HoverOptions;
}

export const isInapplicable = ({ figure }: MetricFigure): boolean => figure.kind === "unavailable" && figure.inapplicable === true;

/** One line a figure, with a link to its explanation where the editor opens one. Markdown. */
export const linesOf = (workspace: Workspace, bound: BoundDeclaration, metrics: readonly MetricFigure[], options: HoverOptions): readonly string[] =>
  figureLines(metrics, linkOf(options, bound), (metric) => fullFigure(workspace, bound, metric));

const linkOf = ({ explanationOf }: HoverOptions, declaration: BoundDeclaration) => explanationOf && ((metric: string) => explanationOf(declaration, metric));

export const list = (lines: readonly string[]): string => lines.map((line) => `* ${line}`).join("\n");

export const valueText = ({ value, spec }: PropertyValue): string | undefined => value && describeAny(value, spec);
