/** Which sizes a schedule can run with, as data: a rule can name the property, the reason and the nearest size that works. */

import { formatNumber } from "../term";
import type { Pipeline } from "./schedule";

/** A size must be a whole multiple of `multipleOf` and not below `atLeast`. */
export interface Condition {
  readonly property: "pp" | "vp" | "micro_batches";
  readonly atLeast: number;
  readonly multipleOf: number;
  readonly source: string;
}

const countable = "a pipeline counts ranks and micro-batches";
const megatron = "Megatron-LM, forward_backward_pipelining_with_interleaving; arXiv:2104.04473, section 2.2.2";
const dualPipe = "DualPipe repository, dualpipe.py, step()";
const dualPipeV = "DualPipe repository, dualpipev.py, step()";

/** Those of a schedule, with `pp` of the given pipeline put in. Every property of the pipeline has exactly one. */
export function conditionsOf({ schedule, pp }: Pick<Pipeline, "schedule" | "pp">): readonly Condition[] {
  switch (schedule) {
    case "interleaved": return [
      { property: "pp", atLeast: 2, multipleOf: 1, source: megatron },
      { property: "vp", atLeast: 2, multipleOf: 1, source: megatron },
      { property: "micro_batches", atLeast: pp, multipleOf: pp, source: megatron },
    ];
    case "dualpipe": return [
      { property: "pp", atLeast: 2, multipleOf: 2, source: dualPipe },
      { property: "micro_batches", atLeast: 2 * pp, multipleOf: 2, source: dualPipe },
    ];
    case "dualpipev": return [
      { property: "pp", atLeast: 1, multipleOf: 1, source: dualPipeV },
      { property: "micro_batches", atLeast: 2 * pp, multipleOf: 1, source: dualPipeV },
    ];
    default: return [
      { property: "pp", atLeast: 1, multipleOf: 1, source: countable },
      { property: "micro_batches", atLeast: 1, multipleOf: 1, source: countable },
    ];
  }
}

const meets = ({ atLeast, multipleOf }: Condition, size: number): boolean =>
  Number.isSafeInteger(size) && size >= atLeast && size % multipleOf === 0;

/** Those that a pipeline does not meet; micro-batches that are not known are not asked for. While `pp` itself is wrong only that one is told: others follow from it. */
export function unmetConditions(pipeline: Pick<Pipeline, "schedule" | "pp"> & { readonly vp?: number; readonly micro_batches: number | undefined }): readonly Condition[] {
  const sizes = { pp: pipeline.pp, vp: pipeline.vp ?? 1, micro_batches: pipeline.micro_batches };
  const unmet = conditionsOf(pipeline).filter((condition) => {
    const size = sizes[condition.property];
    return size !== undefined && !meets(condition, size);
  });
  const ranks = unmet.filter(({ property }) => property === "pp");
  return ranks.length > 0 ? ranks : unmet;
}

/** The smallest allowed size that is not below `size`, any finite number. */
export const nextAllowed = ({ atLeast, multipleOf }: Condition, size: number): number =>
  Math.ceil(Math.max(size, atLeast) / multipleOf) * multipleOf;

/** The first of those that a pipeline does not meet, as a clause: "`dualpipe` needs micro-batches of at least 32, in multiples of 2". */
export function unmetText({ schedule }: Pick<Pipeline, "schedule">, [unmet]: readonly Condition[]): string {
  if (unmet === undefined) return `\`${schedule}\` cannot run with these sizes`;
  const name = unmet.property === "micro_batches" ? "micro-batches" : `\`${unmet.property}\``;
  const multiple = unmet.multipleOf === 1 ? "" : `, in multiples of ${formatNumber(unmet.multipleOf)}`;
  return `\`${schedule}\` needs ${name} of at least ${formatNumber(unmet.atLeast)}${multiple}`;
}
