import { generateTmLanguage } from "../../grammar/src/tm-language";
import { validate } from "../../server/src/cli/validate/summary";
import { agentToolTexts, withAgentTools } from "./agent-tools";
import { diagnosticDocuments } from "./diagnostics";
import { languageDocument } from "./language";
import { localizationDocument } from "./localization";
import { modelsDocument } from "./models";
import { readmeDocument } from "./readme";
import { manifestDocument, settingsDocument } from "./settings";
import { validationDocument } from "./validation";

/** The files that documents are made of, as they are. */
export interface Sources {
  /** README.md, package.json and package.nls.json: parts of them are made. */
  readonly readme: string;
  readonly manifest: string;
  readonly manifestTexts: string;
  /** The texts of the client's files. */
  readonly client: readonly string[];
}

/** Every file that is made from the sources, by its path in the repository. */
export function documents({ readme, manifest, manifestTexts, client }: Sources): ReadonlyMap<string, string> {
  const validation = validate();
  return new Map([
    ["grammar/dsco.tmLanguage.json", generateTmLanguage()],
    ["l10n/bundle.l10n.json", localizationDocument(client)],
    ["docs/language.md", languageDocument()],
    ["docs/models.md", modelsDocument()],
    ["docs/settings.md", settingsDocument(manifest, manifestTexts)],
    ["docs/validation.md", validationDocument(validation)],
    ["README.md", readmeDocument(readme, validation)],
    ["package.json", withAgentTools(manifestDocument(manifest))],
    ["package.nls.json", agentToolTexts(manifestTexts)],
    ...diagnosticDocuments(),
  ]);
}
