/** What the editor is and hands out: files that the server cannot see, what it can do. */

/** Documents of the standard library: `dsco-std:/hardware/nvidia.dsco` is the text of `std:hardware/nvidia`. */
export type StandardLibraryScheme = "dsco-std";

export type ReadFileAnswer =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "failed"; readonly reason: "missing" | "folder" | "forbidden" | "large" | "not-text" | "unavailable" };

/** What an editor that has dsco's extension tells the server at the start, as `initializationOptions`. */
export interface DscoInitialization {
  /** It runs `DscoCommands`: hovers may link to them. */
  readonly runsCommands: true;
  /** It answers `DscoEditorRequests`. */
  readonly readsFiles: true;
  /** It opens `dsco-std:` documents. Left out: the standard library is shown to it in files, or not at all. */
  readonly readsLibrary: true;
}
