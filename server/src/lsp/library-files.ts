import { standardLibrary } from "../std";
import type { Host } from "./host";

/** Where the standard library stands in files, for editors that do not open it by its own scheme. Looked up when first asked. */
export interface LibraryFiles {
  /** The `file:` address of `std:hardware/nvidia`; `undefined` where no file has its text. */
  readonly fileOf: (address: string) => string | undefined;
  /** The other way. */
  readonly addressOf: (file: string) => string | undefined;
}

export function createLibraryFiles({ libraryFile }: Host): LibraryFiles {
  let known: { readonly files: ReadonlyMap<string, string>; readonly addresses: ReadonlyMap<string, string> } | undefined;
  const look = () => {
    const found = libraryFile === undefined ? [] : [...standardLibrary].flatMap(([address, text]) => {
      const file = libraryFile(address, text);
      return file === undefined ? [] : [[address, file] as const];
    });
    return { files: new Map(found), addresses: new Map(found.map(([address, file]) => [file, address])) };
  };
  const all = () => (known ??= look());
  return { fileOf: (address) => all().files.get(address), addressOf: (file) => all().addresses.get(file) };
}
