import { createEditor, type Editor, type Message } from "./editor";
import { connectInMemory, memoryHost } from "./in-memory-server";

export interface Place {
  readonly line: number;
  readonly character: number;
}

export interface FoundDiagnostic {
  readonly range: { readonly start: Place; readonly end: Place };
  readonly code: string;
  readonly message: string;
  readonly severity: number;
}

interface OpenInEditor {
  readonly uri: string;
  readonly document: { readonly textDocument: { readonly uri: string } };
  readonly text: () => string;
  /** Replaces the first occurrence of a text by an incremental change. */
  readonly replace: (wanted: string, replacement: string) => void;
  readonly close: () => void;
  /** The id of a hover on the first occurrence of a text. */
  readonly askHover: (wanted: string) => number;
  /** The words of the hover on the first occurrence of a text; the empty text where there is none. */
  readonly hover: (wanted: string) => Promise<string>;
  readonly diagnostics: () => Promise<readonly FoundDiagnostic[]>;
}

export interface InMemoryEditor extends Editor {
  readonly disk: Map<string, string>;
  readonly open: (uri: string, text: string) => OpenInEditor;
}

const capabilities = {
  workspace: { configuration: true, workspaceFolders: true },
  textDocument: { diagnostic: {}, hover: { contentFormat: ["markdown"] }, documentSymbol: { hierarchicalDocumentSymbolSupport: true }, codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix"] } } } },
};

/** An editor that asks for diagnostics and has the folder `file:///design` open, with a server in this process. */
export async function startInMemory(files: Readonly<Record<string, string>> = {}, changed: object = {}): Promise<InMemoryEditor> {
  const disk = new Map(Object.entries(files).map(([path, text]) => [new URL(path, "file:///design/").href, text]));
  const editor = createEditor(connectInMemory(memoryHost(disk)), { "workspace/configuration": () => [{}] });
  await editor.request("initialize", { processId: null, rootUri: null, workspaceFolders: [{ uri: "file:///design", name: "design" }], capabilities, ...changed });
  editor.notify("initialized", {});
  return { ...editor, disk, open: (uri, text) => openDocument(editor, uri, text) };
}

/** A place in a text, columns in UTF-16. */
export function placeAt(text: string, offset: number): Place {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
}

function openDocument(editor: Editor, uri: string, opened: string): OpenInEditor {
  let text = opened;
  let version = 1;
  const document = { textDocument: { uri } };
  const at = (wanted: string): number => {
    const offset = text.indexOf(wanted);
    if (offset < 0) throw new Error(`the text does not hold ${JSON.stringify(wanted)}`);
    return offset;
  };
  const askHover = (wanted: string) => editor.send("textDocument/hover", { ...document, position: placeAt(text, at(wanted) + 1) });
  editor.notify("textDocument/didOpen", { textDocument: { uri, languageId: "dsco", version, text } });
  return {
    uri, document, askHover,
    text: () => text,
    replace: (wanted, replacement) => {
      const offset = at(wanted);
      const range = { start: placeAt(text, offset), end: placeAt(text, offset + wanted.length) };
      text = text.slice(0, offset) + replacement + text.slice(offset + wanted.length);
      editor.notify("textDocument/didChange", { textDocument: { uri, version: (version += 1) }, contentChanges: [{ range, text: replacement }] });
    },
    close: () => editor.notify("textDocument/didClose", document),
    hover: async (wanted) => hoverWords(await editor.answer(askHover(wanted))),
    diagnostics: async () => (await editor.request<{ readonly items: readonly FoundDiagnostic[] }>("textDocument/diagnostic", document)).items,
  };
}

/** The words of an answer to a hover; the empty text where it shows nothing. */
export const hoverWords = ({ result }: Message): string => (result as { readonly contents: { readonly value: string } } | null | undefined)?.contents.value ?? "";
