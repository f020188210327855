import * as z from "zod";
import { figurePairText, idealText, type ComparedFigure, type FigureForm } from "../../analysis";
import { fileScope, type Diagnostic } from "../../core";
import type { Figure } from "../../cost/metric";
import { countDiagnostics, printable, WrongUse, type Design } from "../../design";
import { compareDesigns, compareFindings, type ChangedDeclaration, type DesignDifference, type FindingDifference } from "../difference";
import { inUnit } from "../figures";
import { openDesign } from "../files";
import { briefOf, briefSchema, countsOf, countsSchema, findingLines, worstFirst } from "../findings";
import { assignments, assignmentsHelp, designShape, figureOptions, lengthShape } from "../inputs";
import { bounded, clip, limits } from "../limits";
import { findNamed, unknownName } from "../names";
import { applyReplacements, type TextReplacement } from "../text-edits";
import { defineTool } from "../tool";

const output = z.object({
  facts: z.array(z.object({ path: z.string().describe("`PP16EP64.zero`"), before: z.string().nullable(), after: z.string().nullable() })).describe("What the design says otherwise now, defaults included; null: nothing."),
  declarations: z.array(z.object({
    kind: z.string(), name: z.string(),
    figures: z.array(z.object({
      id: z.string(), unit: z.string().nullable(),
      before: z.union([z.number(), z.string(), z.null()]), after: z.union([z.number(), z.string(), z.null()]).describe("null: not computed."),
      text: z.string().describe("`70.27 KB → 35.14 KB`"),
      change: z.string().optional().describe("`-50.0 %`"),
      reason: z.string().optional().describe("Why it is not computed now."),
    })),
    more: z.array(z.string()).optional().describe("Ids of other figures that changed: ask with `all` or `metrics`."),
  })).describe("Declarations of which figures change."),
  unchanged: z.array(z.string()).describe("Declarations of which no figure changes."),
  added: z.array(z.string()), removed: z.array(z.string()),
  findings: z.object({
    gone: z.array(briefSchema), added: z.array(briefSchema),
    changed: z.array(z.object({ before: z.string(), after: briefSchema })),
    unchanged: z.int(),
    left_out: z.int(),
  }),
  ...countsSchema.shape,
  left_out: z.array(z.string()).describe("Declarations that are not given: ask with `declarations`."),
  facts_left_out: z.int(),
});

export const whatIf = defineTool({
  name: "what_if",
  title: "Ask what an edit would change",
  summary: "What an edit of a dsco design would change: figures before and after, errors that come and go. Nothing is written.",
  description: `Makes edits of a dsco design (.dsco) in memory and answers the difference: each figure that changes before and after, findings that go away, come or change. Nothing is written to any file. Use it to try layouts, batch sizes, precisions, routing limits, GPUs: \`set\` takes assignments by path, \`edits\` pieces of text; both may be given (\`edits\` first). An edit may also be of an imported declaration (\`H800.memory=100 GB\`, \`DeepSeekV3.moe.top_k=4\`). The design may have errors; the difference of its findings is part of the answer.`,
  input: z.strictObject({
    ...designShape,
    set: assignments(assignmentsHelp),
    edits: z.array(z.strictObject({
      old_text: z.string().max(200_000).describe("Exactly as it stands in the design, once. Empty: `new_text` is added at the end."),
      new_text: z.string().max(200_000),
    })).max(50).optional().describe("Pieces of the text of the design to replace, one after the other."),
    declarations: z.array(z.string().max(200)).max(100).optional().describe("Only the figures of these declarations (default: all that the file declares)."),
    metrics: z.array(z.string().max(200)).max(100).optional().describe("Only these figures, instead of the usual ones."),
    all: z.boolean().optional().describe("Every figure that changes, not the usual ones alone."),
    ...lengthShape,
  }),
  output,
  run: async ({ set = [], edits = [], declarations, metrics, all = false, sequence_length, context_length, ...input }, context) => {
    if (set.length === 0 && edits.length === 0) throw new WrongUse("name an edit: `set` takes `NAME.path=VALUE`, `edits` pieces of text to replace");
    const before = await openDesign(input, context.files);
    const after = await openDesign(input, context.files, set, replacedText(before, edits));
    const unknown = declarations?.find((name) => !findNamed(before, name) && !findNamed(after, name));
    if (unknown !== undefined) throw unknownName(after, unknown);
    const difference = await compareDesigns(before, after, declarations, figureOptions({ sequence_length, context_length }), context);
    await context.pause();
    const findings = compareFindings(before, after, context);
    return answer({ before, after, difference, findings }, shownFigures(difference, metrics, all));
  },
});

