import { generateTmLanguage } from "../../grammar/src/tm-language";
import { validate } from "../../server/src/cli/validate/summary";
import { diagnosticDocuments } from "./diagnostics";
import { languageDocument } from "./language";
import { localizationDocument } from "./localization";
import { manifestDocument, manifestTextsDocument } from "./manifest";
import { modelsDocument } from "./models";
import { readmeDocument } from "./readme";
import { validationDocument } from "./validation";

/** Files of which a part is made, as they are. */
export interface PartlyMade {
  readonly readme: string;
  /** package.json and package.nls.json. */
  readonly manifest: string;
  readonly manifestTexts: string;
}

/** Every file that is made from the sources, by its path in the repository. `clientSources`: the texts of the client's files. */
export function documents({ readme, manifest, manifestTexts }: PartlyMade, clientSources: readonly string[]): ReadonlyMap<string, string> {
  const validation = validate();
  return new Map([
    ["grammar/dsco.tmLanguage.json", generateTmLanguage()],
    ["package.json", manifestDocument(manifest)],
    ["package.nls.json", manifestTextsDocument(manifestTexts)],
    ["l10n/bundle.l10n.json", localizationDocument(clientSources)],
    ["docs/language.md", languageDocument()],
    ["docs/models.md", modelsDocument()],
    ["docs/validation.md", validationDocument(validation)],
    ["README.md", readmeDocument(readme, validation)],
    ...diagnosticDocuments(),
  ]);
}
