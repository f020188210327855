import { commands, Disposable, Position, Range, Uri, ViewColumn, window, workspace, type TextEditor } from "vscode";
import type { DeclarationName, DocumentPosition, DscoCommands, PanelAnswer, PanelParams } from "../../../../server/src/lsp/protocol";
import type { FromReport, ReportState, ToReport } from "../../../webview/report/messages";
import type { Server } from "../../infrastructure/server";
import type { OpenPage, PageOwner } from "../../infrastructure/webview";
import { createLatest } from "./latest";

/** What is behind one report panel: it follows the cursor, or a declaration that it is pinned to, and every edit. */
export interface Follower extends PageOwner<FromReport> {
  readonly isPinned: () => boolean;
  /** Brings the panel to the front, at a declaration or, without one, at the cursor. */
  readonly show: (target: DeclarationName | undefined) => void;
}

/** Who types or moves on within it is asked about once. */
const restMilliseconds = 60;

export function createFollower(server: Server, { panel, post }: OpenPage<ToReport>, state: ReportState | undefined): Follower {
  let target = state?.target;
  let pinned = state?.pinned ?? false;
  /** Where the cursor of a design was last: while the panel has the focus, no editor is active. */
  let cursor = target === undefined ? cursorOf(window.activeTextEditor) : undefined;
  let last: PanelAnswer | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const say = (): void => {
    if (last?.kind === "report") post({ type: "report", report: last.report, pinned });
    else if (last === undefined) post({ type: "nothing" });
  };

  const ask = createLatest(async () => {
    if (!panel.visible) return;
    const answer = await answerOf(server, pinned ? undefined : cursor, target);
    if (answer === undefined || isStale(answer, target ?? cursor)) return;
    if (answer.kind === "report") {
      last = answer;
      target = { uri: answer.report.uri, declaration: answer.report.declaration };
      panel.title = answer.report.declaration;
      say();
    } else if (answer.kind === "broken" && last !== undefined) post({ type: "broken", reason: answer.reason });
    else say();
  });
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(ask, restMilliseconds);
  };
  const moved = (editor: TextEditor | undefined): void => {
    const place = cursorOf(editor);
    if (place === undefined || (place.uri === cursor?.uri && place.line === cursor.line)) return;
    cursor = place;
    if (!pinned) soon();
  };

  const listening = Disposable.from(
    window.onDidChangeTextEditorSelection(({ textEditor }) => moved(textEditor)),
    window.onDidChangeActiveTextEditor(moved),
    workspace.onDidChangeTextDocument(({ document }) => {
      if (document.languageId === "dsco") soon();
    }),
    // Also for what else a figure depends on: imported files, settings.
    server.onNotification("dsco/status", ({ state: status }) => {
      if (status === "ready") soon();
    }),
  );

  return {
    isPinned: () => pinned,
    show: (wanted) => {
      panel.reveal(undefined, true);
      cursor = wanted === undefined ? (cursorOf(window.activeTextEditor) ?? cursor) : undefined;
      target = wanted ?? target;
      ask();
    },
    onReady: () => {
      if (last !== undefined) say();
      ask();
    },
    receive: (message) => {
      switch (message.type) {
        case "go": return void goTo(message.uri, message.place);
        case "explain": return void explain(message.figure);
        case "pin":
          pinned = message.pinned;
          if (!pinned) ask();
      }
    },
    dispose: () => {
      clearTimeout(timer);
      listening.dispose();
    },
  };
}

interface Cursor {
  readonly uri: string;
  readonly line: number;
}

const cursorOf = (editor: TextEditor | undefined): Cursor | undefined =>
  (editor?.document.languageId === "dsco" ? { uri: editor.document.uri.toString(), line: editor.selection.active.line } : undefined);

/** What is at the cursor; where that is nothing, what was shown before. `undefined` where there is no answer now: another question follows. */
async function answerOf(server: Server, cursor: Cursor | undefined, target: DeclarationName | undefined): Promise<PanelAnswer | undefined> {
  const ask = (params: PanelParams) => server.request("dsco/panel", params).catch(() => undefined);
  const found = cursor && (await ask({ uri: cursor.uri, line: cursor.line }));
  if (cursor && found === undefined) return undefined;
  return found !== undefined && found.kind !== "none" ? found : target ? ask({ uri: target.uri, declaration: target.declaration }) : found ?? { kind: "none", version: 0 };
}

/** Whether a document has been edited since an answer about it was computed. */
const isStale = ({ version }: PanelAnswer, about: { readonly uri: string } | undefined): boolean =>
  version > 0 && workspace.textDocuments.some((document) => document.uri.toString() === about?.uri && document.version > version);

async function goTo(uri: string, { line, character }: DocumentPosition): Promise<void> {
  const place = new Position(line, character);
  const shown = window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri);
  await window.showTextDocument(Uri.parse(uri, true), { viewColumn: shown?.viewColumn ?? ViewColumn.One, selection: new Range(place, place) });
}

const explain = (...args: DscoCommands["dsco.showExplanation"]): Thenable<unknown> => commands.executeCommand("dsco.showExplanation", ...args);
