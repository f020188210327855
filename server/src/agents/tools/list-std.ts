import * as z from "zod";
import { findInLibrary, libraryParts, printable, type LibraryDeclaration, type LibraryPart } from "../../design";
import { bounded, clip, limits } from "../limits";
import { defineTool } from "../tool";

const kinds = ["model", "gpu", "nic", "hardware", "parallelism", "workload", "plan", "let"] as const;

export const listStd = defineTool({
  name: "list_std",
  title: "List the standard library",
  summary: "The models, GPUs, network cards and clusters that dsco brings, with their sources.",
  description: `Lists what dsco's standard library holds: published models (DeepSeek-V3, Qwen3, Llama 3, Kimi K2, gpt-oss …), GPUs, network cards and clusters (\`hardware\`), each with its source. A design takes them with \`import { DeepSeekV3 } from "std:models/deepseek"\`, and changes them with \`model Mine extends DeepSeekV3 { … }\`. Without \`name\`: all names by part (\`kind\` and \`search\` narrow them and add a line on each). With \`name\`: the text of a declaration (\`H800\`), or what a part (\`std:hardware/nvidia\`) holds. \`report\` with \`file: "std:models/deepseek"\` gives the figures.`,
  input: z.strictObject({
    name: z.string().min(1).max(200).optional().describe("A declaration (`H800`) or a part (`std:hardware/nvidia`)."),
    kind: z.enum(kinds).optional().describe("Only declarations of this kind."),
    search: z.string().min(1).max(200).optional().describe("Only declarations with all of these words in their name, part or summary."),
  }),
  output: z.object({
    parts: z.array(z.object({
      address: z.string().describe("What `import … from` names."),
      declarations: z.array(z.object({ name: z.string(), kind: z.string(), summary: z.string().optional() })),
    })),
    text: z.string().optional().describe("Of the declaration that was named."),
    left_out: z.int().describe("Declarations that are not given: ask with `name`, `kind` or `search`."),
  }),
  run: ({ name, kind, search }) => {
    const found = name === undefined ? undefined : findInLibrary(name);
    if (found?.kind === "declaration") return Promise.resolve(oneDeclaration(found.part, found.entry));
    const words = (search ?? "").toLowerCase().split(/\s+/).filter((word) => word !== "");
    const isWanted = (part: LibraryPart, entry: LibraryDeclaration) =>
      (kind === undefined || entry.kind === kind) && words.every((word) => `${part.address} ${entry.name} ${entry.summary}`.toLowerCase().includes(word));
    const wanted = (found ? [found.part] : libraryParts()).map((part) => ({ part, entries: part.entries.filter((entry) => isWanted(part, entry)) }));
    const isDetailed = found !== undefined || kind !== undefined || words.length > 0;
    return Promise.resolve(listed(wanted.filter(({ entries }) => entries.length > 0), isDetailed));
  },
});

const oneDeclaration = ({ address }: LibraryPart, { name, kind, summary, text }: LibraryDeclaration) => ({
  text: bounded([`import { ${name} } from "${address}"`, "", text.trimEnd()], "its file is part of dsco"),
  data: { parts: [{ address, declarations: [{ name, kind, summary: clip(summary) }] }], text, left_out: 0 },
});

interface Listed {
  readonly part: LibraryPart;
  readonly entries: readonly LibraryDeclaration[];
}

function listed(wanted: readonly Listed[], isDetailed: boolean) {
  const total = wanted.reduce((sum, { entries }) => sum + entries.length, 0);
  let room: number = isDetailed ? limits.library : Number.POSITIVE_INFINITY;
  const shown = wanted.flatMap(({ part, entries }) => {
    const fitting = entries.slice(0, room);
    room -= fitting.length;
    return fitting.length === 0 ? [] : [{ part, entries: fitting }];
  });
  const given = shown.reduce((sum, { entries }) => sum + entries.length, 0);
  const lines = shown.flatMap(({ part, entries }) => (isDetailed
    ? [part.address, ...entries.map(({ name, kind, summary }) => `  ${kind} ${name}: ${printable(clip(summary, 200))}`)]
    : [`${part.address}: ${entries.map(({ name, kind }) => (part.address.startsWith("std:models/") ? name : `${name} (${kind})`)).join(", ")}`]));
  return {
    text: bounded([...(lines.length === 0 ? ["The standard library has no such declaration."] : lines), ...(given === total ? [] : [`… ${total - given} more: narrow with \`kind\` or \`search\``])], "narrow with `kind` or `search`"),
    data: {
      parts: shown.map(({ part, entries }) => ({
        address: part.address,
        declarations: entries.map(({ name, kind, summary }) => ({ name, kind, ...(isDetailed ? { summary: clip(summary, 200) } : {}) })),
      })),
      left_out: total - given,
    },
  };
}
