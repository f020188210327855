import * as z from "zod";
import { confidenceText, explainFigure, figuresOf, figureText, inputText, partText, readableParts, type FigureOptions, type TracedExplanation } from "../../analysis";
import { didYouMean, nearest, withArticle, type BoundDeclaration, type DiagnosticEntry, type PropertyValue } from "../../core";
import type { Detail, MetricPart } from "../../cost/metric";
import { checkDesign, findFigure, inputOrigin, placeText, printable, whatIfText, WrongUse, type AskedAt, type Design } from "../../design";
import { describeSpecType, plainProperty } from "../../ide/describe";
import { diagnosticEntries } from "../../rules";
import { figureData, figureLine, figureSchema } from "../figures";
import { openDesign } from "../files";
import { findingsPart } from "../findings";
import { assignments, assignmentsHelp, designShape, figureOptions, lengthShape, type Lengths } from "../inputs";
import { bounded, clip, limits } from "../limits";
import { defineTool, type Answer } from "../tool";

const output = z.object({
  about: z.string(),
  kind: z.enum(["figure", "property", "declaration", "diagnostic"]),
  figure: figureSchema.optional(),
  figures: z.array(figureSchema).optional().describe("Of a declaration named without a metric: each may be explained."),
  documentation: z.string().optional(),
  confidence: z.string().optional().describe("How far the evidence behind the estimate reaches: measured on this device class, scaled from another, or assumed."),
  formula: z.string().optional(),
  breakdown: z.array(z.object({ part: z.string(), depth: z.int(), value: z.string(), how: z.string() })).optional(),
  inputs: z.array(z.object({ name: z.string(), value: z.string(), origin: z.string() })).optional(),
  value: z.string().optional().describe("Of a property."),
  origin: z.string().optional().describe("Where a property was written, or whose default it is."),
  feeds: z.array(z.string()).optional().describe("The figures that a property enters, as `NAME.METRIC`."),
  convention: z.string().optional().describe("What is counted and what is not."),
  source: z.string().optional(),
  left_out: z.int().optional().describe("Lines of the breakdown and inputs that are not given."),
});

type Explained = Answer<z.output<typeof output>>;

export const explain = defineTool({
  name: "explain",
  title: "Explain a figure or a diagnostic",
  summary: "Where a figure of a dsco design comes from: formula, inputs with their lines, source.",
  description: `Says where one figure of a dsco design (.dsco) comes from: its formula with the numbers filled in, its breakdown, every input with the line it was written on or the source of its default, what is counted, how far the evidence reaches, and the paper. \`about\` is NAME.METRIC (\`DeepSeekV3.kv_bytes_per_token\`, \`TrainV3.step_time\`; NAME is a declaration of the file or one that it imports), NAME.property (\`PP16EP64.zero\`, \`DeepSeekV3.attention.kv_lora_rank\`: its value, and the figures that it feeds), NAME alone (the figures it has), or the code of a diagnostic (\`DSCO5201\`; no design is needed). With \`set\` the figure is that of an edited design; nothing is written.`,
  input: z.strictObject({
    about: z.string().min(1).max(1000).describe("`NAME.METRIC`, `NAME.property`, `NAME` or a code such as `DSCO5201`."),
    ...designShape,
    set: assignments(`Edits to make in memory first. ${assignmentsHelp}`),
    ...lengthShape,
  }),
  output,
  run: async ({ about, set = [], sequence_length, context_length, ...input }, context) => {
    if (/^DSCO\d+$/i.test(about)) return aboutCode(about.toUpperCase());
    const design = await openDesign(input, context.files, set);
    await context.pause();
    const lengths = { sequence_length, context_length };
    const { text, data } = aboutName(design, about, lengths);
    const heading = design.whatIf ? [printable(clip(whatIfText(design.whatIf.edits)))] : [];
    await context.pause();
    const lines = [...heading, ...text, "", ...findingsPart(design, checkDesign(design, context.cancellation))];
    return { text: bounded(lines, "ask about one of its inputs"), data };
  },
});

function aboutCode(code: string): Explained {
  const entry: DiagnosticEntry | undefined = diagnosticEntries.find((candidate) => candidate.code === code);
  if (!entry) throw new WrongUse(`there is no diagnostic \`${code}\`${didYouMean(nearest(code, diagnosticEntries.map((candidate) => candidate.code)))}`);
  const { title, severity, explanation, source, example } = entry;
  const lines = [`${code}: ${title} (${severity})`, explanation, ...(source === undefined ? [] : [`Source: ${source}`]), ...(example.length > 1500 ? [] : ["An example that raises it:", example.trimEnd()])];
  return { text: lines.join("\n"), data: { about: code, kind: "diagnostic", documentation: `${title}. ${explanation}`, ...(source === undefined ? {} : { source }) } };
}

interface Part {
  readonly text: readonly string[];
  readonly data: Explained["data"];
}

function aboutName(design: Design, about: string, lengths: Lengths): Part {
  const options = figureOptions(lengths);
  const found = findFigure(design, about);
  switch (found.kind) {
    case "figure": return aboutFigure(design, found.declaration, found.metric, options);
    case "declaration": return aboutDeclaration(design, found.declaration, options);
    case "property": return aboutProperty(design, about, found.value, found.feeds);
    case "unknown-metric": throw new WrongUse(
      `${withArticle(found.declaration.keyword)} has no metric \`${printable(clip(found.metric))}\`${didYouMean(found.suggestion)}`,
      `  It has: ${found.ids.join(" ")}`,
    );
  }
}

