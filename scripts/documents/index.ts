import { generateTmLanguage } from "../../grammar/src/tm-language";
import { diagnosticDocuments } from "./diagnostics";
import { languageDocument } from "./language";

/** Every file that is made from the sources, by its path in the repository. */
export const documents = (): ReadonlyMap<string, string> =>
  new Map([["grammar/dsco.tmLanguage.json", generateTmLanguage()], ["docs/language.md", languageDocument()], ...diagnosticDocuments()]);
