import type { BoundDeclaration, Workspace } from "../../core";
import { figuresOf, type FigureOptions } from "../figures";
import type { Comparison } from "./comparison";
import { compareFacts } from "./facts";
import { compareFigures } from "./figures";

export type { ComparedFact, ComparedFigure, Comparison, FactValue, Workspaces } from "./comparison";
export { compareFacts } from "./facts";
export { compareFigures } from "./figures";
export { comparableKinds, isComparable } from "./kinds";

/** Two declarations of one kind, each key and each figure beside the other's. The figures are stated at `options`. */
export function compareDeclarations(workspace: Workspace, left: BoundDeclaration, right: BoundDeclaration, options: FigureOptions = {}): Comparison {
  const { facts, equal } = compareFacts({ left: workspace, right: workspace }, left, right);
  return { left, right, facts, equalFacts: equal, figures: compareFigures(figuresOf(workspace, left, options), figuresOf(workspace, right, options)) };
}
