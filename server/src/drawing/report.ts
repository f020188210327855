/** A declaration at a glance: what it comes to in a line, its figures, its pictures. */

import { capacityOf, computedKinds, figuresOf, hardwareResult, keyMetricsOf, modelResult, planResult, readingOf, serviceResult, shortFigure, shortText, type MetricFigure } from "../analysis";
import type { BoundBlock, BoundDeclaration, Workspace } from "../core";
import { Unavailable } from "../cost/definition";
import { evaluationOf } from "../cost/plan/evaluation";
import { latencyPicture } from "./decode";
import { memoryPicture } from "./memory";
import { modelData, modelPicture } from "./model";
import { narrowest, usualWidth, type DrawingOptions, type Picture, type PictureId } from "./picture";
import { placesOf } from "./places";
import { rooflineData, rooflinePicture, roofsOf } from "./roofline";
import { schedulePicture } from "./schedule";
import { serviceData, servicePicture } from "./service";
import { stepPicture } from "./step";
import type { PlanSubject } from "./subject";
import { topologyData, topologyPicture, trafficData } from "./topology";

export interface Report {
  /** `TrainV3` */
  readonly declaration: string;
  /** `plan` */
  readonly kind: string;
  /** `trains at 1,234 tokens/s per GPU; fits: 61.20 GB of 84.94 GB` */
  readonly headline: string;
  /** Whether its memory fits the GPU; `undefined` where that is no question or not known. */
  readonly fits: boolean | undefined;
  /** Those that a reader looks for first. */
  readonly figures: readonly ReportFigure[];
  readonly pictures: readonly Picture[];
  /** Pictures that such a declaration has and this one cannot have: `reason` completes "not drawn: …". */
  readonly unavailable: readonly MissingPicture[];
}

export interface ReportFigure {
  readonly title: string;
  /** `61.20 GB of 84.94 GB` */
  readonly value: string;
  readonly metric: string;
}

export interface MissingPicture {
  readonly id: PictureId;
  readonly title: string;
  readonly reason: string;
}

/** A picture on demand; `draw` throws `Unavailable`. */
interface Drawing {
  readonly id: PictureId;
  readonly title: string;
  readonly draw: () => Picture;
}

/** Of plans, services, models and hardware; `undefined` for others. */
export function reportOf(workspace: Workspace, declaration: BoundDeclaration, options: Partial<DrawingOptions> = {}): Report | undefined {
  if (!computedKinds[declaration.keyword]) return undefined;
  const figures = figuresOf(workspace, declaration);
  const drawn = drawingsOf(workspace, declaration, figures, {
    width: Math.max(narrowest, Math.round(options.width ?? usualWidth)), scope: options.scope ?? "dsco", titles: options.titles ?? false,
  }).map(attempt);
  return {
    declaration: declaration.name, kind: declaration.keyword,
    ...headlineOf(workspace, declaration, figures),
    figures: mainFigures(workspace, declaration, figures),
    pictures: drawn.flatMap(({ picture }) => picture ?? []),
    unavailable: drawn.flatMap(({ missing }) => missing ?? []),
  };
}

function attempt({ id, title, draw }: Drawing): { readonly picture?: Picture; readonly missing?: MissingPicture } {
  try {
    return { picture: draw() };
  } catch (fault) {
    if (fault instanceof Unavailable) return fault.inapplicable ? {} : { missing: { id, title, reason: fault.message } };
    throw fault;
  }
}

function drawingsOf(workspace: Workspace, declaration: BoundDeclaration, figures: readonly MetricFigure[], options: DrawingOptions): readonly Drawing[] {
  switch (declaration.keyword) {
    case "plan": return planDrawings(workspace, declaration, figures, options);
    case "model": return modelDrawings(workspace, declaration, options);
    case "hardware": return hardwareDrawings(workspace, declaration, options);
    case "service": return serviceDrawings(workspace, declaration, figures, options);
    default: return [];
  }
}

function planDrawings(workspace: Workspace, declaration: BoundDeclaration, figures: readonly MetricFigure[], options: DrawingOptions): readonly Drawing[] {
  const result = planResult(workspace, declaration);
  if (!result) return [];
  const { record, blocks } = result;
  const places = placesOf(workspace, blocks);
  const subject: PlanSubject = { name: declaration.name, evaluation: evaluationOf(record), metric: (id) => figures.find((figure) => figure.id === id), places, options };
  const modelBlock = blocks.get("model");
  return [
    { id: "memory", title: "Memory", draw: () => memoryPicture(subject) },
    { id: "schedule", title: "Schedule of a step", draw: () => schedulePicture(subject) },
    { id: "step", title: "Time of a step", draw: () => stepPicture(subject) },
    { id: "decode", title: "Latency by layer", draw: () => latencyPicture(subject) },
    { id: "roofline", title: "Roofline", draw: () => rooflinePicture({ ...subject, gpu: "hardware.gpu" }, rooflineData(subject.evaluation)) },
    {
      id: "topology", title: "Topology",
      draw: () => topologyPicture({ options, places, prefix: "hardware.", gpu: nameOf(blocks.get("hardware.gpu")) ?? "GPUs" }, { ...topologyData(record.hardware, record.efficiency), traffic: trafficData(subject.evaluation) }),
    },
    { id: "model", title: "Model", draw: () => modelPicture({ name: nameOf(modelBlock) ?? "the model", options, places, prefix: "model." }, modelData(record.model)) },
  ];
}