function aboutDeclaration(design: Design, declaration: BoundDeclaration, options: FigureOptions): Part {
  const figures = figuresOf(design.workspace, declaration, options);
  return {
    text: [`${declaration.keyword} ${declaration.name} has these figures; ask about one as \`${declaration.name}.METRIC\`:`, ...figures.map((figure) => `  ${figureLine(figure)} (${figure.title})`)],
    data: { about: declaration.name, kind: "declaration", figures: figures.map((metric) => figureData(metric.id, metric.figure, metric)) },
  };
}

function aboutProperty(design: Design, about: string, value: PropertyValue, feeds: readonly string[]): Part {
  const { property, spec } = value;
  const text = printable(clip(plainProperty(value)));
  const origin = property ? placeText(design, property.file.uri, property.node.start) : value.value ? `default: ${spec?.default?.expression ?? ""} (${spec?.default?.source ?? ""})` : "not written";
  const documentation = spec ? `${spec.documentation} Takes ${describeSpecType(spec)}.` : undefined;
  const shown = feeds.slice(0, limits.inputs);
  return {
    text: [
      `${about} = ${text} (${printable(clip(origin))})`,
      ...(documentation === undefined ? [] : [documentation]),
      shown.length === 0 ? "It feeds no figure of this file." : `It feeds: ${shown.join(" ")}${feeds.length > shown.length ? ` and ${feeds.length - shown.length} more` : ""}`,
    ],
    data: { about, kind: "property", value: text, origin: clip(origin), feeds: [...shown], ...(documentation === undefined ? {} : { documentation }), left_out: feeds.length - shown.length },
  };
}

const askedAt = ({ sequenceLength, contextLength }: FigureOptions): AskedAt => ({
  sequenceLength: sequenceLength === undefined ? "default; `sequence_length` states another" : "`sequence_length`",
  contextLength: contextLength === undefined ? "the model's max_context; `context_length` states another" : "`context_length`",
});

function aboutFigure(design: Design, declaration: BoundDeclaration, metric: string, options: FigureOptions): Part {
  const explanation = explainFigure(design.workspace, declaration, metric, options);
  if (!explanation) throw new WrongUse(`${withArticle(declaration.keyword)} has no metric \`${metric}\``);
  const { title, figure, documentation, formula, convention, source } = explanation;
  const confidence = confidenceText(design.workspace, declaration, explanation);
  const breakdown = breakdownOf(explanation);
  const rows = breakdown.slice(0, limits.breakdown);
  const inputs = explanation.inputs.slice(0, limits.inputs).map((input) => ({
    name: input.path.replace(/^@/, ""), value: printable(clip(inputText(input))), origin: clip(inputOrigin(design, declaration, input, askedAt(options))),
  }));
  const left = breakdown.length - rows.length + readableParts(explanation.parts).left + explanation.inputs.length - inputs.length;
  const about = `${declaration.name}.${metric}`;
  return {
    text: [
      `${about} = ${printable(clip(figureText(figure, explanation)))} (${title})`,
      documentation,
      ...(confidence === undefined ? [] : [`Confidence: ${confidence}`]),
      `Formula: ${formula}`,
      ...headed("Breakdown:", rows.map(({ part, depth, value, how }) => `  ${"  ".repeat(depth)}${part}: ${value}${how === "" ? "" : ` = ${how}`}`)),
      ...(explanation.details?.() ?? []).flatMap((detail) => headed(`${detail.title}:`, detailLines(detail).map((line) => `  ${line}`))),
      ...headed("Inputs:", inputs.map(({ name, value, origin }) => `  ${name} = ${value}${origin === "" ? "" : ` (${origin})`}`)),
      ...(convention === "" ? [] : [`Counting: ${convention}`]),
      `Source: ${source}`,
      ...(left === 0 ? [] : [`… ${left} smaller parts and inputs are left out`]),
    ],
    data: {
      about, kind: "figure", figure: figureData(metric, figure, explanation), documentation, ...(confidence === undefined ? {} : { confidence }),
      formula, breakdown: [...rows], inputs, convention, source, left_out: left,
    },
  };
}

const headed = (heading: string, lines: readonly string[]): readonly string[] => (lines.length === 0 ? [] : [heading, ...lines]);

/** The parts in the order they are read, with how deep each stands. */
function breakdownOf({ parts, ...form }: TracedExplanation) {
  const rows: { readonly part: string; readonly depth: number; readonly value: string; readonly how: string }[] = [];
  const add = ({ label, value, formula, parts: inner }: MetricPart, depth: number): void => {
    const text = partText(value, form);
    rows.push({ part: printable(clip(label)), depth, value: text, how: formula === text ? "" : clip(formula) });
    for (const each of inner ?? []) add(each, depth + 1);
  };
  for (const part of readableParts(parts).parts) add(part, 0);
  return rows;
}

const detailLines = (detail: Detail): readonly string[] =>
  (detail.kind === "drawing" ? detail.lines : [detail.columns.map(({ label }) => label), ...detail.rows].map((row) => row.join(" | "))).map(printable);
