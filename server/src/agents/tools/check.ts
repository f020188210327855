import * as z from "zod";
import { checkDesign, countDiagnostics } from "../../design";
import { openDesign } from "../files";
import { countsOf, countsSchema, findingLines, findingOf, findingSchema, fixesOf, worstFirst } from "../findings";
import { designShape } from "../inputs";
import { bounded, limits } from "../limits";
import { defineTool } from "../tool";

export const check = defineTool({
  name: "check",
  title: "Check a design",
  summary: "Errors and warnings of a dsco design, with fixes that were tried before they are offered.",
  description: `Checks a design written in dsco (.dsco): a small language in which a large language model, a cluster, a parallel layout and a workload are written down, one fact a line, with units. Finds mistakes of the language (syntax, names, types, units), models and clusters that cannot be, layouts that cannot run, memory over capacity, routing that the links do not carry, requirements that fail. Each finding has its place, a code that \`explain\` explains, and, for errors, fixes that were applied in memory and worked. Findings in the design are the answer, not a failure. Call it after every edit of a .dsco file, and with \`text\` before writing one. \`language\` shows how to write the language.`,
  input: z.strictObject({
    ...designShape,
    least_severity: z.enum(["error", "warning", "information"]).optional().describe("Leaves out what is less severe (default: information, which leaves out nothing)."),
    fixes: z.enum(["errors", "all", "none"]).optional().describe("Of which findings fixes are tried (default errors; `all` takes longer)."),
    skip: z.int().min(0).optional().describe("Findings to skip, the worst first: for the rest of a long answer."),
    limit: z.int().min(1).max(limits.diagnostics.most).optional().describe(`Findings at most (default ${limits.diagnostics.usual}).`),
  }),
  output: z.object({
    ...countsSchema.shape,
    findings: z.array(findingSchema),
    left_out: z.int().describe("Findings behind these: ask with `skip`."),
  }),
  run: async ({ least_severity, fixes: wanted = "errors", skip = 0, limit = limits.diagnostics.usual, ...input }, context) => {
    const design = await openDesign(input, context.files);
    const all = checkDesign(design, context.cancellation);
    const found = worstFirst(all, least_severity);
    const shown = found.slice(skip, skip + limit);
    const isTooMuch = all.length > limits.findingsToFix;
    const fixable = wanted === "none" || isTooMuch ? [] : shown.filter(({ severity }) => wanted === "all" || severity === "error");
    const fixes = await fixesOf(design, fixable, context);
    const left = Math.max(0, found.length - skip - shown.length);
    const lines = [
      `${design.files[0]?.path ?? ""}: ${countDiagnostics(all)}`,
      ...shown.flatMap((diagnostic) => findingLines(design, diagnostic, fixes.get(diagnostic))),
      ...(left === 0 ? [] : [`… ${left} more: ask with \`skip: ${skip + shown.length}\``]),
      ...(isTooMuch && wanted !== "none" ? [`Fixes are tried when there are at most ${limits.findingsToFix} findings.`] : []),
    ];
    return {
      text: bounded(lines, "ask with a smaller `limit` and with `skip`"),
      data: { ...countsOf(all), findings: shown.map((diagnostic) => findingOf(design, diagnostic, fixes.get(diagnostic))), left_out: left },
    };
  },
});
