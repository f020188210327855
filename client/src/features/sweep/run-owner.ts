import { Disposable, env, l10n, ProgressLocation, Uri, window, workspace } from "vscode";
import type { DeclarationName, DesignParams, SweepProgress, SweepSpace } from "../../../../server/src/lsp/protocol";
import type { FromSweep, SweepState, ToSweep } from "../../../webview/sweep/messages";
import { goTo } from "../../infrastructure/go-to";
import { said } from "../../infrastructure/said";
import type { Server } from "../../infrastructure/server";
import type { OpenPage, PageOwner } from "../../infrastructure/webview";
import { applyDesign } from "./apply-design";
import { sweepsOf } from "./sweeps-of-text";

/** What is behind the panel of one sweep: its run, and what it has found so far, for a page that was hidden. */
export interface RunOwner extends PageOwner<FromSweep> {
  readonly target: DeclarationName | undefined;
  /** Brings the panel to the front and runs the sweep. */
  readonly run: () => void;
}

export interface RunOwnerOptions {
  readonly compare: (plan: string, design: DesignParams) => Promise<void>;
}

/** A run that is over sooner needs no message of VS Code. */
const worthAMessage = 600;

export function createRunOwner(server: Server, { panel, post }: OpenPage<ToSweep>, state: SweepState | undefined, { compare }: RunOwnerOptions): RunOwner {
  const target = state?.target;
  let isWanted = state?.isWanted ?? false;
  let run: string | undefined;
  let space: SweepSpace | undefined;
  /** All of it: a page that comes back is told at once. */
  let found: Found = nothing();
  let isOutdated = false;
  let refused: string | undefined;
  let starts = 0;
  /** Messages of a run whose name is not known yet. */
  let early: SweepProgress[] | undefined;
  const finished = new Set<() => void>();
  let isClosed = false;

  const finish = (): void => {
    for (const tell of finished) tell();
    finished.clear();
  };

  const take = (progress: SweepProgress): void => {
    found = merged(found, progress);
    post({ type: "progress", progress });
    if (progress.state !== "running") finish();
  };

  const start = async (): Promise<void> => {
    if (!target) return;
    const own = (starts += 1);
    isWanted = true;
    early = [];
    const answer = await server.request("dsco/sweep/start", { uri: target.uri, sweep: target.declaration })
      .catch((fault: unknown) => ({ kind: "refused" as const, reason: fault instanceof Error ? fault.message : String(fault) }));
    // the panel was closed meanwhile: nobody else ends what has begun
    if (isClosed && answer.kind === "started") return cancel(answer.run);
    if (isClosed || own !== starts) return; // another one was begun meanwhile
    const waiting = early ?? [];
    early = undefined;
    found = nothing();
    isOutdated = false;
    // what is shown from here on is of this start, whatever is left of the one before
    finish();
    if (answer.kind === "refused") {
      cancel(run);
      [run, space, refused] = [undefined, undefined, answer.reason];
      post({ type: "none", sweep: target.declaration, reason: refused });
      return;
    }
    [run, space, refused] = [answer.run, answer.space, undefined];
    post({ type: "space", space });
    for (const progress of waiting) if (progress.run === run) take(progress);
    if (found.last?.state === undefined || found.last.state === "running") showProgress(answer.run);
  };

  const cancel = (about: string | undefined): void => {
    if (about !== undefined) void server.request("dsco/sweep/cancel", { run: about }).catch(() => false);
  };

  /** In VS Code's own place for what takes time, with its own way to end it. */
  const showProgress = (about: string): void => {
    const end = new Promise<void>((resolve) => finished.add(resolve));
    const timer = setTimeout(() => {
      if (run !== about || found.last?.state !== "running" || !target) return;
      void window.withProgress({ location: ProgressLocation.Notification, title: l10n.t("Sweep {0}", target.declaration), cancellable: true }, async (progress, token) => {
        token.onCancellationRequested(() => cancel(about));
        let before = 0;
        const report = (): void => {
          if (run !== about || !space || !found.last) return;
          const { tried, feasible } = found.last;
          progress.report({ increment: (100 * (tried - before)) / (space.searched ?? space.size), message: l10n.t("{0} of {1} designs, {2} meet everything", tried, space.searched ?? space.size, feasible) });
          before = tried;
        };
        report();
        const ticking = setInterval(report, 250);
        await end;
        clearInterval(ticking);
      });
    }, worthAMessage);
    void end.then(() => clearTimeout(timer));
  };

  const listening = Disposable.from(
    server.onNotification("dsco/sweep/progress", (progress) => {
      if (early) early.push(progress);
      else if (progress.run === run) take(progress);
    }),
    server.onNotification("dsco/sweep/age", (age) => {
      if (age.run !== run) return;
      ({ isOutdated } = age);
      post({ type: "age", isOutdated });
    }),
    // its runs end with a server
    server.onDidChangeState((now) => {
      if (now !== "stopped" || run === undefined || found.last?.state !== "running") return;
      take({ ...found.last, state: "failed", failure: l10n.t("the server has ended"), designs: [], values: [] });
    }),
  );

  return {
    target,
    run: () => {
      panel.reveal(undefined, true);
      void start();
    },
    onReady: () => {
      if (!target) return post({ type: "none", sweep: "" });
      panel.title = target.declaration;
      if (space) {
        post({ type: "space", space });
        if (found.last) post({ type: "progress", progress: { ...found.last, designs: found.designs, values: found.values, ...(found.front ? { front: found.front } : {}) } });
        if (isOutdated) post({ type: "age", isOutdated });
      } else if (refused !== undefined) post({ type: "none", sweep: target.declaration, reason: refused });
      else if (isWanted && early === undefined) void start();
      else if (!isWanted) post({ type: "none", sweep: target.declaration });
    },
    receive: (message) => {
      switch (message.type) {
        case "run": return void start();
        case "cancel": return cancel(run);
        case "go": return void (target && said(goToSweep(target)));
        case "copy": return void said(copy(message.text));
      }
      if (run === undefined || !space) return;
      const design: DesignParams = { run, design: message.design };
      const { plan } = space;
      switch (message.type) {
        case "apply": return void said(applyDesign(server, design, plan));
        case "compare": return void said(compare(plan, design));
        case "options": return void said(copyOptions(server, design));
      }
    },
    dispose: () => {
      isClosed = true;
      cancel(run);
      listening.dispose();
      finish();
    },
  };
}

