// A fuzzed session: steps played against a server, and the server's last word held against that of a fresh one.
import { createEditor, type Connect, type Editor } from "../kit/editor";
import { mutate } from "../kit/mutations";
import { smallPlans } from "../kit/plans";
import type { Step } from "./session-steps";

export type Encoding = "utf-8" | "utf-16";

/** The disk of a session: files by address, below `root`. */
export interface Disk {
  readonly root: string;
  readonly write: (uri: string, text: string) => void;
  readonly remove: (uri: string) => void;
}

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
    name: "an editor like VS Code", encoding: "utf-16", pulls: true, initializationOptions: { runsCommands: true },
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

const library = "/// Shared.\nlet shared = 4\nlet memory = 80 GB\n\nmodel Base {\n  layers = 2, hidden_size = 256, vocab_size = 1000\n  attention mha { heads = 4 }\n  ffn dense { intermediate_size = 512 }\n}\n";
const late = 'import { shared, memory } from "./a.dsco"\nimport { Large } from "./b.dsco"\n\ngpu Late {\n  memory = memory, memory_bandwidth = shared * 1 TB/s\n}\nmodel Later extends Large { vocab_size = 1000 * shared }\n';
const user = 'import { shared, Base as Small, memory } from "./a.dsco"\n\n// é🚀\nmodel Large extends Small { layers = shared * 3, hidden_size = 1024 }\nlet double = 2 * shared\nlet gone = memory / 2\n';
const texts: readonly string[] = [
  smallPlans, library, user, late, library.replace("shared = 4", "shared = 12"), user.replace("shared * 3", "shared * 4"), user, "", "let a = b\nlet b = a\n", 'import { Large } from "./b.dsco"\nmodel Huge extends Large { layers = 96 }\n', "model Broken {\n  layers = 2\n  attention mla {\n",
  user.replaceAll("\n", "\r\n"), library.replaceAll("\n", "\r"), `\ufeff${library}`, "plan P { model = M }\n", 'import { a } from "../outside.dsco"\nimport { H100 } from "std:hardware/nvidia"\ngpu Mine extends H100 { memory = 96 GB }\n',
];

/** Open documents as the editor spells them, what lies on the disk, and the settings. */
interface World {
  readonly open: Map<string, { text: string; version: number }>;
  readonly disk: Map<string, string>;
  settings: unknown;
}

const settingsPool: readonly unknown[] = [
  {}, null, { codeLens: { enabled: false } }, { inlayHints: { enabled: false } }, { sequenceLength: 8192, contextLength: 100_000 }, { sequenceLength: -1, contextLength: "x", codeLens: 3 }, [], { sequenceLength: 1e308 },
];

export const requestMethods = [
  "textDocument/hover", "textDocument/completion", "textDocument/definition", "textDocument/documentSymbol", "textDocument/foldingRange", "textDocument/formatting", "textDocument/codeAction",
  "textDocument/codeLens", "textDocument/semanticTokens/full", "textDocument/semanticTokens/range", "textDocument/inlayHint", "textDocument/diagnostic", "dsco/explain", "dsco/sourceText",
  "textDocument/semanticTokens/full/delta", "textDocument/rename", "textDocument/prepareRename", "textDocument/references", "textDocument/documentHighlight", "textDocument/selectionRange",
  "textDocument/signatureHelp", "textDocument/documentLink", "textDocument/rangeFormatting", "textDocument/onTypeFormatting", "workspace/symbol", "workspace/diagnostic", "textDocument/nonsense",
  "workspace/willRenameFiles", "dsco/importConfig", "dsco/comparable", "dsco/compare", "textDocument/declaration", "textDocument/linkedEditingRange",
];

/** Codes that say "no" for a reason of the protocol: no such method, bad request, bad parameters, cancelled, changed, ask again, request failed. */
const politeErrors = new Set([-32601, -32600, -32602, -32800, -32801, -32802, -32803]);

