/**
 * What failures and checkpoints leave of the time. Failures arrive at the mean rate of all parts; each loses half an interval of
 * work on average and a restart. Source: Young, CACM 17(9), 1974, and Daly, FGCS 22(3), 2006 (first order).
 */

import type { FailuresRecord } from "../hardware/record";

/** Mean time between failures of the whole cluster in seconds; `Infinity` where no rate is known. */
export function clusterMtbf({ gpu_mtbf = Infinity, node_mtbf = Infinity }: Partial<FailuresRecord>, gpus: number, nodes: number): number {
  return 1 / (gpus / gpu_mtbf + nodes / node_mtbf);
}

/** The interval that loses least: sqrt(2 x checkpoint time x mean time between failures). Seconds. */
export const bestInterval = (checkpoint: number, mtbf: number): number => Math.sqrt(2 * checkpoint * mtbf);

export interface Losses {
  /** Shares of the time, each 0 to 1. */
  readonly checkpoints: number;
  readonly lost_work: number;
  readonly restarts: number;
}

/** `interval`: time between the starts of two checkpoints; `restart`: from a failure to training again. Seconds. */
export function lossesOf(checkpoint: number, interval: number, mtbf: number, restart: number): Losses {
  return { checkpoints: Math.min(1, checkpoint / Math.max(interval, checkpoint)), lost_work: interval / 2 / mtbf, restarts: restart / mtbf };
}

/** Share of the time that trains, 0 to 1. */
export const goodputOf = ({ checkpoints, lost_work, restarts }: Losses): number =>
  Math.max(0, 1 - checkpoints) / (1 + lost_work + restarts);