interface Found {
  readonly designs: number[];
  readonly values: number[];
  readonly front: readonly number[] | undefined;
  readonly last: SweepProgress | undefined;
}

const nothing = (): Found => ({ designs: [], values: [], front: undefined, last: undefined });

/** Adds to what was found; the lists are long and stay the same ones. */
function merged({ designs, values, front }: Found, progress: SweepProgress): Found {
  for (const design of progress.designs) designs.push(design);
  for (const value of progress.values) values.push(value);
  return { designs, values, front: progress.front ?? front, last: progress };
}

async function copyOptions(server: Server, design: DesignParams): Promise<void> {
  const found = await server.request("dsco/sweep/options", design);
  if (found.kind === "refused") return void window.showWarningMessage(l10n.t("Design {0} cannot be written as options: {1}.", design.design, found.reason.replace(/`/g, "")));
  await copy(found.text);
}

async function copy(text: string): Promise<void> {
  await env.clipboard.writeText(text);
  window.setStatusBarMessage(l10n.t("Copied"), 2000);
}

async function goToSweep({ uri, declaration }: DeclarationName): Promise<void> {
  const document = await workspace.openTextDocument(Uri.parse(uri, true));
  await goTo(uri, sweepsOf(document.getText()).find(({ name }) => name === declaration)?.line ?? 0, 0);
}
