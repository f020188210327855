import * as z from "zod";
import { metricIds } from "../../analysis";
import { didYouMean, nearest, withArticle, type BoundDeclaration } from "../../core";
import { checkDesign, groupMetrics, placeText, printable, publishedText, rangeOf, reportOn, WrongUse, type Design, type ReportedDeclaration, type ReportedMetric } from "../../design";
import { figureData, figureLine, figureSchema } from "../figures";
import { openDesign } from "../files";
import { countsOf, countsSchema, findingsPart } from "../findings";
import { designShape, figureOptions, lengthShape } from "../inputs";
import { bounded, clip, limits } from "../limits";
import { findNamed, ownDeclarations, unknownName } from "../names";
import { defineTool } from "../tool";

export const report = defineTool({
  name: "report",
  title: "Report the figures of a design",
  summary: "What a dsco design costs: parameters, memory, times, throughput, money.",
  description: `Computes what the declarations of a dsco design (.dsco) come to. Of a model: parameters, active parameters, KV cache, FLOPs a token. Of a hardware: GPUs, peak, memory, network, price. Of a plan (model on hardware in a layout under a workload): memory per GPU with its parts, and by phase the training step time with its phases, MFU, bubble, cost; the prefill's ttft; the decode's tpot, throughput and largest batch. Of a service: nodes and latencies. Each figure has a metric id (\`total_params\`, \`memory_per_gpu\`, \`step_time\`, \`tpot\`; topic \`metrics\` of \`language\` lists them). Times are estimates, with the physical bound as \`ideal\`. What cannot be computed says why. The usual answer has the figures that a reader looks for first; \`all\` or \`metrics\` give others.`,
  input: z.strictObject({
    ...designShape,
    declarations: z.array(z.string().max(200)).max(100).optional().describe("Names to report on, also imported ones (default: all that the file declares)."),
    metrics: z.array(z.string().max(200)).max(100).optional().describe("Metric ids to give, instead of the usual ones."),
    all: z.boolean().optional().describe("Every metric, not the usual ones alone."),
    ...lengthShape,
  }),
  output: z.object({
    declarations: z.array(z.object({
      kind: z.string(), name: z.string(), file: z.string(), line: z.int(),
      figures: z.array(figureSchema),
      not_computed: z.array(z.object({ ids: z.array(z.string()), reason: z.string() })).optional(),
      published: z.array(z.object({ id: z.string(), computed: z.string(), published: z.string(), difference: z.string(), source: z.string() }))
        .optional().describe("Figures that the file says were measured or published, beside the computed ones."),
      conditions: z.array(z.string()).optional().describe("What the figures are stated at."),
      more: z.array(z.string()).optional().describe("Ids of figures that are computed and not given here: ask with `metrics`."),
    })),
    ...countsSchema.shape,
    left_out: z.array(z.string()).describe("Declarations that are not given here: ask with `declarations`."),
  }),
  run: async ({ declarations: names, metrics, all = false, sequence_length, context_length, ...input }, context) => {
    const design = await openDesign(input, context.files);
    const options = figureOptions({ sequence_length, context_length });
    const wanted = names === undefined ? ownDeclarations(design) : names.map((name) => named(design, name));
    const withFigures = wanted.filter(({ keyword }) => metricIds(keyword).length > 0);
    if (metrics) requireMetrics(metrics, withFigures);
    const chosen: Chosen[] = [];
    let room: number = limits.figures;
    for (const declaration of withFigures) {
      if (room <= 0 || chosen.length === limits.declarations) break;
      await context.pause();
      const one = choose(reportOn(design, declaration, fileOf(design, declaration), options, "`context_length`"), metrics, all);
      chosen.push(one);
      room -= one.figures.length + one.missing.length;
    }
    const left = withFigures.slice(chosen.length).map(({ name }) => name);
    await context.pause();
    const diagnostics = checkDesign(design, context.cancellation);
    const lines = [
      ...chosen.flatMap((one) => [...declarationLines(design, one), ""]),
      ...(chosen.length === 0 ? [`${design.files[0]?.path ?? ""} declares nothing with figures: only models, hardware, plans and services have some.`, ""] : []),
      ...(left.length === 0 ? [] : [`… not given here, ask with \`declarations\`: ${left.map(printable).join(", ")}`, ""]),
      ...findingsPart(design, diagnostics),
    ];
    return {
      text: bounded(lines, "name fewer `declarations`, or `metrics`"),
      data: { declarations: chosen.map((one) => declarationData(design, one)), ...countsOf(diagnostics), left_out: left },
    };
  },
});

