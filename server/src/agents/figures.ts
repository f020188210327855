/** The figures of a declaration as a model reads them. */
import * as z from "zod";
import { figureText, scaleOfUnit, type FigureForm, type MetricFigure } from "../analysis";
import type { Figure } from "../cost/metric";
import { printable } from "../design";
import { clip } from "./limits";

export const figureSchema = z.object({
  id: z.string().describe("The metric: `explain NAME.id` says where it comes from."),
  value: z.union([z.number(), z.string(), z.null()]).describe("In `unit`; a share from 0 to 1; null where it is not computed."),
  unit: z.string().nullable().describe("B, s, FLOP, FLOP/s, B/s, W, J, USD, USD/h, GPU·h, tokens, tokens/s; empty for counts and shares; null for texts."),
  ideal: z.number().optional().describe("Of a time: the physical bound, without efficiencies and latencies."),
  text: z.string().describe("For reading, in decimal units."),
});

export type FigureData = z.output<typeof figureSchema>;

/** A figure in the unit of its metric. */
export function figureData(id: string, figure: Figure, form: FigureForm): FigureData {
  const { unit } = form;
  const text = printable(clip(figureText(figure, form)));
  if (figure.kind === "unavailable") return { id, value: null, unit, text };
  if (figure.kind === "text") return { id, value: figure.value, unit, text };
  return { id, value: inUnit(figure.value, form), unit, ...(figure.ideal === undefined ? {} : { ideal: inUnit(figure.ideal, form) }), text };
}

/** Base units in the unit of a metric. */
export function inUnit(value: number, { unit }: Pick<FigureForm, "unit">): number {
  const scale = scaleOfUnit(unit);
  return scale === 1 ? value : Number((value / scale).toPrecision(15));
}

/** `kv_bytes_per_token = 70.27 KB (70,272 B)` */
export const figureLine = ({ id, figure, ...form }: MetricFigure): string => `${id} = ${printable(clip(figureText(figure, form)))}`;
