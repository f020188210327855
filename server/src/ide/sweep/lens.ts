import { fileScope, headerSpan, readSweep, type Range, type Workspace } from "../../core";
import { findSweep } from "./find";

/** Above a sweep that can be run: how many designs it has. */
export interface SweepLens {
  readonly declaration: string;
  readonly size: number;
  /** How many of them are tried where they are too many to try all. */
  readonly searched: number | undefined;
  readonly range: Range;
}

/** A sweep that has an error has its diagnostics instead. */
export function sweepLenses(workspace: Workspace, uri: string): readonly SweepLens[] {
  const scope = fileScope(workspace, uri);
  return (scope?.declarations ?? []).flatMap((node) => {
    const sweep = node.kind === "declaration" && node.keyword === "sweep" && node.name ? findSweep(workspace, uri, node.name.text) : undefined;
    const space = sweep && sweep.node === node ? readSweep(workspace, sweep).space : undefined;
    if (!scope || !sweep || !space) return [];
    return [{ declaration: sweep.name, size: space.size, searched: space.size > space.budget ? space.budget : undefined, range: scope.source.lines.range(headerSpan(sweep.node)) }];
  });
}
