// Who owns the run of a sweep's panel, between a server and an editor that are played here.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createRunOwner } from "../../client/src/features/sweep/run-owner";
import type { ToSweep } from "../../client/webview/sweep/messages";
import type { Server } from "../../client/src/infrastructure/server";
import type { DscoRequests, SweepProgress, SweepStart } from "../../server/src/lsp/protocol";

const editor = vi.hoisted(() => ({ errors: [] as string[], shown: 0, hidden: 0 }));

vi.mock("vscode", () => ({
  Disposable: { from: (...all: readonly { readonly dispose: () => void }[]) => ({ dispose: () => all.forEach((each) => each.dispose()) }) },
  ProgressLocation: { Notification: 15 },
  Uri: { parse: (text: string) => text },
  env: {},
  l10n: { t: (message: string) => message },
  window: {
    showErrorMessage: (text: string) => void editor.errors.push(text),
    withProgress: async (_: unknown, task: (progress: object, token: object) => Promise<void>) => {
      editor.shown += 1;
      await task({ report: () => undefined }, { onCancellationRequested: () => undefined });
      editor.hidden += 1;
    },
  },
  workspace: { openTextDocument: () => Promise.reject(new Error("gone")) },
}));

const target = { uri: "file:///a.dsco", declaration: "S" };
const started = (run: string): SweepStart => ({ kind: "started", run, space: { ...target, sweep: "S", plan: "P", version: 1, size: 4, axes: [], objectives: [] } });
const progress = (run: string, state: SweepProgress["state"]): SweepProgress => ({ run, state, tried: 1, feasible: 0, designs: [], values: [], reasons: [] });

function open() {
  const posted: ToSweep[] = [];
  const cancelled: string[] = [];
  const answers: ((answer: SweepStart) => void)[] = [];
  let tell: (progress: SweepProgress) => void = () => undefined;
  const nothing = { dispose: () => undefined };
  const server = {
    request: (method: keyof DscoRequests, params: { readonly run: string }) => {
      if (method === "dsco/sweep/cancel") return Promise.resolve(cancelled.push(params.run) > 0);
      return new Promise((resolve) => answers.push(resolve));
    },
    onNotification: (method: string, listener: (progress: SweepProgress) => void) => {
      if (method === "dsco/sweep/progress") tell = listener;
      return nothing;
    },
    onDidChangeState: () => nothing,
  } as unknown as Server;
  const panel = { reveal: () => undefined, title: "" };
  const owner = createRunOwner(server, { panel: panel as never, post: (message) => posted.push(message) }, { target, isWanted: false }, { compare: () => Promise.resolve() });
  const answer = async (start: SweepStart) => {
    answers.shift()?.(start);
    await vi.advanceTimersByTimeAsync(0);
  };
  return { owner, posted, cancelled, answer, tell: (about: SweepProgress) => tell(about) };
}

beforeEach(() => {
  vi.useFakeTimers();
  Object.assign(editor, { errors: [], shown: 0, hidden: 0 });
});
afterEach(() => void vi.useRealTimers());

describe("a run is never left alone", () => {
  test("one that begins after its panel was closed ends", async () => {
    const { owner, cancelled, answer, posted } = open();
    owner.run();
    owner.dispose();
    await answer(started("one"));
    expect(cancelled).toEqual(["one"]);
    expect(posted).toEqual([]);
  });

  test("one that is going on ends when the next is refused", async () => {
    const { owner, cancelled, answer, posted } = open();
    owner.run();
    await answer(started("one"));
    owner.run();
    await answer({ kind: "refused", reason: "the file has changed meanwhile" });
    expect(cancelled).toEqual(["one"]);
    expect(posted.at(-1)).toEqual({ type: "none", sweep: "S", reason: "the file has changed meanwhile" });
  });

  test("one that the next takes the place of is not shown as running any more", async () => {
    const { owner, answer, tell, posted } = open();
    owner.run();
    await answer(started("one"));
    tell(progress("one", "running"));
    await vi.advanceTimersByTimeAsync(700);
    expect([editor.shown, editor.hidden]).toEqual([1, 0]);
    owner.run();
    // the server ends it, and says so before it answers
    tell(progress("one", "cancelled"));
    await answer(started("two"));
    expect([editor.shown, editor.hidden]).toEqual([1, 1]);
    tell(progress("two", "done"));
    expect(posted.at(-1)).toEqual({ type: "progress", progress: progress("two", "done") });
    owner.dispose();
  });
});

test("what a reader asks for and cannot be had is one sentence", async () => {
  const { owner } = open();
  owner.receive({ type: "go" });
  await vi.advanceTimersByTimeAsync(0);
  expect(editor.errors).toEqual(["dsco could not do that: {0}"]);
});
