// The editors of fuzzed sessions.
import type { Encoding } from "./session-texts";

/** One kind of editor. */
export interface Profile {
  readonly name: string;
  readonly encoding: Encoding;
  readonly pulls: boolean;
  readonly capabilities: object;
  readonly initializationOptions?: object;
}

export const profiles: readonly Profile[] = [
  {
    name: "an editor like VS Code", encoding: "utf-16", pulls: true, initializationOptions: { runsCommands: true, readsLibrary: true },
    capabilities: {
      workspace: { configuration: true, workspaceFolders: true, didChangeConfiguration: { dynamicRegistration: true }, didChangeWatchedFiles: { dynamicRegistration: true }, diagnostics: { refreshSupport: true }, codeLens: { refreshSupport: true }, inlayHint: { refreshSupport: true } },
      textDocument: {
        diagnostic: {}, hover: { contentFormat: ["markdown"] }, definition: { linkSupport: true }, documentSymbol: { hierarchicalDocumentSymbolSupport: true },
        codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix"] } } }, completion: { completionItem: { snippetSupport: true } },
      },
    },
  },
  {
    name: "a plain editor that counts bytes", encoding: "utf-8", pulls: false,
    capabilities: { general: { positionEncodings: ["utf-8", "utf-16"] }, textDocument: { publishDiagnostics: { versionSupport: true }, hover: { contentFormat: ["plaintext"] }, codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: [] } } } } },
  },
];
