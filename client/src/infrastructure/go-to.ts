import { Position, Range, Uri, ViewColumn, window, workspace } from "vscode";

/** Shows a place of a document in the editor that shows it already, else in the first column. */
export async function goTo(uri: string, line: number, character: number): Promise<void> {
  const document = await workspace.openTextDocument(Uri.parse(uri, true));
  const shown = window.visibleTextEditors.find((editor) => editor.document === document);
  const place = new Position(line, character);
  await window.showTextDocument(document, { viewColumn: shown?.viewColumn ?? ViewColumn.One, selection: new Range(place, place) });
}
