import { planResult } from "../../server/src/analysis";
import type { PlanRecord } from "../../server/src/cost/plan/record";
import { declarationOf } from "./workspace";

/** What differs from the plan of LANGUAGE.md, each as lines of the language. */
export interface PlanText {
  /** Declarations above the plan; they may redefine nothing. */
  readonly before?: string;
  readonly model?: string;
  readonly hardware?: string;
  /** The whole block of the layout, without braces. */
  readonly parallelism?: string;
  readonly workload?: string;
  readonly plan?: string;
}

const trainingLayout = "pp = 16, ep = 64, zero = 1, schedule = dualpipe";
const pretrain = "phase = training, sequence_length = 4096, global_batch_size = 15_360, tokens = 14.8T";

/** DeepSeek-V3 on 2,048 H800 unless something is said. */
export function planText({ before = "", model = "DeepSeekV3", hardware = "H800Cluster", parallelism = trainingLayout, workload = pretrain, plan = "" }: PlanText): string {
  return `
import { DeepSeekV2, DeepSeekV3 } from "std:models/deepseek"
import { Llama3_1_405B } from "std:models/meta"
import { H800Cluster } from "std:clusters/deepseek"
import { DGX_A100, DGX_B200, DGX_H100, GB200_NVL72 } from "std:clusters/nvidia"
${before}
parallelism Layout { ${parallelism} }
workload Work { ${workload} }
plan Plan { model = ${model}, hardware = ${hardware}, parallelism = Layout, workload = Work
${plan} }
`;
}

export function planRecord(text: PlanText): PlanRecord {
  const { workspace, declaration } = declarationOf({ "plan.dsco": planText(text) }, "Plan");
  const result = planResult(workspace, declaration);
  if (!result) throw new Error("the plan asks for its own figures");
  return result.record;
}