/** The protocol's library answers `null` for parameters by itself, before a handler sees them. */
const isLibraryAnswer = (message: string): boolean => message.endsWith("Cannot read properties of null (reading 'workDoneToken')");

const pick = <Item>(items: readonly Item[], index: number): Item => {
  const item = items[index % items.length];
  if (item === undefined) throw new Error("an empty list");
  return item;
};

/** The place of an offset as the editor counts it. A line ends at LF, CRLF or CR. */
export function placeOf(text: string, offset: number, encoding: Encoding): { readonly line: number; readonly character: number } {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  const line = lines.at(-1) ?? "";
  return { line: lines.length - 1, character: encoding === "utf-8" ? Buffer.byteLength(line) : line.length };
}

/** A place that an editor can name: not inside CRLF, not inside a pair of surrogates. */
function properOffset(text: string, at: number): number {
  const offset = Math.min(text.length, Math.floor(at * (text.length + 1)));
  const [before, here] = [text.charCodeAt(offset - 1), text.charCodeAt(offset)];
  const isInside = (before === 13 && here === 10) || (before >= 0xd800 && before < 0xdc00 && here >= 0xdc00 && here < 0xe000);
  return isInside ? offset - 1 : offset;
}

/** The offset of a place, by the protocol's rules for places outside the text. */
function offsetOf(text: string, line: number, character: number): number {
  const starts = [0, ...[...text.matchAll(/\r\n|\r|\n/g)].map((match) => match.index + match[0].length)];
  const start = starts[line];
  if (start === undefined) return text.length;
  const length = /^[^\r\n]*/.exec(text.slice(start))?.[0].length ?? 0;
  return start + Math.min(character, length);
}

