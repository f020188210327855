import { planResult, type RecordBlocks } from "../../analysis";
import { headerSpan, inProgress, memoized, settledValue, type BoundBlock, type BoundDeclaration, type Diagnostic, type DiagnosticEntry, type FixCandidate, type Place } from "../../core";
import { available } from "../../cost/definition";
import { once } from "../../cost/once";
import { evaluationOf, type Evaluation } from "../../cost/plan/evaluation";
import type { Layout } from "../../cost/plan/layout";
import type { PlanRecord } from "../../cost/plan/record";
import { numberText } from "../../units";
import { candidate, extendFix, setKeyFix, writeChildKey, writeKeys, type FixWords } from "../edits";
import { legalLayout } from "./conditions";
import { ownKey, placeOfKey, type Rule, type RuleSubject } from "../rule";

const parts = ["model", "hardware", "parallelism", "workload"] as const;

export type Part = (typeof parts)[number];

/** A plan whose four parts have values. */
export interface PlanSubject {
  readonly subject: RuleSubject;
  readonly record: PlanRecord;
  /** Its parts throw `Unavailable` where the plan has none: then a rule stays silent. */
  readonly evaluation: Evaluation;
  /** The layout where all conditions of one hold; `undefined` for one that cannot run. */
  readonly legal: () => Layout | undefined;
  readonly declarations: Readonly<Record<Part, BoundDeclaration>>;
  readonly blocks: RecordBlocks;
}

/**
 * A rule on plans. Where it reads what has no value, or what another rule reports already (degrees that do not fit, a batch that
 * does not divide), the arithmetic throws `Unavailable`: one mistake has one message, and this rule stays silent.
 */
export function planRule(entries: readonly DiagnosticEntry[], check: (plan: PlanSubject) => readonly Diagnostic[]): Rule {
  return {
    on: ["plan"],
    entries,
    check: (subject) => {
      const plan = planSubject(subject);
      return (plan && available(() => check(plan)))?.map((problem) => ofPlan(subject, problem)) ?? [];
    },
  };
}

/** A message that stands in a part of the plan says whose it is; its fixes show the plan's figures, and are those that can be computed. */
function ofPlan({ declaration: { node, name, file } }: RuleSubject, problem: Diagnostic): Diagnostic {
  const { fixes, span } = problem;
  const isInPlan = node.start <= span.start && span.end <= node.end;
  return {
    ...problem,
    owner: { start: node.start, end: node.end },
    ...(isInPlan ? {} : { related: [{ uri: file.uri, span: headerSpan(node), message: `in the plan \`${name}\`` }] }),
    ...(fixes && { fixes: () => available(fixes) ?? [] }),
  };
}

/** A plan with its parts, the same for all rules; `undefined` where one of them is missing or in error. */
export function planSubject(subject: RuleSubject): PlanSubject | undefined {
  const found = memoized(subject.workspace, subject.declaration, "plan subject", () => readSubject(subject));
  return found === inProgress ? undefined : found;
}

function readSubject(subject: RuleSubject): PlanSubject | undefined {
  const { workspace, declaration } = subject;
  const declarations: Partial<Record<Part, BoundDeclaration>> = {};
  for (const part of parts) {
    const { value, plain } = settledValue(workspace, declaration.block, part);
    if (plain === undefined || value?.kind !== "declaration") return undefined;
    declarations[part] = value.declaration;
  }
  const { model, hardware, parallelism, workload } = declarations;
  const result = planResult(workspace, declaration);
  if (!model || !hardware || !parallelism || !workload || !result) return undefined;
  const { record, blocks } = result;
  return { subject, record, evaluation: evaluationOf(record), legal: once(() => legalLayout(record)), declarations: { model, hardware, parallelism, workload }, blocks };
}

/** Keys of one block of a plan's parts, by its path in the record: `parallelism`, `model.attention[0]`. */
export interface Keys {
  readonly path: string;
  readonly keys: readonly [string, ...string[]];
}

/**
 * Where a reader would change something: the first of some keys that a declaration of this file writes, else the line of the plan
 * that names the first one's declaration.
 */
