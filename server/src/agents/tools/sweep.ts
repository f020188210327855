import * as z from "zod";
import { bindDeclaration, didYouMean, fileScope, nearest, type BoundDeclaration } from "../../core";
import { checkDesign, printable, whatIfText, WrongUse, type Design } from "../../design";
import { adviceSteps, evaluatorOf, headerOf, objectiveText, pointAt, runStretch, spaceOf, tallyOf, type Evaluator, type ReasonCount, type Space, type Tally } from "../../explore";
import { formatGrouped } from "../../units";
import { openDesign } from "../files";
import { findingsPart } from "../findings";
import { assignments, assignmentsHelp, designShape } from "../inputs";
import { bounded, clip, limits } from "../limits";
import { defineTool } from "../tool";

/** Designs between two moments in which messages are let in: some milliseconds. */
const atOnce = 16;

export const sweep = defineTool({
  name: "sweep",
  title: "Search a design space",
  summary: "The best designs of a dsco sweep, and why the others are left out. Nothing is written.",
  description: `Tries the designs of a dsco \`sweep NAME of PLAN { … }\`: what it varies (\`parallelism.ep = [8, 16, 32]\`), its conditions (\`where memory_per_gpu <= 70 GB\`) and objectives (\`maximize mfu\`). Gives those that no other beats, and how often each reason leaves designs out; where none is left, what would let one in. Of a space of more than \`most\` designs as many are tried, spread evenly. For one change of one value \`what_if\` is faster.`,
  input: z.strictObject({
    name: z.string().min(1).max(200).optional().describe("The sweep; left out where the design has one."),
    ...designShape,
    most: z.int().min(1).max(limits.sweep.most).optional().describe(`Designs to try at most (default ${limits.sweep.usual}).`),
    set: assignments(`Edits to make in memory first. ${assignmentsHelp}`),
  }),
  output: z.object({
    sweep: z.string(),
    plan: z.string(),
    designs: z.int().describe("Of the whole space."),
    tried: z.int(),
    feasible: z.int().describe("Of the tried ones, those that meet everything."),
    front: z.array(z.object({
      choices: z.record(z.string(), z.string()),
      objectives: z.record(z.string(), z.number()).describe("In base units: s, B, tokens/s, USD."),
    })).describe("What no other tried design beats."),
    left_out: z.array(z.object({ reason: z.string(), count: z.int() })).describe("Why designs are left out, the most frequent reason first."),
    advice: z.array(z.string()),
  }),
  run: async ({ name, most = limits.sweep.usual, set = [], ...input }, context) => {
    const design = await openDesign(input, context.files, set);
    await context.pause();
    const space = spaceNamed(design, name);
    const tried = designsToTry(space.size, most);
    const tally = await attempt(evaluatorOf(space), tried, context.pause);
    const front = tally.front.designs();
    const reasons = tally.reasons();
    const shown = front.slice(0, limits.sweep.front);
    const header = headerOf(space, "", 0, space.size);
    const choicesOf = (index: number) => header.axes.map(({ path, choices }, axis) => [path, choices[pointAt(header, index)[axis] ?? 0] ?? ""] as const);
    const advice = tally.feasible() === 0 && tried.length === space.size ? await adviceFor(space, reasons, context.pause) : [];
    const kinds = space.objectives.map(({ id }) => id);
    const rows = shown.map(({ index, values }) => [
      ...choicesOf(index).map(([path, choice]) => `${path} = ${choice}`),
      ...space.objectives.map((objective, place) => `${objective.id} ${objectiveText(objective, values[place] ?? Number.NaN)}`),
    ].join(", "));
    const part = tried.length === space.size ? `all ${formatGrouped(space.size)} designs` : `${formatGrouped(tried.length)} of ${formatGrouped(space.size)} designs, spread evenly`;
    const lines = [
      ...(design.whatIf ? [printable(clip(whatIfText(design.whatIf.edits)))] : []),
      `sweep ${space.sweep.name} of ${space.plan.name}: ${part}, ${formatGrouped(tally.feasible())} meet everything`,
      ...(rows.length === 0 ? [] : [kinds.length === 1 ? `The best by ${kinds[0] ?? ""}:` : `${formatGrouped(front.length)} that no other beats in ${kinds.join(" and ")}:`, ...rows.map((row) => `  ${printable(row)}`)]),
      ...(front.length > shown.length ? [`  … and ${formatGrouped(front.length - shown.length)} more`] : []),
      ...(reasons.length === 0 ? [] : ["Left out:", ...reasons.slice(0, limits.sweep.reasons).map(({ text, count }) => `  ${formatGrouped(count)}: ${printable(clip(text))}`)]),
      ...advice.map((sentence) => printable(clip(sentence))),
      "", ...findingsPart(design, checkDesign(design, context.cancellation)),
    ];
    return {
      text: bounded(lines, "narrow the sweep"),
      data: {
        sweep: space.sweep.name, plan: space.plan.name, designs: space.size, tried: tried.length, feasible: tally.feasible(),
        front: shown.map(({ index, values }) => ({
          choices: Object.fromEntries(choicesOf(index)), objectives: Object.fromEntries(values.map((value, place) => [kinds[place] ?? "", value])),
        })),
        left_out: reasons.slice(0, limits.sweep.reasons).map(({ text, count }) => ({ reason: clip(text), count })),
        advice: advice.map((sentence) => clip(sentence)),
      },
    };
  },
});

