import { compareDeclarations, metricIds, type Comparison, type FigureOptions } from "../../analysis";
import { didYouMean, nearest, withArticle, type BoundDeclaration, type Diagnostic } from "../../core";
import { WrongUse } from "../command";
import { checkDesign, hasErrors, type Design } from "../design";
import { indent, wrap } from "../terminal-text";
import type { Side } from "./operands";
import { pairSides } from "./pairs";

/** What every format of `compare` shows: computed once, written three ways. */
export interface CompareDocument {
  readonly design: Design;
  readonly options: FigureOptions;
  /** Ids of metrics that were asked for; none: every figure that differs. */
  readonly metrics: readonly string[];
  readonly comparisons: readonly Comparison[];
  readonly only: readonly { readonly path: string; readonly declarations: readonly BoundDeclaration[] }[];
  readonly diagnostics: readonly Diagnostic[];
  /** Why nothing is compared, in sentences without their full stops: the errors of the design may be the reason. */
  readonly problems: readonly string[];
}

/** Throws `WrongUse` where nothing can be compared in a design without errors, and where no compared declaration has a metric that was asked for. */
export function buildComparison(design: Design, left: Side, right: Side, metrics: readonly string[], options: FigureOptions): CompareDocument {
  const found = pairSides(design, left, right);
  if (found.kind === "none") return withoutPairs(design, found.problems, metrics, options);
  const { pairs, onlyLeft, onlyRight } = found;
  requireMetrics(pairs.map((pair) => pair.left.keyword), metrics);
  const sides = [{ path: left.file.path, declarations: onlyLeft }, { path: right.file.path, declarations: onlyRight }];
  return {
    design, options, metrics, problems: [],
    comparisons: pairs.map((pair) => compareDeclarations(design.workspace, pair.left, pair.right, options)),
    only: sides.filter(({ declarations }) => declarations.length > 0),
    diagnostics: checkDesign(design),
  };
}

function withoutPairs(design: Design, problems: readonly string[], metrics: readonly string[], options: FigureOptions): CompareDocument {
  const diagnostics = checkDesign(design);
  if (!hasErrors(diagnostics)) throw new WrongUse(...problems);
  return { design, options, metrics, comparisons: [], only: [], diagnostics, problems };
}

function requireMetrics(keywords: readonly BoundDeclaration["keyword"][], metrics: readonly string[]): void {
  const kinds = [...new Set(keywords)];
  const known = [...new Set(kinds.flatMap(metricIds))];
  const [unknown] = metrics.filter((id) => !known.includes(id));
  if (unknown === undefined) return;
  const who = kinds.map((keyword) => withArticle(keyword).replace(/`/g, "")).join(" or ");
  if (known.length === 0) throw new WrongUse(`${who} has no figures: leave --metric out`);
  throw new WrongUse(`${who} has no metric \`${unknown}\`${didYouMean(nearest(unknown, known))}`, "  Its figures are:", ...indent(wrap(known.join(" "), 96), "    "));
}

/** What a reader of a comparison should know of the designs; notes on each of them are the report's. */
export const withoutNotes = (diagnostics: readonly Diagnostic[]): readonly Diagnostic[] => diagnostics.filter(({ severity }) => severity === "error" || severity === "warning");
