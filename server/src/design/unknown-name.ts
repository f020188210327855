import { standardNames } from "../analysis";
import { didYouMean, fileScope, nearest, type FileScope } from "../core";
import type { Design } from "./design";
import { WrongUse } from "./wrong-use";

/** What may have been meant by a name that a file does not know: one of its own, or one of the standard library, which it does not import. */
export function meantBy(name: string, known: Iterable<string>): string {
  const candidates = [...known];
  const [entry] = candidates.includes(name) ? [] : standardNames.find(name);
  return entry ? `; \`${entry.uri}\` has it, and the file does not import it` : didYouMean(nearest(name, candidates));
}

/** Of the names that a file knows. */
export const meantInFile = (name: string, scope: FileScope | undefined): string => meantBy(name, scope?.symbols.keys() ?? []);

/** For a name that means no declaration of the design's first file. `shown`: the name as it is shown. */
export function unknownDeclaration({ workspace, files: [file] }: Design, name: string, shown = name): WrongUse {
  return new WrongUse(`there is no declaration \`${shown}\` in ${file?.path ?? ""}${meantInFile(name, file && fileScope(workspace, file.uri))}`);
}