/** The text of the named file with the edits made; nothing where there are none. */
function replacedText({ workspace, files }: Design, edits: readonly TextReplacement[]): ReadonlyMap<string, string> {
  if (edits.length === 0) return new Map();
  return new Map(files.map(({ uri }) => [uri, applyReplacements(fileScope(workspace, uri)?.source.text ?? "", edits)]));
}

interface Shown {
  readonly declaration: ChangedDeclaration;
  readonly figures: readonly ComparedFigure[];
  readonly more: readonly string[];
}

/** Of each declaration the figures that are asked for; where none of the usual ones changed, those that did. */
function shownFigures({ changed }: DesignDifference, metrics: readonly string[] | undefined, all: boolean): readonly Shown[] {
  return changed.map((declaration): Shown => {
    const figures = [...declaration.usual, ...declaration.others];
    const usual = declaration.usual.length === 0 ? figures : declaration.usual;
    const shown = all ? figures : metrics ? figures.filter(({ id }) => metrics.includes(id)) : usual;
    return { declaration, figures: shown, more: figures.filter((figure) => !shown.includes(figure)).map(({ id }) => id) };
  });
}

interface States {
  readonly before: Design;
  readonly after: Design;
  readonly difference: DesignDifference;
  readonly findings: FindingDifference;
}

function answer({ before, after, difference, findings }: States, all: readonly Shown[]) {
  const shown = withinRoom(all);
  const left = all.slice(shown.length).map(({ declaration }) => declaration.after.name);
  const { gone, added, changed } = findings;
  const [shownGone, shownAdded] = [worstFirst(gone).slice(0, limits.diagnostics.usual), worstFirst(added).slice(0, limits.diagnostics.usual)];
  const shownChanged = changed.filter((pair) => pair.after.severity !== "hint").slice(0, limits.diagnostics.usual);
  const leftFindings = worstFirst(gone).length + worstFirst(added).length + changed.filter((pair) => pair.after.severity !== "hint").length - shownGone.length - shownAdded.length - shownChanged.length;
  const list = (words: string, names: readonly string[]) => (names.length === 0 ? [] : [`${words}: ${names.slice(0, limits.declarations).map(printable).join(", ")}${names.length > limits.declarations ? ` and ${names.length - limits.declarations} more` : ""}`]);
  const facts = difference.facts.slice(0, limits.facts);
  const leftFacts = difference.facts.length - facts.length;
  const lines = [
    ...facts.map(({ path, before: was, after: is }) => printable(clip(`${path}: ${was ?? "nothing"} → ${is ?? "nothing"}`))),
    ...(leftFacts === 0 ? [] : [`… ${leftFacts} more facts differ: name \`declarations\``]),
    ...shown.flatMap(figureLines),
    ...(difference.changed.length === 0 ? ["No figure changes."] : []),
    ...list("No figure changes of", difference.changed.length === 0 ? [] : difference.unchanged),
    ...list("Not given here, ask with `declarations`", left),
    ...list("Declared now", difference.added), ...list("Not declared any more", difference.removed),
    ...findingsLines("No longer found:", before, shownGone), ...findingsLines("Found now (lines are those of the edited text):", after, shownAdded),
    ...(shownChanged.length === 0 ? [] : ["Found with another message:", ...shownChanged.flatMap((pair) => findingLines(after, pair.after).slice(0, 1))]),
    ...(leftFindings === 0 ? [] : [`… ${leftFindings} more findings: \`check\` with the edited \`text\` shows them`]),
    `The edited design has ${countDiagnostics(findings.after)}.`,
  ];
  return {
    text: bounded(lines, "name `declarations` or `metrics`"),
    data: {
      facts: facts.map(({ path, before: was, after: is }) => ({ path, before: was === undefined ? null : clip(was), after: is === undefined ? null : clip(is) })),
      declarations: shown.map(declarationData), unchanged: [...difference.unchanged], added: [...difference.added], removed: [...difference.removed],
      findings: {
        gone: shownGone.map((diagnostic) => briefOf(before, diagnostic)), added: shownAdded.map((diagnostic) => briefOf(after, diagnostic)),
        changed: shownChanged.map((pair) => ({ before: clip(pair.before.message), after: briefOf(after, pair.after) })),
        unchanged: findings.kept.length, left_out: leftFindings,
      },
      ...countsOf(findings.after), left_out: left, facts_left_out: leftFacts,
    },
  };
}

