import { CodeActionKind, CodeActionTriggerKind, type CodeAction, type CodeActionParams, type Range } from "vscode-languageserver";
import { fixAll, quickFixes, refactorings, type RangeEdit } from "../ide";
import { guarded, ofActions } from "./requests";
import { editorUri, type Session } from "./session";

const fixAllKind = `${CodeActionKind.SourceFixAll}.dsco`;

/** Every kind that the server makes, for its capabilities. */
export const codeActionKinds: readonly string[] = [CodeActionKind.QuickFix, CodeActionKind.RefactorExtract, CodeActionKind.RefactorInline, CodeActionKind.RefactorRewrite, fixAllKind];

/** Quick fixes, refactorings and everything fixed at once. */
export function registerActionFeatures(session: Session): void {
  const { connection } = session;

  connection.onCodeAction(guarded(session, "code actions", ofActions, async ({ textDocument, range, context }: CodeActionParams, { uri, workspace, token }): Promise<CodeAction[]> => {
    if (!session.client().takesCodeActionLiterals) return [];
    /** A kind stands for all kinds below it. */
    const isWanted = (kind: string): boolean => context.only === undefined || context.only.some((only) => only === "" || kind === only || kind.startsWith(`${only}.`));
    const edit = (edits: readonly RangeEdit[]) => ({ changes: { [textDocument.uri]: [...edits] } });
    const actions: CodeAction[] = [];
    const { diagnostics: { severity } } = await session.settings().of(editorUri(session, uri));
    if (isWanted(CodeActionKind.QuickFix)) {
      for (const { title, edits, preferred, fixes } of quickFixes(workspace, uri, range, token)) {
        if (severity[fixes.code] === "off") continue;
        const diagnostics = context.diagnostics.filter((diagnostic) => diagnostic.code === fixes.code && sameRange(diagnostic.range, fixes.range));
        actions.push({ title, kind: CodeActionKind.QuickFix, isPreferred: preferred, diagnostics, edit: edit(edits) });
      }
    }
    // an editor asks for its light bulb at every move of the cursor: only somebody who opens the menu waits for what is tried here
    if (context.only !== undefined || context.triggerKind !== CodeActionTriggerKind.Automatic) {
      for (const { title, kind, edits } of refactorings(workspace, uri, range, isWanted, token)) actions.push({ title, kind, edit: edit(edits) });
    }
    // only where it is asked for by name: a menu of fixes needs no line that says the same
    if (context.only?.some((only) => only !== "" && (fixAllKind === only || fixAllKind.startsWith(`${only}.`)))) {
      const edits = fixAll(workspace, uri, token, (code) => severity[code] === "off");
      if (edits.length > 0) actions.push({ title: "Fix everything that has one obvious fix", kind: fixAllKind, edit: edit(edits) });
    }
    return actions;
  }));
}

const sameRange = (left: Range, right: Range): boolean =>
  left.start.line === right.start.line && left.start.character === right.start.character &&
  left.end.line === right.end.line && left.end.character === right.end.character;
