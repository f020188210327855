import { Disposable, window, workspace, type TextEditor } from "vscode";
import type { DeclarationName, ExplainParams, PanelAnswer, PanelParams, PanelReport } from "../../../../server/src/lsp/protocol";
import type { FromReport, ReportState, ToReport } from "../../../webview/report/messages";
import { goTo } from "../../infrastructure/go-to";
import { said } from "../../infrastructure/said";
import type { Server } from "../../infrastructure/server";
import type { OpenPage, PageOwner } from "../../infrastructure/webview";
import { createLatest } from "./latest";
import { hashesOf, shortened, whole } from "./pictures";
import { save } from "./saving";

/** What is behind one report panel: it follows the cursor, or a declaration that it is pinned to, and every edit. */
export interface Follower extends PageOwner<FromReport> {
  readonly isPinned: () => boolean;
  /** Brings the panel to the front, at a declaration or, without one, at the cursor. */
  readonly show: (target: DeclarationName | undefined) => void;
}

/** Who types or moves on within it is asked about once. */
const restMilliseconds = 60;

/** `explain` is asked to show where a figure comes from. */
export function createFollower(server: Server, { panel, post }: OpenPage<ToReport>, state: ReportState | undefined, explain: (figure: ExplainParams) => void): Follower {
  let target = state?.target;
  let pinned = state?.pinned ?? false;
  /** Where the cursor of a design was last: while the panel has the focus, no editor is active. */
  let cursor = target === undefined ? cursorOf(window.activeTextEditor) : undefined;
  let last: PanelReport | undefined;
  /** The pictures that the page shows, by their hashes: it is not told them again. */
  let shownPictures: readonly string[] = [];
  /** `last` is not what is left of a text in error. */
  let isWhole = false;
  /** Of the room for a picture in the page; unknown until the page says it. */
  let width: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;

  const say = (): void => {
    if (last === undefined) return post({ type: "nothing" });
    post({ type: "report", report: shortened(last, shownPictures), pinned });
    shownPictures = hashesOf(last);
  };

  const ask = createLatest(async () => {
    if (isClosed || !panel.visible || width === undefined) return;
    const answer = await answerOf(server, pinned ? undefined : cursor, target, { width, known: hashesOf(last) });
    // Another question follows, or the panel was closed meanwhile.
    if (answer === undefined || isClosed) return;
    const keeps = answer.kind === "broken" && isWhole && last?.declaration === answer.declaration;
    const shown = answer.kind === "report" ? answer.report : answer.kind === "broken" && !keeps ? answer.rest : undefined;
    if (shown) {
      last = whole(shown, last);
      isWhole = answer.kind === "report";
      target = { uri: shown.uri, declaration: shown.declaration };
      panel.title = shown.declaration;
      say();
    } else if (keeps) post({ type: "broken", reason: answer.reason });
    else if (last === undefined) say();
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
    // What was shown before is there at once; the page then says how wide it is, and is asked for anew.
    onReady: () => {
      width = undefined;
      shownPictures = [];
      if (last) say();
    },
    receive: (message) => {
      switch (message.type) {
        case "size":
          width = message.width;
          return ask();
        case "go": return void said(goTo(message.to.uri, message.to.place.line, message.to.place.character));
        case "explain": return explain(message.figure);
        case "pin":
          pinned = message.pinned;
          if (last) say();
          return ask();
        case "save": if (target) void save(server, target, message);
      }
    },
    dispose: () => {
      isClosed = true;
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

/**
 * What is at the cursor; where that is nothing, what was shown before. `undefined` where there is no answer now: the server is busy with a newer text, or
 * starts, or has answered about an older text; the next event asks again.
 */
async function answerOf(server: Server, cursor: Cursor | undefined, target: DeclarationName | undefined, page: Pick<PanelParams, "width" | "known">): Promise<PanelAnswer | undefined> {
  const ask = async (params: PanelParams): Promise<PanelAnswer | undefined> => {
    const answer = await server.request("dsco/panel", { ...params, ...page }).catch(() => undefined);
    return answer && !isStale(answer, params.uri) ? answer : undefined;
  };
  const found: PanelAnswer | undefined = cursor ? await ask({ uri: cursor.uri, line: cursor.line }) : { kind: "none", version: 0 };
  return found?.kind === "none" && target ? ask({ uri: target.uri, declaration: target.declaration }) : found;
}

/** Whether a document has been edited since an answer about it was computed. */
const isStale = ({ version }: PanelAnswer, uri: string): boolean =>
  version > 0 && workspace.textDocuments.some((document) => document.uri.toString() === uri && document.version > version);
