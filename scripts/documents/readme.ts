import { legend } from "../../server/src/cli/validate/figures";
import { summaryMarkdown } from "../../server/src/cli/validate/markdown";
import type { Validation } from "../../server/src/cli/validate/summary";
import { modelConventions, modelSummary } from "./models";

/** The README with its tables written anew. */
export function readmeDocument(readme: string, validation: Validation): string {
  const tables = { models: `${modelSummary()}\n\n${modelConventions}`, validation: `${summaryMarkdown(validation)}\n\n${legend}` };
  return Object.entries(tables).reduce((text, [name, part]) => withPart(text, name, part), readme);
}

function withPart(readme: string, name: string, part: string): string {
  const [begin, end] = [`<!-- ${name}: written by \`npm run docs\` -->`, `<!-- end of ${name} -->`];
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`README.md has lost the marks ${begin} and ${end}`);
  return `${readme.slice(0, from + begin.length)}\n\n${part}\n\n${readme.slice(to)}`;
}