function withinRoom(all: readonly Shown[]): readonly Shown[] {
  let room: number = limits.figures;
  const end = all.findIndex(({ figures }, index) => index === limits.declarations || (room -= figures.length) < 0);
  return end < 0 ? all : all.slice(0, Math.max(end, 1));
}

function figureLines({ declaration: { after }, figures, more }: Shown): readonly string[] {
  return [
    `${after.keyword} ${after.name}`,
    ...figures.filter(({ right }) => right.kind !== "unavailable").map((figure) => {
      const { text, change } = pairText(figure);
      return `  ${figure.id}: ${text}${change === "" ? "" : ` (${change})`}`;
    }),
    ...lostLines(figures),
    ...(more.length === 0 ? [] : [`  changes too (\`all\` or \`metrics\`): ${more.join(" ")}`]),
  ];
}

/** `70.27 KB → 35.14 KB`, `-50.0 %`; of a time whose bound alone changes, the bounds. */
function pairText({ left, right, ...form }: ComparedFigure): { readonly text: string; readonly change: string } {
  const { left: before, right: after, change } = figurePairText(left, right, form);
  const [bound, newBound] = [idealText(left, form), idealText(right, form)];
  const text = before === after ? `${after}, ideal ${bound} → ${newBound}` : `${before} → ${after}`;
  return { text: printable(clip(text)), change };
}

/** Figures that are not computed any more: one line a reason. */
function lostLines(figures: readonly ComparedFigure[]): readonly string[] {
  const byReason = new Map<string, string[]>();
  for (const { id, right } of figures) if (right.kind === "unavailable") byReason.set(right.reason, [...(byReason.get(right.reason) ?? []), id]);
  return [...byReason].map(([reason, ids]) => `  not computed any more: ${ids.join(", ")}: ${printable(clip(reason))}`);
}

function declarationData({ declaration: { after }, figures, more }: Shown) {
  return {
    kind: after.keyword, name: after.name,
    figures: figures.map((figure) => {
      const { text, change } = pairText(figure);
      const { id, unit, left, right } = figure;
      return { id, unit, before: valueOf(left, figure), after: valueOf(right, figure), text, ...(change === "" ? {} : { change }), ...(right.kind === "unavailable" ? { reason: clip(right.reason) } : {}) };
    }),
    ...(more.length === 0 ? {} : { more: [...more] }),
  };
}

const valueOf = (figure: Figure, form: FigureForm) => (figure.kind === "unavailable" ? null : figure.kind === "text" ? figure.value : inUnit(figure.value, form));

const findingsLines = (heading: string, design: Design, found: readonly Diagnostic[]): readonly string[] =>
  (found.length === 0 ? [] : [heading, ...found.flatMap((diagnostic) => findingLines(design, diagnostic).slice(0, 1))]);
