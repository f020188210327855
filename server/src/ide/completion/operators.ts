/** Behind a figure: how it is compared. */

import type { ComparisonOperator, DeclarationKeyword } from "../../../../grammar/src";
import { metricUnit } from "../../analysis";
import type { Draft } from "./draft";
import { beforeWord, type StatementWord } from "./writing";

const meanings: Readonly<Record<ComparisonOperator, string>> = { "<=": "at most", ">=": "at least", "<": "below", ">": "above", "==": "exactly" };

const ofLimits: readonly ComparisonOperator[] = ["<=", ">=", "<", ">", "=="];
const ofGoals: readonly ComparisonOperator[] = [">=", "<=", ">", "<", "=="];

/** `before`: the statement behind its first word, up to the cursor; `after`: the text behind the cursor. */
export function operatorDrafts(statement: StatementWord, keyword: DeclarationKeyword, before: string, after: string): readonly Draft[] {
  if (!/\s$/.test(before) || beforeWord(before) !== "operand" || isInBrackets(before) || /^[ \t]*[<>=]/.test(after)) return [];
  if (statement === "measured") return [draft("=", "what was measured", 0)];
  if (statement !== "require" && statement !== "where") return [];
  return (isGoal(keyword, before.trim()) ? ofGoals : ofLimits).map((operator, rank) => draft(operator, meanings[operator], rank));
}

const draft = (operator: string, detail: string, rank: number): Draft => ({ label: operator, kind: "keyword", detail, newText: `${operator} `, rank });

const isInBrackets = (text: string): boolean => text.split(/[([]/).length > text.split(/[)\]]/).length;

/** Rates, tokens, used shares and largest sizes are wanted large; times, bytes, money and counts of what is needed small. */
const isGoal = (keyword: DeclarationKeyword, metric: string): boolean =>
  /(?:\/s|^tokens)$/.test(metricUnit(keyword, metric) ?? "") || /^max_|^mfu|^goodput$|_speedup$/.test(metric);
