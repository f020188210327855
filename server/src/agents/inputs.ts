/** Parts of the inputs that several tools take. */
import * as z from "zod";
import type { FigureOptions } from "../analysis";

export const designShape = {
  file: z.string().min(1).max(4096).optional().describe("Path of a `.dsco` file, absolute or relative to the working folder; or a part of the standard library, such as `std:models/deepseek`. Give `file` or `text`."),
  text: z.string().max(2_000_000).optional().describe("Instead of `file`: the whole text of a design. It may import from `std:` and, with `./`, from files of the working folder."),
} as const;

const tokens = (description: string) => z.int().min(1).optional().describe(description);

export const lengthShape = {
  sequence_length: tokens("Tokens of a training sequence, at which the FLOPs of a model are stated (default 4096). A plan has its own, in its workload."),
  context_length: tokens("Tokens in the cache, at which the cache and decoding of a model are stated (default: the model's max_context)."),
} as const;

export const assignments = (description: string) => z.array(z.string().min(1).max(2000)).max(50).optional().describe(description);

export const assignmentsHelp = "Each `NAME.path=VALUE`, with the value as a file would have it: `PP16EP64.zero=2`, `ServeV3.efficiency.gemm=0.6`, `DeepSeekV3.moe.top_k=4`, `DeepSeekV3.attention[0].heads=64`, `Cluster.price=3 USD/h`; a `let` by its name alone.";

/** How a model states the lengths. */
export interface Lengths {
  readonly sequence_length?: number | undefined;
  readonly context_length?: number | undefined;
}

export const figureOptions = ({ sequence_length: sequenceLength, context_length: contextLength }: Lengths): FigureOptions => ({ sequenceLength, contextLength });
