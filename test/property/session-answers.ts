// What a server has to say, question by question, to be held against what another one says.
import type { Editor } from "../kit/editor";
import type { Profile } from "./session-profiles";
import { placeOf, properOffset } from "./session-texts";

/** Open documents as the editor spells them, what lies on the disk, and the settings. */
export interface World {
  readonly open: Map<string, { text: string; version: number }>;
  readonly disk: Map<string, string>;
  settings: unknown;
}

/** What a server keeps for itself in an answer is another thing in each. */
const withoutData = (key: string, value: unknown): unknown => (key === "data" ? undefined : value);

/** What a server has to say about every open document, question by question. */
export async function lastWord(editor: Editor, profile: Profile, world: World, withLenses: boolean): Promise<ReadonlyMap<string, string>> {
  const said = new Map<string, string>();
  await editor.settled();
  if (!profile.pulls) {
    // Everything that was sent is read before this is answered; diagnostics are pushed some milliseconds later.
    const roundTrip = () => editor.answer(editor.send("dsco/sourceText", { uri: "std:nothing" }));
    await roundTrip();
    await new Promise((resolve) => setTimeout(resolve, 10));
    await roundTrip();
  }
  const newestSpelling = new Map([...world.open.keys()].map((uri) => [decodeURIComponent(uri.replace("%zz", "")), uri]));
  for (const [uri, { text, version }] of world.open) {
    const ask = async (name: string, method: string, params: object, look: (result: unknown) => unknown = (result) => result) => {
      const { result, error } = await editor.answer(editor.send(method, params));
      said.set(`${name} of ${uri}`, JSON.stringify(error ?? look(result) ?? null, withoutData));
    };
    const document = { textDocument: { uri } };
    if (profile.pulls) await ask("diagnostics", "textDocument/diagnostic", document, (report) => (report as { readonly items?: unknown }).items);
    else if (newestSpelling.get(decodeURIComponent(uri.replace("%zz", ""))) === uri) {
      const pushed = editor.notifications.findLast(({ method, params }) => method === "textDocument/publishDiagnostics" && (params as { readonly uri: string }).uri === uri)?.params as
        { readonly version: number; readonly diagnostics: unknown } | undefined;
      said.set(`pushed diagnostics of ${uri}`, JSON.stringify({ isCurrent: pushed?.version === version, diagnostics: pushed?.diagnostics }));
    }
    const end = placeOf(text, text.length, profile.encoding);
    const whole = { ...document, range: { start: { line: 0, character: 0 }, end } };
    await ask("symbols", "textDocument/documentSymbol", document);
    await ask("folds", "textDocument/foldingRange", document);
    await ask("tokens", "textDocument/semanticTokens/full", document, (result) => (result as { readonly data?: unknown } | null)?.data);
    await ask("hints", "textDocument/inlayHint", whole);
    await ask("format", "textDocument/formatting", { ...document, options: { tabSize: 2, insertSpaces: true } });
    for (const at of [0.2, 0.5, 0.9]) {
      const place = { ...document, position: placeOf(text, properOffset(text, at), profile.encoding) };
      await ask(`hover at ${at}`, "textDocument/hover", place);
      await ask(`completion at ${at}`, "textDocument/completion", place, (result) => (Array.isArray(result) ? result : (result as { readonly items: readonly unknown[] }).items).slice(0, 20));
    }
    if (!withLenses) continue;
    const lenses = await editor.answer(editor.send("textDocument/codeLens", document));
    const resolved = await Promise.all(((lenses.result ?? []) as readonly object[]).map((lens) => editor.answer(editor.send("codeLens/resolve", lens))));
    said.set(`lenses of ${uri}`, JSON.stringify(resolved.map(({ result }) => {
      const { range, command } = result as { readonly range: unknown; readonly command?: unknown };
      return { range, command };
    })));
  }
  return said;
}

/** The part of a text where it differs from another. */
export const brief = (text: string | undefined, other: string | undefined): string => {
  if (text === undefined) return "(nothing)";
  let head = 0;
  while (other !== undefined && head < text.length && text[head] === other[head]) head += 1;
  const start = Math.max(0, head - 60);
  return `${start > 0 ? "…" : ""}${text.slice(start, start + 400)}`;
};