function named(design: Design, name: string): BoundDeclaration {
  const declaration = findNamed(design, name);
  if (!declaration) throw unknownName(design, name);
  return declaration;
}

const fileOf = (design: Design, { file: { uri } }: BoundDeclaration) => ({ path: design.showUri(uri), uri });

function requireMetrics(metrics: readonly string[], declarations: readonly BoundDeclaration[]): void {
  const keywords = [...new Set(declarations.map(({ keyword }) => keyword))];
  const known = keywords.flatMap(metricIds);
  const [unknown] = metrics.filter((id) => !known.includes(id));
  if (unknown === undefined || keywords.length === 0) return;
  throw new WrongUse(
    `no declaration asked about has a metric \`${printable(clip(unknown))}\`${didYouMean(nearest(unknown, known))}`,
    ...keywords.map((keyword) => `  ${withArticle(keyword)} has: ${metricIds(keyword).join(" ")}`),
  );
}

interface Chosen {
  readonly report: ReportedDeclaration;
  readonly figures: readonly (ReportedMetric & { readonly isPart: boolean })[];
  readonly missing: readonly { readonly reason: string; readonly ids: readonly string[] }[];
  /** Computed, and not among the figures. */
  readonly more: readonly string[];
}

function choose(report: ReportedDeclaration, metrics: readonly string[] | undefined, all: boolean): Chosen {
  const { main, others, missing } = groupMetrics(report);
  if (metrics) {
    const figures = metrics.flatMap((id) => report.metrics.filter((metric) => metric.id === id)).map((metric) => ({ ...metric, isPart: false }));
    return { report, figures, missing: [], more: [] };
  }
  if (all) return { report, figures: [...main, ...others], missing, more: [] };
  const usual = new Set(report.main);
  return {
    report, figures: main, more: others.map(({ id }) => id),
    missing: missing.flatMap(({ reason, ids }) => (ids.some((id) => usual.has(id)) ? [{ reason, ids }] : [])),
  };
}

function declarationLines(design: Design, { report, figures, missing, more }: Chosen): readonly string[] {
  const { keyword, name, file, span, summary, published, conditions } = report;
  return [
    `${keyword} ${name} (${placeText(design, file.uri, span.start)})${summary === undefined ? "" : `: ${printable(clip(summary))}`}`,
    ...figures.map((metric) => `  ${metric.isPart ? "  " : ""}${figureLine(metric)}`),
    ...missing.map(({ reason, ids }) => `  not computed: ${ids.join(", ")}: ${printable(clip(reason))}`),
    ...published.map((one) => {
      const { computed, published: given, difference, source } = publishedText(one);
      return printable(clip(`  published ${one.metric.id}: ${given}, here ${computed} (${difference}), from ${source}`));
    }),
    ...conditions.map((sentence) => `  ${sentence}`),
    ...(more.length === 0 ? [] : [`  ${more.length} more with \`all\` or \`metrics\`: ${more.join(" ")}`]),
  ];
}

function declarationData(design: Design, { report, figures, missing, more }: Chosen) {
  const { keyword, name, file, span, published, conditions } = report;
  return {
    kind: keyword, name, file: file.path, line: rangeOf(design, file.uri, span).start.line + 1,
    figures: figures.map((metric) => figureData(metric.id, metric.figure, metric)),
    ...(missing.length === 0 ? {} : { not_computed: missing.map(({ ids, reason }) => ({ ids: [...ids], reason: clip(reason) })) }),
    ...(published.length === 0 ? {} : {
      published: published.map((one) => {
        const { computed, published: written, difference, source } = publishedText(one);
        return { id: one.metric.id, computed, published: clip(written), difference, source: clip(source) };
      }),
    }),
    ...(conditions.length === 0 ? {} : { conditions: [...conditions] }),
    ...(more.length === 0 ? {} : { more: [...more] }),
  };
}
