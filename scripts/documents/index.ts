import { generateTmLanguage } from "../../grammar/src/tm-language";
import { validate } from "../../server/src/cli/validate/summary";
import { diagnosticDocuments } from "./diagnostics";
import { languageDocument } from "./language";
import { modelsDocument } from "./models";
import { readmeDocument } from "./readme";
import { validationDocument } from "./validation";

/** Every file that is made from the sources, by its path in the repository. `readme`: README.md as it is; a part of it is made. */
export function documents(readme: string): ReadonlyMap<string, string> {
  const validation = validate();
  return new Map([
    ["grammar/dsco.tmLanguage.json", generateTmLanguage()],
    ["docs/language.md", languageDocument()],
    ["docs/models.md", modelsDocument()],
    ["docs/validation.md", validationDocument(validation)],
    ["README.md", readmeDocument(readme, validation)],
    ...diagnosticDocuments(),
  ]);
}