export function placeIn(plan: PlanSubject, ...choices: readonly [Keys, ...Keys[]]): Place {
  const [first] = choices;
  const { path, keys } = choices.find((choice) => isHere(plan, choice.path) && choice.keys.some((key) => isWritten(plan, choice.path, key)))
    ?? choices.find((choice) => isHere(plan, choice.path)) ?? first;
  const block = plan.blocks.get(path);
  if (!block || !isHere(plan, path)) return placeOfKey(plan.subject, plan.subject.declaration.block, partOf(path));
  return placeOfKey(subjectOf(plan, path), block, ownKey(block, keys));
}

/**
 * The fixes that give a key of a part another value: at its place where the part is declared in this file; in a declaration that
 * extends it where it is not, or where that would harm another plan of the file.
 */
export const setIn = (plan: PlanSubject, path: string, key: string, value: number | string, words: FixWords = {}): readonly FixCandidate[] =>
  setAllIn(plan, path, { [key]: value }, words);

/** The same for several keys of one block. `title`: what the fix is called in place of its edits. */
export function setAllIn(plan: PlanSubject, path: string, values: Readonly<Record<string, number | string>>, words: FixWords = {}, title?: string): readonly FixCandidate[] {
  const block = plan.blocks.get(path);
  if (!block) return [];
  const owner = subjectOf(plan, path);
  const part = partOf(path);
  const texts = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, typeof value === "number" ? numberText(value) : value]));
  const named = (fixes: readonly FixCandidate[]): readonly FixCandidate[] => (title === undefined ? fixes : fixes.map((fix) => candidate(title, fix.edits, words)));
  const extended = named(extendFix(plan.subject, part, owner, block, texts, words));
  if (!isHere(plan, path)) return extended;
  const inPlace = named(writeInPlace(owner, block, values, texts, words));
  const [fallback] = isShared(plan, part) ? extended : [];
  return fallback ? inPlace.map((fix) => ({ ...fix, fallback })) : inPlace;
}

function writeInPlace(
  owner: RuleSubject, block: BoundBlock, values: Readonly<Record<string, number | string>>, texts: Readonly<Record<string, string>>, words: FixWords,
): readonly FixCandidate[] {
  const [[key, value] = ["", ""], ...others] = Object.entries(values);
  const [text = ""] = Object.values(texts);
  if (others.length > 0) {
    const edits = writeKeys(owner, block, texts);
    return edits ? [candidate(`Set ${Object.entries(texts).map(([each, to]) => `\`${each}\` to ${to}`).join(" and ")}`, edits, words)] : [];
  }
  const edits = isImplicit(block) ? writeChildKey(owner, block.keyword, key, text) : undefined;
  return edits ? [candidate(`Write \`${key} = ${text}\` in \`${block.keyword}\``, edits, words)] : setKeyFix(owner, block, key, value, words);
}

/** A block that nobody wrote: all its keys have their defaults. */
const isImplicit = (block: BoundBlock): boolean => block.parent !== undefined && block.node === block.parent.node;

/** The rule subject of the declaration that a path's block belongs to. */
export const subjectOf = ({ subject: { workspace }, declarations }: PlanSubject, path: string): RuleSubject =>
  ({ workspace, declaration: declarations[partOf(path)] });

/** The block of a path is written in the file of the plan, in the part itself: no edit reaches what the part refers to, or the base in another file. */
export const isHere = ({ subject, declarations }: PlanSubject, path: string): boolean =>
  declarations[partOf(path)].file.uri === subject.declaration.file.uri;

function isWritten(plan: PlanSubject, path: string, key: string): boolean {
  return plan.blocks.get(path)?.properties.has(key) ?? false;
}

/** Another plan of the file names the same part. */
export function isShared({ subject: { declaration }, declarations }: PlanSubject, part: Part): boolean {
  const name = declarations[part].node.name?.text;
  return declaration.file.declarations.some((node) =>
    node.kind === "declaration" && node.keyword === "plan" && node !== declaration.node &&
    (node.body?.members ?? []).some((member) =>
      member.kind === "property" && member.path.length === 1 && member.path[0]?.text === part && member.value.kind === "name" &&
      member.value.parts.length === 1 && member.value.parts[0]?.text === name));
}

const partOf = (path: string): Part => parts.find((part) => path === part || path.startsWith(`${part}.`)) ?? "model";