/** The one range in which two texts differ. */
function difference(before: string, after: string): { readonly start: number; readonly end: number; readonly inserted: string } {
  let head = 0;
  while (head < Math.min(before.length, after.length) && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(before.length, after.length) - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const start = properOffset(before, head / (before.length + 1));
  let end = before.length - tail;
  if (properOffset(before, end / (before.length + 1)) !== end) end += 1;
  return { start, end, inserted: after.slice(start, after.length - (before.length - end)) };
}

export interface Session {
  readonly editor: Editor;
  /** Messages of the rounds, without what is asked to compare. */
  readonly played: () => number;
  /** Plays one round from an empty editor and the disk as it is at the start, and gives what is wrong after it. */
  readonly round: (steps: readonly Step[]) => Promise<readonly string[]>;
}

/** Starts a server for one kind of editor. `fresh` connects to another server on the same disk. */
export async function startSession(profile: Profile, connect: Connect, fresh: Connect, disk: Disk): Promise<Session> {
  const world: World = { open: new Map(), disk: new Map(), settings: {} };
  const editor = await startEditor(profile, connect, disk, () => world.settings);
  const { root } = disk;
  const uris = [
    `${root}a.dsco`, `${root}b.dsco`, `${root}c%20d.dsco`, `${root}sub/e.dsco`, `${root}%61.dsco`, "untitled:Untitled-1", `git:${new URL(root).pathname}a.dsco?%7B%22ref%22%3A%22HEAD%22%7D`,
    "dsco-std:/hardware/nvidia.dsco", "file:///%zz", "nonsense",
  ];
  const files = uris.slice(0, 4);

  const writeDisk = (uri: string, text: string | undefined) => {
    if (text === undefined) {
      world.disk.delete(uri);
      disk.remove(uri);
    } else {
      world.disk.set(uri, text);
      disk.write(uri, text);
    }
  };

  const play = async (step: Step, asked: { id: number; method: string }[], lenses: unknown[]): Promise<void> => {
    const opened = [...world.open.keys()];
    const spelled = "file" in step ? pick(opened.length > 0 && step.file < 16 ? opened : uris, step.file) : "";
    const document = world.open.get(spelled);
    const touch = (text: string, version: number) => {
      world.open.delete(spelled);
      world.open.set(spelled, { text, version });
    };
    switch (step.kind) {
      case "open": {
        const uri = pick(uris, step.file);
        if (world.open.has(uri)) return;
        const text = world.disk.get(uri) ?? pick(texts, step.text);
        world.open.set(uri, { text, version: 1 });
        editor.notify("textDocument/didOpen", { textDocument: { uri, languageId: "dsco", version: 1, text } });
        return;
      }
      case "edit": {
        if (!document) return;
        const after = mutate(document.text, step.change).slice(0, 20_000);
        const version = step.stale ? Math.max(0, document.version - 3) : document.version + 1;
        const { start, end, inserted } = difference(document.text, after);
        const place = (text: string, offset: number) => placeOf(text, offset, profile.encoding);
        const range = { start: place(document.text, start), end: place(document.text, end) };
        const removed = document.text.slice(0, start) + document.text.slice(end);
        const contentChanges = {
          whole: [{ text: after }],
          range: [{ range, text: inserted }],
          pieces: [{ range, text: "" }, { range: { start: place(removed, start), end: place(removed, start) }, text: inserted }],
        }[step.style];
        editor.notify("textDocument/didChange", { textDocument: { uri: spelled, version }, contentChanges });
        touch(after, version);
        return;
      }
      case "rewrite": {
        if (!document) return;
        const text = pick(texts, step.text);
        editor.notify("textDocument/didChange", { textDocument: { uri: spelled, version: document.version + 1 }, contentChanges: [{ text }] });
        touch(text, document.version + 1);
        return;
      }
      case "outside": {
        if (!document) return;
        const at = { line: step.line, character: step.character };
        const offset = offsetOf(document.text, step.line, step.character);
        editor.notify("textDocument/didChange", { textDocument: { uri: spelled, version: document.version + 1 }, contentChanges: [{ range: { start: at, end: at }, text: step.text }] });
        touch(document.text.slice(0, offset) + step.text + document.text.slice(offset), document.version + 1);
        return;
      }
      case "close":
        editor.notify("textDocument/didClose", { textDocument: { uri: spelled } });
        world.open.delete(spelled);
        return;
      case "disk": {
        const uri = pick(files, step.file);
        const existed = world.disk.has(uri);
        const text = step.text === "gone" ? undefined : pick(texts, step.text);
        if (text === undefined && !existed) return;
        writeDisk(uri, text);
        const change = { uri, type: text === undefined ? 3 : existed ? 2 : 1 };
        editor.notify("workspace/didChangeWatchedFiles", { changes: step.everything ? files.map((other) => (other === uri ? change : { uri: other, type: 2 })) : [change] });
        return;
      }
      case "settings":
        world.settings = pick(settingsPool, step.pick);
        editor.notify("workspace/didChangeConfiguration", { settings: profile.pulls ? null : { dsco: world.settings } });
        return;
      case "request": {
        const method = pick(requestMethods, step.method);
        const text = document?.text ?? "";
        const id = editor.send(method, paramsFor(spelled, text, step.at, step.to, profile.encoding));
        asked.push({ id, method });
        if (method === "textDocument/codeLens") void editor.answer(id).then(({ result }) => lenses.push(...((result ?? []) as readonly unknown[])));
        if (step.cancel === "at once") editor.notify("$/cancelRequest", { id });
        if (step.cancel === "before") editor.notify("$/cancelRequest", { id: Math.max(1, id - 5) });
        return;
      }
      case "resolve": {
        const lens = lenses.length === 0 ? { range: null, data: step.pick } : pick(lenses, step.pick);
        asked.push({ id: editor.send("codeLens/resolve", lens), method: "codeLens/resolve" });
        return;
      }
      case "bad request": {
        const method = pick([...requestMethods, "codeLens/resolve", "completionItem/resolve", "workspace/executeCommand"], step.method);
        const good = paramsFor(spelled, document?.text ?? "", 0.3, 0.6, profile.encoding);
        asked.push({ id: editor.send(method, damaged(good, step.damage)), method: `${method}, damaged (${step.damage})` });
        return;
      }
      case "bad notification": {
        const method = pick(["textDocument/didOpen", "textDocument/didChange", "textDocument/didClose", "workspace/didChangeWatchedFiles", "workspace/didChangeConfiguration", "textDocument/didSave", "$/nonsense", "nonsense"], step.damage);
        const uri = "file:///nobody/opened/this.dsco";
        const good = { textDocument: { uri, version: 2 }, contentChanges: [{ text: "x" }] };
        // Only damage that no editor could mean as a change: of a document that is open, of one that is not, of none.
        const bad = pick<unknown>([
          good, { textDocument: { uri: spelled }, contentChanges: "none" }, { textDocument: { uri: spelled, version: 9 }, contentChanges: [{ text: "a" }, { text: 3 }] },
          { textDocument: { uri: spelled, version: 9 }, contentChanges: [{ text: "a", range: { start: { line: -1, character: 0 }, end: { line: 0, character: 0 } } }] },
          { textDocument: { uri: 3, text: "let a = 1", version: 1 } }, { textDocument: null }, {}, { changes: "all" }, { changes: [{ uri: null }] }, [], { textDocument: { uri, text: null, version: 1 } },
        ], Math.floor(step.damage / 9));
        // These would mean something.
        if (method === "textDocument/didClose" && bad !== good) return;
        if (method === "workspace/didChangeConfiguration") return;
        editor.notify(method, bad);
        return;
      }
      case "noise":
        editor.sendRaw(pick<object>([
          { id: 1_000_000 + step.pick, result: null }, { id: "nobody", error: { code: 1, message: "x" } }, { method: "$/cancelRequest", params: { id: 99_999_999 } }, { method: "$/cancelRequest", params: {} },
          { method: "$/progress", params: { token: 1, value: null } }, { method: "window/workDoneProgress/cancel", params: { token: "x" } }, { method: "initialized", params: {} }, { method: "$/setTrace", params: { value: "off" } },
        ], step.pick));
        return;
      case "wait":
        if (step.turns === 0) await editor.settled();
        else await new Promise((resolve) => setTimeout(resolve, step.turns === 1 ? 0 : 6));
        return;
    }
  };

  /** No document is open, four files lie on the disk, the settings are the defaults. */
  const clear = async () => {
    for (const uri of world.open.keys()) editor.notify("textDocument/didClose", { textDocument: { uri } });
    world.open.clear();
    files.forEach((uri, index) => writeDisk(uri, [library, user, late, smallPlans][index]));
    world.settings = {};
    editor.notify("workspace/didChangeWatchedFiles", { changes: files.map((uri) => ({ uri, type: 2 })) });
    editor.notify("workspace/didChangeConfiguration", { settings: profile.pulls ? null : { dsco: {} } });
    await editor.settled();
    editor.notifications.length = 0;
    editor.complaints.length = 0;
  };

  let played = 0;
  const round: Session["round"] = async (steps) => {
    await clear();
    const asked: { id: number; method: string }[] = [];
    const answers: Promise<readonly string[]>[] = [];
    const lenses: unknown[] = [];
    let counted = 0;
    const sentBefore = editor.sent();
    for (const step of steps) {
      await play(step, asked, lenses);
      for (; counted < asked.length; counted += 1) {
        const { id, method } = asked[counted] ?? { id: 0, method: "" };
        answers.push(editor.answer(id).then(({ error }) => (error && !politeErrors.has(error.code) && !isLibraryAnswer(error.message) ? [`${method}: ${error.code} ${error.message}`] : [])));
      }
    }
    played += editor.sent() - sentBefore;
    const impolite = (await Promise.all(answers)).flat();
    const other = await startEditor(profile, fresh, disk, () => world.settings);
    for (const [uri, { text, version }] of world.open) other.notify("textDocument/didOpen", { textDocument: { uri, languageId: "dsco", version, text } });
    if (!profile.pulls) other.notify("workspace/didChangeConfiguration", { settings: { dsco: world.settings } });
    const wrong: string[] = [];
    const compare = async (withLenses: boolean) => {
      const [mine, theirs] = [await lastWord(editor, profile, world, withLenses), await lastWord(other, profile, world, withLenses)];
      for (const [question, answer] of theirs) {
        const given = mine.get(question);
        if (given !== answer) wrong.push(`${question}\n  after the session: ${brief(given, answer)}\n  a fresh server:    ${brief(answer, given)}`);
      }
    };
    await compare(false);
    // A lens remembers what it said before the text was broken, until its document is closed.
    for (const [uri, { text, version }] of world.open) {
      editor.notify("textDocument/didClose", { textDocument: { uri } });
      editor.notify("textDocument/didOpen", { textDocument: { uri, languageId: "dsco", version, text } });
    }
    await compare(true);
    const complaints = [...impolite, ...editor.complaints, ...other.complaints.map((complaint) => `of the fresh server: ${complaint}`), ...wrong];
    other.close();
    return complaints;
  };
  return { editor, round, played: () => played };
}

async function startEditor(profile: Profile, connect: Connect, { root }: Disk, settings: () => unknown): Promise<Editor> {
  const editor = createEditor(connect, { "workspace/configuration": () => [settings()] });
  const folders = profile.pulls ? [{ uri: root.replace(/\/$/, ""), name: "design" }] : null;
  await editor.request("initialize", { processId: null, rootUri: root.replace(/\/$/, ""), workspaceFolders: folders, capabilities: profile.capabilities, initializationOptions: profile.initializationOptions });
  editor.notify("initialized", {});
  return editor;
}

/** Parameters that fit every request: each takes what it knows. */
function paramsFor(uri: string, text: string, at: number, to: number, encoding: Encoding): Readonly<Record<string, unknown>> {
  const places = [at, to].sort((left, right) => left - right).map((part) => placeOf(text, properOffset(text, part), encoding));
  const [start, end] = [places[0] ?? { line: 0, character: 0 }, places[1] ?? { line: 0, character: 0 }];
  return {
    textDocument: { uri }, position: start, positions: [start, end], range: { start, end }, context: { diagnostics: [], triggerKind: 1, includeDeclaration: true },
    options: { tabSize: 2, insertSpaces: true }, ch: "\n", newName: "renamed", query: "a", previousResultId: "1", previousResultIds: [], files: [{ oldUri: uri, newUri: `${uri}.new` }],
    uri, declaration: "Train", metric: "step_time", text: "{\"model_type\": \"llama\"}",
  };
}

/** The same parameters with one of them missing or of another shape, or none at all. */
function damaged(good: Readonly<Record<string, unknown>>, damage: number): unknown {
  let deep: unknown = { line: 0, character: 0 };
  for (let level = 0; level < 3_000; level += 1) deep = { deeper: deep };
  const values: readonly unknown[] = [
    null, 3, "text", [], {}, { uri: null }, { uri: 7 }, { line: -1, character: 0 }, { line: "0", character: null }, { line: 0.5, character: 1e300 }, { start: null, end: {} }, true, [null], deep, "\ud800", { uri: "" },
  ];
  const keys = Object.keys(good);
  const key = pick(keys, damage);
  const value = pick(values, Math.floor(damage / keys.length));
  if (damage % 41 === 0) return value;
  return { ...good, [key]: value };
}

const brief = (text: string | undefined, other: string | undefined): string => {
  if (text === undefined) return "(nothing)";
  let head = 0;
  while (other !== undefined && head < text.length && text[head] === other[head]) head += 1;
  const start = Math.max(0, head - 60);
  return `${start > 0 ? "…" : ""}${text.slice(start, start + 400)}`;
};

/** What a server keeps for itself in an answer is another thing in each. */
const withoutData = (key: string, value: unknown): unknown => (key === "data" ? undefined : value);

/** What a server has to say about every open document, question by question. */
async function lastWord(editor: Editor, profile: Profile, world: World, withLenses: boolean): Promise<ReadonlyMap<string, string>> {
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
