/** How the picture of a schedule calls and colours what it shows. */

import type { OperationKind } from "../../cost/pipeline/operations";
import type { Colour } from "../colours";
import type { DrawnChunk, ScheduleData, ScheduleOperation } from "./data";

export const kindNames: readonly (readonly [kind: OperationKind, name: string])[] = [
  ["forward", "Forward"], ["backward", "Backward"], ["backward_input", "Gradients of inputs"], ["backward_weight", "Gradients of weights"], ["overlapped", "Overlapped pairs"],
];

/** What tells the two flows apart; `undefined` for schedules with one. */
export function flowNames({ schedule, pp }: ScheduleData): readonly [string, string] | undefined {
  switch (schedule) {
    case "dualpipe": return ["from rank 0", `from rank ${pp - 1}`];
    case "dualpipev": return ["on the way down", "on the way up"];
    case "interleaved": return ["of even virtual stages", "of odd virtual stages"];
    default: return undefined;
  }
}

const forwardColour = ({ flow }: DrawnChunk): Colour => (flow === 0 ? "forward" : "forward2");
const backwardColour = ({ flow }: DrawnChunk): Colour => (flow === 0 ? "backward" : "backward2");

/** From the top of the row down. */
export function coloursIn({ kind, chunk, beside }: ScheduleOperation): readonly Colour[] {
  switch (kind) {
    case "forward": return [forwardColour(chunk)];
    case "backward": case "backward_input": return [backwardColour(chunk)];
    case "backward_weight": return ["weightGradient"];
    case "overlapped": return [forwardColour(chunk), backwardColour(beside ?? chunk)];
  }
}

const words: Readonly<Record<Exclude<OperationKind, "overlapped">, string>> = {
  forward: "forward", backward: "backward", backward_input: "gradients of inputs", backward_weight: "gradients of weights",
};

/** `forward of micro-batch 3, stage 2`; micro-batches and stages count from 0. */
export function operationName({ kind, chunk, beside }: ScheduleOperation): string {
  const name = (word: string, { micro_batch, stage }: DrawnChunk): string => `${word} of micro-batch ${micro_batch}, stage ${stage}`;
  return kind === "overlapped" ? `${name("forward", chunk)} + ${name("backward", beside ?? chunk)}` : name(words[kind], chunk);
}

const letters: Readonly<Record<Exclude<OperationKind, "overlapped">, string>> = { forward: "F", backward: "B", backward_input: "I", backward_weight: "W" };

/** The same as papers write it: `F3, stage 2`; `F3 + B1, stage 2`. */
export function shortName({ kind, chunk, beside }: ScheduleOperation): string {
  const name = kind === "overlapped" ? `F${chunk.micro_batch} + B${beside?.micro_batch ?? ""}` : `${letters[kind]}${chunk.micro_batch}`;
  return `${name}, stage ${chunk.stage}`;
}
