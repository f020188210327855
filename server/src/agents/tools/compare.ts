import * as z from "zod";
import { compareDeclarations, figurePairText, isComparable, standardNames } from "../../analysis";
import { declarationNamed, fileScope, withArticle, type BoundDeclaration } from "../../core";
import { checkDesign, printable, WrongUse, type Design } from "../../design";
import { compareMarkdown } from "../../ide/compare-markdown";
import { figuresForReading } from "../../ide/comparison";
import { figureData, figureSchema } from "../figures";
import { openDesign } from "../files";
import { findingsPart } from "../findings";
import { assignments, assignmentsHelp, designShape, figureOptions, lengthShape } from "../inputs";
import { bounded, clip, limits } from "../limits";
import { findNamed, unknownName } from "../names";
import { defineTool } from "../tool";

const factSchema = z.object({ path: z.string().describe("`attention.kv_lora_rank`"), a: z.string().nullable(), b: z.string().nullable() });

export const compare = defineTool({
  name: "compare",
  title: "Compare two declarations",
  summary: "What differs between two dsco models, clusters, plans or devices: facts and figures side by side. Nothing is written.",
  description: `Sets two dsco declarations of one kind side by side: models, clusters, plans, GPUs and so on. Gives the facts that differ (of a plan also those of its parts) and the figures that differ. \`a\` and \`b\` are names: of a declaration of the design (\`file\` or \`text\`) or one that it imports, else of the standard library (\`DeepSeekV3\`, \`H800\`), which needs no design. What one edit of a design would change is \`what_if\`'s to say. Nothing is written.`,
  input: z.strictObject({
    a: z.string().min(1).max(500).describe("`TrainV3`, `DeepSeekV3` or, where several parts of the library have the name, `std:models/deepseek:DeepSeekV3`."),
    b: z.string().min(1).max(500).describe("What it is compared with: of the same kind."),
    ...designShape,
    metrics: z.array(z.string().min(1).max(200)).max(100).optional().describe("Only these figures, also where they are equal (default: every figure that differs)."),
    set: assignments(`Edits to make in memory first. ${assignmentsHelp}`),
    ...lengthShape,
  }),
  output: z.object({
    kind: z.string(),
    facts: z.array(factSchema).describe("Those that differ; `null`: not written, without default."),
    equal_facts: z.int(),
    figures: z.array(z.object({ a: figureSchema, b: figureSchema, change: z.string().describe("Of `b` from `a`; empty where there is none.") })),
    equal_figures: z.int(),
    left_out: z.int().describe("Facts and figures that are not given: ask with `metrics`."),
  }),
  run: async ({ a, b, metrics = [], set = [], sequence_length, context_length, file, text }, context) => {
    const hasDesign = file !== undefined || text !== undefined;
    const design = await openDesign(hasDesign ? { file, text } : { text: "" }, context.files, set);
    await context.pause();
    const [left, right] = [operand(design, a, hasDesign), operand(design, b, hasDesign)];
    if (left.keyword !== right.keyword) throw new WrongUse(`\`${left.name}\` is ${withArticle(left.keyword)} and \`${right.name}\` is ${withArticle(right.keyword)}: only declarations of one kind can be compared`);
    const options = figureOptions({ sequence_length, context_length });
    const comparison = compareDeclarations(design.workspace, left, right, options);
    await context.pause();
    const differing = comparison.facts.filter(({ isEqual }) => !isEqual);
    const { rows, equal } = figuresForReading(design.workspace, comparison, metrics);
    const [facts, figures] = [differing.slice(0, limits.facts), rows.slice(0, limits.figures)];
    const page = compareMarkdown(design.workspace, left, right, { ...options, metrics, pathOf: design.showUri, contextOption: "`context_length`" });
    return {
      text: bounded([...page.trimEnd().split("\n"), ...(hasDesign ? ["", ...findingsPart(design, checkDesign(design, context.cancellation))] : [])], "ask with `metrics`"),
      data: {
        kind: left.keyword,
        facts: facts.map(({ owner, path, left: first, right: second }) => ({ path: [...owner, path].join("."), a: first ? clip(first.text) : null, b: second ? clip(second.text) : null })),
        equal_facts: comparison.equalFacts,
        figures: figures.map((figure) => ({
          a: figureData(figure.id, figure.left, figure), b: figureData(figure.id, figure.right, figure), change: figurePairText(figure.left, figure.right, figure).change,
        })),
        equal_figures: equal,
        left_out: differing.length - facts.length + rows.length - figures.length,
      },
    };
  },
});

/** A declaration of the design, else of the standard library. Throws `WrongUse` where there is none, or none that can be compared. */
function operand(design: Design, name: string, hasDesign: boolean): BoundDeclaration {
  const [, part, plain = name] = /^(std:[^:]+):(\w+)$/.exec(name) ?? [];
  const found = (part === undefined && hasDesign ? findNamed(design, plain) : undefined) ?? fromLibrary(design, part, plain);
  if (!found) throw hasDesign && part === undefined ? unknownName(design, plain) : new WrongUse(`the standard library has no \`${printable(clip(name))}\`: \`list_std\` lists what it has, \`file\` or \`text\` gives a design`);
  if (!isComparable(found.keyword)) throw new WrongUse(`\`${found.name}\` is ${withArticle(found.keyword)}: it cannot be compared`);
  return found;
}

function fromLibrary({ workspace }: Design, part: string | undefined, name: string): BoundDeclaration | undefined {
  const entries = standardNames.find(name).filter(({ uri }) => part === undefined || uri === part);
  const [entry, another] = entries;
  if (entry && another) throw new WrongUse(`several parts of the standard library have \`${name}\`: write \`${entry.uri}:${name}\` or \`${another.uri}:${name}\``);
  const scope = entry && fileScope(workspace, entry.uri);
  return scope && declarationNamed(workspace, scope, name);
}
