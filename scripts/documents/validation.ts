import { validationMarkdown } from "../../server/src/cli/validate/markdown";
import type { Validation } from "../../server/src/cli/validate/summary";
import { page } from "./markdown";

/** What `dsco validate` prints, as a page. */
export const validationDocument = (validation: Validation): string =>
  page(
    "# Figures beside published ones",
    "What `npx dsco validate` prints. The cases are `.dsco` files in `server/src/evidence`: a plan, a cluster or a model with `measured METRIC = VALUE from \"source\"`. One set of defaults serves them all; it comes from measurements of single operators, of which the last groups hold samples.",
    validationMarkdown(validation).trimEnd(),
  );
