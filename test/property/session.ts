// A fuzzed session: steps played against a server, and the server's last word held against that of a fresh one.
import { createEditor, type Connect, type Editor } from "../kit/editor";
import { mutate } from "../kit/mutations";
import { brief, lastWord, type World } from "./session-answers";
import { badNotification, damaged, noise, paramsFor, requestMethods } from "./session-messages";
import type { Profile } from "./session-profiles";
import type { Step } from "./session-steps";
import { difference, late, library, offsetOf, pick, placeOf, texts, user } from "./session-texts";

/** The disk of a session: files by address, below `root`. */
export interface Disk {
  readonly root: string;
  readonly write: (uri: string, text: string) => void;
  readonly remove: (uri: string) => void;
}

const settingsPool: readonly unknown[] = [
  {}, null, { codeLens: { enabled: false } }, { inlayHints: { enabled: false } }, { sequenceLength: 8192, contextLength: 100_000 }, { sequenceLength: -1, contextLength: "x", codeLens: 3 }, [], { sequenceLength: 1e308 },
  { diagnostics: { severity: { DSCO2007: "off", DSCO2020: "hint" } } }, { diagnostics: { severity: 3 } }, { diagnostics: { severity: { DSCO2007: "loud" } }, inlayHints: { defaults: false } },
];

/** Codes that say "no" for a reason of the protocol: no such method, bad request, bad parameters, cancelled, changed, ask again, request failed. */
const politeErrors = new Set([-32601, -32600, -32602, -32800, -32801, -32802, -32803]);

/** The protocol's library answers `null` for parameters by itself, before a handler sees them. */
const isLibraryAnswer = (message: string): boolean => message.endsWith("Cannot read properties of null (reading 'workDoneToken')");

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
        const bad = badNotification(spelled, Math.floor(step.damage / 9));
        // These would mean something.
        if (method === "textDocument/didClose" && Math.floor(step.damage / 9) % 11 !== 0) return;
        if (method === "workspace/didChangeConfiguration") return;
        editor.notify(method, bad);
        return;
      }
      case "noise":
        editor.sendRaw(pick(noise, step.pick));
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
    files.forEach((uri, index) => writeDisk(uri, [library, user, late, texts[0]][index]));
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

