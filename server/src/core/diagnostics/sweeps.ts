import { formatGrouped } from "../../units";
import { defineDiagnostic } from "./define";

/** A design with a sweep of these lines, for the examples. */
const exampleSweep = (...lines: readonly string[]): string => [
  'import { DeepSeekV3 } from "std:models/deepseek"', 'import { H800Cluster } from "std:clusters/deepseek"', "",
  "parallelism Wide { ep = 64 }",
  "workload Chat { phase = decode, context_length = 4096, batch_per_gpu = 32 }",
  "plan Serve { model = DeepSeekV3, hardware = H800Cluster, parallelism = Wide, workload = Chat }", "",
  "sweep Search of Serve {", ...lines.map((line) => `  ${line}`), "}", "",
].join("\n");

/** Codes DSCO22xx: what a `sweep` varies and looks for. */
export const sweeps = {
  nothingVaries: defineDiagnostic({
    code: "DSCO2201", severity: "error", title: "A sweep that varies nothing",
    message: () => "nothing varies: write a line such as `parallelism.ep = [8, 16, 32]`",
    explanation: "A sweep tries every combination of the values that its lines list. A line names a key of the plan's parts, or one of the parts: `workload.batch_per_gpu = 16..256 step 16`, `hardware = [A, B]`.",
    example: exampleSweep("minimize tpot"),
  }),
  nothingSought: defineDiagnostic({
    code: "DSCO2202", severity: "error", title: "A sweep that looks for nothing",
    message: () => "nothing is looked for: write `maximize METRIC` or `minimize METRIC`",
    explanation: "One objective has a best design; two or more have a Pareto front: the designs that no other one beats in all of them.",
    example: exampleSweep("parallelism.ep = [8, 16, 32]"),
  }),
  valueTwice: defineDiagnostic<{ value: string }>({
    code: "DSCO2203", severity: "error", title: "A value that a sweep tries twice",
    message: ({ value }) => `\`${value}\` stands there twice`,
    explanation: "Every value of a list is another design. One that is there twice would be tried and counted twice.",
    example: exampleSweep("parallelism.ep = [8, 8, 32]", "minimize tpot"),
  }),
  objectiveTwice: defineDiagnostic<{ metric: string }>({
    code: "DSCO2204", severity: "error", title: "An objective that is there twice",
    message: ({ metric }) => `\`${metric}\` is an objective twice`,
    explanation: "A metric is maximized or minimized once.",
    example: exampleSweep("parallelism.ep = [8, 16, 32]", "minimize tpot", "minimize tpot"),
  }),
  noKey: defineDiagnostic<{ problem: string }>({
    code: "DSCO2205", severity: "error", title: "A path that leads to no key",
    message: ({ problem }) => problem,
    explanation: "A path begins at the plan and ends at one key of one block: `hardware.gpu.memory`, `model.moe.top_k`. A block is named by its keyword or by its kind, and must be written: a sweep changes values, it adds no blocks.",
    example: exampleSweep("model.attention = [8, 16]", "minimize tpot"),
  }),
  movingValues: defineDiagnostic<{ path: string }>({
    code: "DSCO2206", severity: "error", title: "Values that follow from what varies",
    message: ({ path }) => `these values are computed from \`${path}\`, which varies itself`,
    explanation: "The values of a sweep are the same for all of its designs. A key that follows from another one is written so in its own declaration: it then follows in every design.",
    example: exampleSweep("parallelism.tp = [1, 2, 4]", "parallelism.ep = [8 * Wide.tp]", "minimize tpot"),
  }),
  tooManyValues: defineDiagnostic<{ most: number }>({
    code: "DSCO2207", severity: "error", title: "More values than a sweep takes",
    message: ({ most }) => `a key takes at most ${formatGrouped(most)} values: write a larger \`step\``,
    explanation: "The designs of a sweep are the product of the values of all keys.",
    example: exampleSweep("workload.batch_per_gpu = 1..1_000_000", "minimize tpot"),
  }),
  overBudget: defineDiagnostic<{ size: number; budget: number }>({
    code: "DSCO2208", severity: "information", title: "More designs than the budget of a sweep",
    message: ({ size, budget }) => `${formatGrouped(size)} designs are more than the \`budget\` of ${formatGrouped(budget)}: they are searched, and what is found is not proved`,
    explanation: "`budget` is the most designs of a sweep that are tried: a slip in a range does not keep a machine busy for a day. Within it every design is tried, and what no other one beats is proved. A larger space is searched by NSGA-II (Deb et al., IEEE Transactions on Evolutionary Computation 6, 2002) with as many designs as the budget allows, the same ones for the same `seed`: the best of these are found, not proved.",
    example: exampleSweep("budget = 10", "parallelism.ep = [8, 16, 32, 64]", "workload.batch_per_gpu = [16, 32, 64]", "minimize tpot"),
  }),
  missingInChoice: defineDiagnostic<{ path: string; choices: readonly string[] }>({
    code: "DSCO2209", severity: "warning", title: "A key that some of the varied declarations have not",
    message: ({ path, choices }) => `${choices.map((choice) => `\`${choice}\``).join(", ")} ${choices.length === 1 ? "has" : "have"} no \`${path}\` written: no design with ${choices.length === 1 ? "it" : "them"} is tried`,
    explanation: "Where whole declarations vary and a key in them too, every one of them must have that key, or the block around it: a sweep changes values, it adds no blocks.",
    example: exampleSweep("hardware = [H800Cluster, Bare]", "hardware.nic.rate = [400 Gbps, 800 Gbps]", "minimize tpot") + "\ngpu Device { memory = 80 GB, memory_bandwidth = 3 TB/s }\nhardware Bare { gpu = Device, gpus_per_node = 8, nodes = 4 }\n",
  }),
  otherPhase: defineDiagnostic<{ metric: string; reason: string }>({
    code: "DSCO2210", severity: "error", title: "A figure that no design of a sweep has",
    message: ({ metric, reason }) => `no design of this sweep has \`${metric}\`: ${reason}`,
    explanation: "Some figures are of one phase alone: a training plan has no `tpot`, a decode plan no `step_time`. A sweep that looks for such a figure, or compares it, finds no design, whatever it tries: name a figure of the phase of its plans, or vary `workload` over workloads of the other phase.",
    example: exampleSweep("parallelism.ep = [8, 16, 32]", "minimize step_time"),
  }),
};
