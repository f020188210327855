import { compareDeclarations, type Comparison, type FigureOptions } from "../../analysis";
import type { BoundDeclaration, Diagnostic } from "../../core";
import type { Cancellation } from "../../rules";
import { checkDesign, hasErrors, type Design } from "../design";
import { WrongUse } from "../wrong-use";
import type { Side } from "./operands";
import { pairSides } from "./pairs";

/** What is known of two designs beside each other, whatever it is written as. */
export interface CompareDocument {
  readonly design: Design;
  readonly options: FigureOptions;
  readonly comparisons: readonly Comparison[];
  /** What has no like on the other side, by file. */
  readonly only: readonly { readonly path: string; readonly declarations: readonly BoundDeclaration[] }[];
  readonly diagnostics: readonly Diagnostic[];
  /** Why nothing is compared, in sentences without their full stops: the errors of the design may be the reason. */
  readonly problems: readonly string[];
}

/** Throws `WrongUse` where nothing can be compared in a design without errors, and `Cancelled` when asked to stop. */
export function buildComparison(design: Design, left: Side, right: Side, options: FigureOptions, cancellation?: Cancellation): CompareDocument {
  const found = pairSides(design, left, right);
  if (found.kind === "none") return withoutPairs(design, found.problems, options, cancellation);
  const { pairs, onlyLeft, onlyRight } = found;
  const sides = [{ path: left.file.path, declarations: onlyLeft }, { path: right.file.path, declarations: onlyRight }];
  return {
    design, options, problems: [],
    comparisons: pairs.map((pair) => compareDeclarations(design.workspace, pair.left, pair.right, options)),
    only: sides.filter(({ declarations }) => declarations.length > 0),
    diagnostics: checkDesign(design, cancellation),
  };
}

function withoutPairs(design: Design, problems: readonly string[], options: FigureOptions, cancellation: Cancellation | undefined): CompareDocument {
  const diagnostics = checkDesign(design, cancellation);
  if (!hasErrors(diagnostics)) throw new WrongUse(...problems);
  return { design, options, comparisons: [], only: [], diagnostics, problems };
}

/** What a reader of a comparison should know of the designs; notes on each of them are the report's. */
export const withoutNotes = (diagnostics: readonly Diagnostic[]): readonly Diagnostic[] => diagnostics.filter(({ severity }) => severity === "error" || severity === "warning");
