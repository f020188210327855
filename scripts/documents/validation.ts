import { legend } from "../../server/src/cli/validate/figures";
import { summaryMarkdown, validationMarkdown } from "../../server/src/cli/validate/markdown";
import type { Validation } from "../../server/src/cli/validate/summary";
import { page } from "./markdown";

/** What `dsco validate` prints, as a page. */
export const validationDocument = (validation: Validation): string =>
  page(
    "# Figures beside published ones",
    "What `npx dsco validate` prints. The cases are `.dsco` files in `server/src/evidence`: a plan, a cluster or a model with `measured METRIC = VALUE from \"source\"`. One set of defaults serves them all; it comes from measurements of single operators, of which the last groups hold samples.",
    validationMarkdown(validation).trimEnd(),
  );

const begin = "<!-- validation: written by `npm run docs` -->";
const end = "<!-- end of validation -->";

/** The README with its summary written anew. */
export function readmeDocument(readme: string, validation: Validation): string {
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`README.md has lost the marks ${begin} and ${end}`);
  return `${readme.slice(0, from + begin.length)}\n\n${summaryMarkdown(validation)}\n\n${legend}\n\n${readme.slice(to)}`;
}