function modelDrawings(workspace: Workspace, declaration: BoundDeclaration, options: DrawingOptions): readonly Drawing[] {
  const result = modelResult(workspace, declaration);
  if (!result) return [];
  const subject = { name: declaration.name, options, places: placesOf(workspace, result.blocks), prefix: "" };
  return [{ id: "model", title: "Model", draw: () => modelPicture(subject, modelData(result.record)) }];
}

function hardwareDrawings(workspace: Workspace, declaration: BoundDeclaration, options: DrawingOptions): readonly Drawing[] {
  const result = hardwareResult(workspace, declaration);
  if (!result) return [];
  const { record, blocks } = result;
  const places = placesOf(workspace, blocks);
  return [
    { id: "topology", title: "Topology", draw: () => topologyPicture({ options, places, prefix: "", gpu: nameOf(blocks.get("gpu")) ?? "GPUs" }, { ...topologyData(record), traffic: [] }) },
    { id: "roofline", title: "Roofline", draw: () => rooflinePicture({ options, places, gpu: "gpu" }, { ...roofsOf(record.gpu), points: [], moving: { names: [], share: 0 } }) },
  ];
}

function serviceDrawings(workspace: Workspace, declaration: BoundDeclaration, figures: readonly MetricFigure[], options: DrawingOptions): readonly Drawing[] {
  const result = serviceResult(workspace, declaration);
  if (!result) return [];
  const metric = (id: string): MetricFigure | undefined => figures.find((figure) => figure.id === id);
  return [{ id: "step", title: "Time of a request", draw: () => servicePicture({ options, places: placesOf(workspace, result.blocks), metric }, serviceData(result.record, metric)) }];
}

/** Of the declaration whose block it is. */
const nameOf = (block: BoundBlock | undefined): string | undefined => (block?.node.kind === "declaration" ? block.node.name?.text : undefined);

function mainFigures(workspace: Workspace, declaration: BoundDeclaration, figures: readonly MetricFigure[]): readonly ReportFigure[] {
  return keyMetricsOf(workspace, declaration).flatMap((id) => {
    const metric = figures.find((figure) => figure.id === id);
    const value = metric && shortFigure(workspace, declaration, metric);
    return metric && value !== undefined ? [{ title: metric.title, value, metric: id }] : [];
  });
}

/** What each kind of declaration does, from its first figure that has a value. */
const deeds: Readonly<Record<string, readonly (readonly [metric: string, sentence: (value: string) => string])[]>> = {
  training: [["tokens_per_second_per_gpu", (value) => `trains at ${value} per GPU`]],
  prefill: [["tokens_per_second_per_gpu", (value) => `reads ${value} per GPU`]],
  decode: [["tokens_per_second_per_gpu", (value) => `writes ${value} per GPU`]],
  service: [["tokens_per_second_per_node", (value) => `serves ${value} per node`], ["tpot", (value) => `a token every ${value}`]],
  model: [["total_params", (value) => `${value} parameters`], ["active_params", (value) => `${value} active a token`]],
  hardware: [["gpus", (value) => `${value} ${value === "1" ? "GPU" : "GPUs"}`], ["peak_flops", (value) => `${value} in BF16`]],
};

function headlineOf(workspace: Workspace, declaration: BoundDeclaration, figures: readonly MetricFigure[]): Pick<Report, "headline" | "fits"> {
  const find = (id: string): MetricFigure | undefined => figures.find((figure) => figure.id === id);
  const reading = readingOf(workspace, declaration);
  const done = (deeds[reading ?? ""] ?? []).flatMap(([id, sentence]) => {
    const metric = find(id);
    return metric?.figure.kind === "value" ? [sentence(shortText(metric.figure.value, metric))] : [];
  });
  const memory = find("memory_per_gpu");
  const capacity = capacityOf(workspace, declaration, "memory_per_gpu");
  const held = memory?.figure.kind === "value" ? memory.figure.value : undefined;
  const fits = held === undefined || capacity === undefined ? undefined : held <= capacity;
  const fit = memory && fits !== undefined ? [`${fits ? "fits" : "does not fit"}: ${shortFigure(workspace, declaration, memory)}`] : [];
  const said = [done.join(", "), ...fit].filter((part) => part !== "");
  const [reason] = figures.flatMap(({ figure }) => (figure.kind === "unavailable" && figure.inapplicable !== true ? [figure.reason] : []));
  return { headline: said.length === 0 ? `not computed${reason === undefined ? "" : `: ${reason}`}` : said.join("; "), fits };
}
