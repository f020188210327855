// What the tests do in VS Code, in the words of its API.
import * as vscode from "vscode";
import * as assert from "./assert";
import { until } from "./harness";

const extensionId = "dsco.dsco";

export async function extension(): Promise<vscode.Extension<unknown>> {
  return until("the extension to be known", () => vscode.extensions.getExtension(extensionId), 15_000);
}

export function inWorkspace(name: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, "a folder is open");
  return vscode.Uri.joinPath(folder.uri, name);
}

export async function open(name: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(inWorkspace(name));
  await vscode.window.showTextDocument(document);
  return document;
}

type WriteFile = (uri: vscode.Uri, text: string) => Promise<void>;

let writeFile: WriteFile;

/** Says how files of the workspace are written: as another program would where there is a disk. */
export function writeWith(how: WriteFile): void {
  writeFile = how;
}

/** Writes a file into the workspace. */
export const write = (name: string, text: string): Promise<void> => writeFile(inWorkspace(name), text);

/** Writes a file into the workspace and opens it. */
export async function openText(name: string, text: string): Promise<vscode.TextDocument> {
  await write(name, text);
  return open(name);
}

export async function edit(document: vscode.TextDocument, range: vscode.Range, text: string): Promise<void> {
  const change = new vscode.WorkspaceEdit();
  change.replace(document.uri, range, text);
  assert.ok(await vscode.workspace.applyEdit(change), "the edit was applied");
}

/** Where `text` stands; `offset` characters into it. */
export function positionOf(document: vscode.TextDocument, text: string, offset = 0): vscode.Position {
  const index = document.getText().indexOf(text);
  assert.notEqual(index, -1, `the document holds "${text}"`);
  return document.positionAt(index + offset);
}

export function rangeOf(document: vscode.TextDocument, text: string): vscode.Range {
  const start = positionOf(document, text);
  return new vscode.Range(start, document.positionAt(document.offsetAt(start) + text.length));
}

export function errorsOf(document: vscode.TextDocument): readonly vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(document.uri).filter(({ severity }) => severity === vscode.DiagnosticSeverity.Error);
}

export function codeOf(diagnostic: vscode.Diagnostic): string {
  const { code } = diagnostic;
  return String(typeof code === "object" ? code.value : code);
}

/** The text of the hovers at a position. */
export async function hoverAt(document: vscode.TextDocument, position: vscode.Position): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>("vscode.executeHoverProvider", document.uri, position);
  return hovers.flatMap(({ contents }) => contents.map((content) => (typeof content === "string" ? content : content.value))).join("\n");
}

/** The resolved lenses of a document. */
export async function lensesOf(document: vscode.TextDocument): Promise<readonly vscode.CodeLens[]> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>("vscode.executeCodeLensProvider", document.uri, 1000);
  return lenses.filter(({ command }) => command !== undefined && command.title !== "");
}

export async function fixesAt(document: vscode.TextDocument, range: vscode.Range): Promise<readonly vscode.CodeAction[]> {
  return vscode.commands.executeCommand<vscode.CodeAction[]>(
    "vscode.executeCodeActionProvider", document.uri, range, vscode.CodeActionKind.QuickFix.value, 100,
  );
}

export async function symbolsOf(document: vscode.TextDocument): Promise<readonly vscode.DocumentSymbol[]> {
  return (await vscode.commands.executeCommand<vscode.DocumentSymbol[] | undefined>("vscode.executeDocumentSymbolProvider", document.uri)) ?? [];
}

/** Waits until the server has answered for the open text: its outline is there. */
export async function answered(document: vscode.TextDocument): Promise<void> {
  await until("the server to answer", async () => (await symbolsOf(document)).length > 0, 15_000);
}
