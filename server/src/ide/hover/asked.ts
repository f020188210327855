import { fullFigure, writtenNumber, type FigureOptions, type MetricFigure } from "../../analysis";
import type { BoundDeclaration, FileScope, PropertyValue, Workspace } from "../../core";
import { describeAny, figureLines } from "../describe";

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

/** As it was written; what is computed with four digits and all of them. */
export const valueText = (found: PropertyValue): string | undefined => found.value && (writtenNumber(found) ?? describeAny(found.value, found.spec));