/** The numbers of all designs, or of as many as may be tried, as far from one another as they can be. */
const designsToTry = (size: number, most: number): readonly number[] =>
  Array.from({ length: Math.min(size, most) }, (_, place) => (size <= most ? place : Math.floor((place * size) / most)));

async function attempt(evaluator: Evaluator, designs: readonly number[], pause: () => Promise<void>): Promise<Tally> {
  const tally = tallyOf(evaluator.compiled.space);
  for (const [place, design] of designs.entries()) {
    if (place % atOnce === 0) await pause();
    tally.add(runStretch(evaluator, design, design + 1));
  }
  return tally;
}

/** What would let a design in, found a few designs at a time. */
async function adviceFor(space: Space, reasons: readonly ReasonCount[], pause: () => Promise<void>): Promise<readonly string[]> {
  const steps = adviceSteps(space, reasons);
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value;
    await pause();
  }
}

/** The sweep that is meant. Throws `WrongUse` where there is none, or it is in error. */
function spaceNamed(design: Design, name: string | undefined): Space {
  const sweeps = sweepsOf(design);
  const known = sweeps.map((each) => each.name);
  const path = design.files[0]?.path ?? "";
  if (sweeps.length === 0) throw new WrongUse(`${path} has no sweep: \`language\` with the topic \`sweep\` shows how one is written, and \`text\` takes a design that imports the file and adds one`);
  if (name === undefined && sweeps.length > 1) throw new WrongUse(`${path} has several sweeps: give the \`name\` of one: ${known.map(printable).join(", ")}`);
  const declaration = name === undefined ? sweeps[0] : sweeps.find((each) => each.name === name);
  if (!declaration) throw new WrongUse(`${path} has no sweep \`${printable(clip(name ?? ""))}\`${didYouMean(nearest(name ?? "", known))}`);
  const found = spaceOf(design.workspace, declaration);
  if (found.kind === "invalid") throw new WrongUse(`${declaration.name}: ${printable(clip(found.reason))}`);
  return found.space;
}

function sweepsOf({ workspace, files: [file] }: Design): readonly BoundDeclaration[] {
  const scope = file && fileScope(workspace, file.uri);
  return (scope?.declarations ?? []).flatMap((node) => {
    const declaration = scope && node.kind === "declaration" && node.keyword === "sweep" && node.name ? bindDeclaration(workspace, node, scope) : undefined;
    return declaration ? [declaration] : [];
  });
}
