import { generateTmLanguage } from "../../grammar/src/tm-language";
import { validate } from "../../server/src/cli/validate/summary";
import { diagnosticDocuments } from "./diagnostics";
import { languageDocument } from "./language";
import { localizationDocument } from "./localization";
import { modelsDocument } from "./models";
import { readmeDocument } from "./readme";
import { validationDocument } from "./validation";

/**
 * Every file that is made from the sources, by its path in the repository. `readme`: README.md as it is; a part of it is
 * made. `clientSources`: the texts of the client's files.
 */
export function documents(readme: string, clientSources: readonly string[]): ReadonlyMap<string, string> {
  const validation = validate();
  return new Map([
    ["grammar/dsco.tmLanguage.json", generateTmLanguage()],
    ["l10n/bundle.l10n.json", localizationDocument(clientSources)],
    ["docs/language.md", languageDocument()],
    ["docs/models.md", modelsDocument()],
    ["docs/validation.md", validationDocument(validation)],
    ["README.md", readmeDocument(readme, validation)],
    ...diagnosticDocuments(),
  ]);
}
