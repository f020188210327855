import type { BoundDeclaration, Workspace } from "../../core";
import { figuresOf, type FigureOptions } from "../figures";
import type { Comparison, Workspaces } from "./comparison";
import { compareFacts } from "./facts";
import { compareFigures } from "./figures";

export type { ComparedFact, ComparedFigure, Comparison, FactValue, Workspaces } from "./comparison";
export { compareFacts } from "./facts";
export { compareFigures } from "./figures";
export { comparableKinds, isComparable } from "./kinds";

/** Two declarations of one kind, each key and each figure beside the other's. The figures are stated at `options`. */
export const compareDeclarations = (workspace: Workspace, left: BoundDeclaration, right: BoundDeclaration, options: FigureOptions = {}): Comparison =>
  compareIn({ left: workspace, right: workspace }, left, right, options);

/** The same where each side is seen in a workspace of its own: a declaration and what other values would make of it. */
export function compareIn(workspaces: Workspaces, left: BoundDeclaration, right: BoundDeclaration, options: FigureOptions = {}): Comparison {
  const { facts, equal } = compareFacts(workspaces, left, right);
  return { left, right, facts, equalFacts: equal, figures: compareFigures(figuresOf(workspaces.left, left, options), figuresOf(workspaces.right, right, options)) };
}
