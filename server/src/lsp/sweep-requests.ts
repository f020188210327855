import { isSearched, mostSearched, spaceOf } from "../explore";
import { applyDesign, compareDesign, designOptions, findSweep, sweepColumns } from "../ide";
import { lineLink } from "./line-link";
import { invalidParams, isRecord } from "./params";
import type { DesignParams, DscoNotifications, DscoRequests, SweepParams, SweepStart } from "./protocol";
import { guarded } from "./requests";
import { editorUri, type Session } from "./session";
import { figureOptions } from "./settings";
import { createSweepRuns, type SweepRun, type SweepRuns } from "./sweep-runs";

type Result<Method extends keyof DscoRequests> = DscoRequests[Method]["result"];

/** Sweeps that run beside the server, and what can be done with a design that they find. */
export function registerSweepRequests(session: Session): SweepRuns {
  const { connection, host, state } = session;
  const notify = <Method extends keyof DscoNotifications>(method: Method) => (params: DscoNotifications[Method]): void => {
    // nothing is told to an editor that has said goodbye
    if (session.phase() === "running") void connection.sendNotification(method, params);
  };
  const runs = createSweepRuns(host.sweeps, { progress: notify("dsco/sweep/progress"), age: notify("dsco/sweep/age"), textOf: state.textOf });

  connection.onRequest("dsco/sweep/start", guarded<SweepParams, SweepStart>(
    session, "a sweep", ofSweep, ({ sweep, version: wanted }, { uri, workspace }): SweepStart => {
      const version = session.documents.get(uri)?.version ?? 0;
      if (wanted !== undefined && wanted !== version) return { kind: "refused", reason: "the file has changed meanwhile" };
      const declaration = findSweep(workspace, uri, sweep);
      if (!declaration) return { kind: "refused", reason: `the file has no sweep \`${sweep}\`` };
      const found = spaceOf(workspace, declaration);
      if (found.kind === "invalid") return { kind: "refused", reason: found.reason };
      const { space } = found;
      const { size, budget, plan } = space;
      if (size > mostSearched) return { kind: "refused", reason: "it has more designs than can be numbered" };
      const { id } = runs.start(space);
      return { kind: "started", run: id, space: { uri: editorUri(session, uri), sweep, plan: plan.name, version, size, ...(isSearched(space) ? { searched: budget } : {}), ...sweepColumns(space) } };
    }));

  connection.onRequest("dsco/sweep/cancel", guarded<{ readonly run: string }, boolean>(
    session, "the end of a sweep", ofRun, ({ run }) => runs.cancel(run)));

  connection.onRequest("dsco/sweep/apply", guarded<DesignParams, Result<"dsco/sweep/apply">>(
    session, "a design of a sweep", ofDesign, ({ run: id, design }, { workspace }) => {
      const run = runs.get(id);
      const values = run?.valuesOf(design);
      if (!run || !values) return { kind: "refused", reason: "these results are gone: run the sweep again" };
      const applied = applyDesign(workspace, run.space, design, values);
      if (applied.kind === "refused") return applied;
      return { ...applied, files: applied.files.map(({ uri, edits }) => ({ uri: editorUri(session, uri), version: session.documents.get(uri)?.version ?? null, edits })) };
    }));

  /** A design that the run has found. */
  const withDesign = <Answer>({ run: id, design }: DesignParams, answer: (run: SweepRun) => Answer): Answer | undefined => {
    const run = runs.get(id);
    return run?.valuesOf(design) && answer(run);
  };

  connection.onRequest("dsco/sweep/compare", guarded<DesignParams, Result<"dsco/sweep/compare">>(
    session, "a design beside its plan", ofDesign, async (params) => {
      const uri = runs.get(params.run)?.space.plan.file.uri ?? "";
      const options = { ...figureOptions(await session.settings().of(editorUri(session, uri))), linkTo: lineLink(session), contextOption: "the setting `dsco.contextLength`" };
      const markdown = withDesign(params, ({ space }) => compareDesign(space, params.design, options));
      return markdown === undefined ? null : { markdown };
    }));

  connection.onRequest("dsco/sweep/options", guarded<DesignParams, Result<"dsco/sweep/options">>(
    session, "a design as options", ofDesign, (params) =>
      withDesign(params, ({ space }) => designOptions(space, params.design)) ?? { kind: "refused", reason: "these results are gone: run the sweep again" }));

  return runs;
}

/** Questions about a run are about no document: what it found is of the text that it began with. */
const noDocument = "sweep:run";

function ofSweep({ uri, sweep, version }: SweepParams): string {
  if (typeof sweep !== "string" || (version !== undefined && typeof version !== "number")) throw invalidParams("no sweep");
  return uri;
}

function ofRun(params: { readonly run: string }): string {
  if (!isRecord(params) || typeof params.run !== "string") throw invalidParams("no run of a sweep");
  return noDocument;
}

function ofDesign(params: DesignParams): string {
  if (typeof params.design !== "number" || !Number.isInteger(params.design) || params.design < 0) throw invalidParams("no design of a sweep");
  return ofRun(params);
}
