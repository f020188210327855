// How many designs a sweep tries: a space of more than a million training plans, whose layout, memory, batch and cluster vary together.
import { evaluatorOf, openTask, pointAt, runStretch, type Space, type SweepTask } from "../../server/src/explore";

/** DeepSeek-V3 on H800 clusters of ten sizes: 1,296,000 designs of which some 40 % can run and fit. */
export const millionDesigns = `
import { DeepSeekV3 } from "std:models/deepseek"
import { H800Cluster } from "std:clusters/deepseek"

hardware Own extends H800Cluster { nodes = 256 }
parallelism Layout { pp = 16, ep = 64, zero = 1, schedule = dualpipe }
workload Work { phase = training, sequence_length = 4096, global_batch_size = 15_360, tokens = 14.8T }
plan Plan { model = DeepSeekV3, hardware = Own, parallelism = Layout, workload = Work }

sweep Million of Plan {
  budget = 2_000_000
  hardware.nodes               = [64, 96, 128, 160, 192, 224, 256, 320, 384, 512]
  hardware.gpu.memory          = [80 GB, 96 GB, 141 GB, 192 GB]
  parallelism.tp               = [1, 2, 4, 8]
  parallelism.pp               = [2, 4, 8, 16, 32]
  parallelism.ep               = [8, 16, 32, 64, 128]
  parallelism.zero             = 0..3
  parallelism.schedule         = [1f1b, zb1p, dualpipe]
  parallelism.recompute        = [none, selective, full]
  parallelism.micro_batch_size = [1, 2, 4]
  workload.global_batch_size   = [3840, 7680, 15_360]
  maximize tokens_per_second_per_gpu
  minimize memory_per_gpu
}
`;

const uri = "file:///bench/million.dsco";

export const millionTask: SweepTask = { files: { [uri]: millionDesigns }, uri, sweep: "Million" };

export function millionSpace(): Space {
  const space = openTask(millionTask);
  if (typeof space === "string") throw new Error(space);
  return space;
}

export interface SweepRate {
  readonly designs: number;
  /** Those whose every objective was computed: they can run and fit. */
  readonly plans: number;
  /** Microseconds of the processor a design, those that are left out included. */
  readonly perDesign: number;
  /** The same a plan, when nothing but plans is tried. */
  readonly perPlan: number;
}

const cpu = (run: () => void): number => {
  const start = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(start);
  return user + system;
};

/** Tries the last designs of the space, up to so many, in one thread; those of the largest clusters. What was computed before is forgotten. */
export function sweepRate(count: number): SweepRate {
  const space = millionSpace();
  const from = Math.max(0, space.size - count);
  const found: number[] = [];
  const perDesign = cpu(() => void found.push(...runStretch(evaluatorOf(space), from, space.size).indices)) / (space.size - from);
  const fresh = evaluatorOf(space);
  const perPlan = cpu(() => { for (const index of found) fresh.verdict(pointAt(space, index)); }) / found.length;
  return { designs: space.size - from, plans: found.length, perDesign, perPlan };
}
