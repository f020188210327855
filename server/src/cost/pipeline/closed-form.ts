/**
 * What the papers state about a schedule in one line, for equal stages and sends that take no time. Where the assumption
 * holds, the simulation (simulate.ts) gives exactly this bubble: on every rank, for dualpipe and dualpipev on the worst.
 * Elsewhere zb1p idles longer: (pp - 1) times the longest of F + B - 2 W, F and B - W. dualpipe and dualpipev idle longer
 * where B - W < F or B - W < W; where F < B - W they can idle less, by one forward at most, so that their closed form is
 * no strict lower bound.
 */

import { stageCount, type ChunkDurations, type Pipeline } from "./schedule";

export interface ClosedForm {
  /** Idle time of each rank in one step, in seconds; never below 0. */
  readonly bubble: number;
  /** In the sources' symbols: F forward, B full backward, W weight part, F&B an overlapped pair, each of one chunk. */
  readonly formula: string;
  /** Under what the closed form is exact; empty where it always is. */
  readonly assumption: string;
  readonly source: string;
}

const table2 = "DeepSeek-V3, arXiv:2412.19437, Table 2";

/**
 * The bubble of equal stages. `chunk` holds the durations of one stage: for interleaved that is 1/vp of a rank's layers,
 * for dualpipev 1/2. The tables' PP is the number of stages, so that of dualpipev is 2 x pp.
 */
export function closedForm(pipeline: Pipeline, chunk: ChunkDurations): ClosedForm {
  const { forward, backward, weight, overlapped = forward + backward } = chunk;
  const { pp, schedule } = pipeline;
  switch (schedule) {
    case "1f1b": return {
      bubble: (pp - 1) * (forward + backward),
      formula: "(pp - 1) x (F + B)",
      assumption: "",
      source: table2,
    };
    case "interleaved": return {
      bubble: (pp - 1) * (forward + backward),
      formula: "(pp - 1) x (F + B), with F and B of one of the rank's vp stages",
      assumption: "",
      source: "arXiv:2104.04473, section 2.2.2",
    };
    case "zb1p": return {
      bubble: Math.max(0, (pp - 1) * (forward + backward - 2 * weight)),
      formula: "(pp - 1) x (F + B - 2 W)",
      assumption: "W <= F, W <= B - W, micro-batches >= pp",
      source: `${table2}; ZB-H1, arXiv:2401.10241, section 2.1`,
    };
    case "dualpipe":
    case "dualpipev": return {
      bubble: Math.max(0, (stageCount(pipeline) / 2 - 1) * (overlapped + backward - 3 * weight)),
      formula: schedule === "dualpipe" ? "(pp / 2 - 1) x (F&B + B - 3 W)" : "(pp - 1) x (F&B + B - 3 W)",
      assumption: "F = B - W >= W",
      source: `${table2}; DualPipe repository, README`,
    };
  }
}

/**
 * The column "Parameter" of the table: how many stages' weights a rank keeps, where interleaved counts its vp stages as
 * one. The two of dualpipe are of pp stages, so the pipeline holds the model twice; those of dualpipev are of 2 x pp.
 */
export const parameterMultiplicity = ({ schedule }: Pick<Pipeline, "schedule">): 1 | 2 =>
  (schedule === "dualpipe" || schedule === "dualpipev" ? 2 : 1);

/**
 * The most chunks whose activations a rank keeps at once. On rank 0 and with micro-batches enough it is the column
 * "Activation" of the table, and for interleaved pp x vp times the 1 + (pp - 1) / (pp x vp) of arXiv:2205.05198,
 * section 4.2.3. A chunk of dualpipev is half as large as one of dualpipe on as many ranks.
 */
export function activationsInFlight(pipeline: Pipeline, rank: number): number {
  const { pp, micro_batches } = pipeline;
  switch (pipeline.schedule) {
    case "1f1b": return Math.min(micro_batches, pp - rank);
    case "interleaved": return Math.min(micro_batches * pipeline.vp, 2 * (pp - rank - 1) + (pipeline.vp - 1) * pp + 1);
    case "zb1p": return Math.min(micro_batches, pp);
    case "dualpipe":
    case "dualpipev": return stageCount(pipeline) + 1;
  }
}
