/** A design of a sweep as an edit of the plan that was proved: the plan's figures after it are those of the sweep. */

import { foundationsOf, metricOf, planResult, usersOf } from "../../analysis";
import { fileScope, targetOf, type BoundDeclaration, type Workspace } from "../../core";
import type { Space } from "../../explore";
import { checkFile } from "../../rules";
import { gpusOf } from "../../rules/layout/conditions";
import { formatQuantity } from "../../units";
import type { FileEdits } from "../plain";
import { NotWritten, planOf, writeDesign, type WrittenDesign } from "./write-design";

export type AppliedDesign =
  | {
    readonly kind: "edit";
    /** Empty where the plan has the values of the design already. */
    readonly files: readonly FileEdits[];
    /** Sentences without their full stops: what else the edit changes. */
    readonly notes: readonly string[];
  }
  /** A clause. */
  | { readonly kind: "refused"; readonly reason: string };

/**
 * The edits after which the plan of a sweep is one of its designs. `space` and `values`, one for each objective in base units, are
 * those of the run that found the design; `workspace` the files as they are now.
 */
export function applyDesign(workspace: Workspace, space: Space, design: number, values: readonly number[]): AppliedDesign {
  try {
    const written = writeDesign(workspace, space, design);
    const other = differingFigure(written, space, values);
    if (other !== undefined) return { kind: "refused", reason: other };
    const files = [...written.edits].flatMap(([uri, edits]): readonly FileEdits[] => {
      const lines = fileScope(workspace, uri)?.source.lines;
      return lines ? [{ uri, edits: edits.map(({ newText, ...span }) => ({ range: lines.range(span), newText })) }] : [];
    });
    return { kind: "edit", files, notes: notesOf(workspace, written, space) };
  } catch (fault) {
    if (fault instanceof NotWritten) return { kind: "refused", reason: fault.message };
    throw fault;
  }
}

/** Why the plan as it was written is not the design that the sweep found; `undefined` where it is. */
function differingFigure({ workspace, plan }: WrittenDesign, { objectives }: Space, values: readonly number[]): string | undefined {
  for (const [index, { id, dimension }] of objectives.entries()) {
    const wanted = values[index];
    const found = figureOf(workspace, plan, id);
    if (found !== wanted) {
      const [now, then] = [found, wanted].map((value) => (value === undefined ? "no value" : formatQuantity(value, dimension)));
      return `with these values \`${id}\` of \`${plan.name}\` would be ${now}, and the sweep found ${then}: the files have changed since; run the sweep again`;
    }
  }
  return undefined;
}

function figureOf(workspace: Workspace, plan: BoundDeclaration, id: string): number | undefined {
  if (id === "gpus") {
    const record = planResult(workspace, plan)?.record;
    return record && gpusOf(record);
  }
  const figure = metricOf(workspace, plan, id)?.figure;
  return figure?.kind === "value" ? figure.value : undefined;
}

/** Other plans that rest on what is changed, and errors that were not there before. */
function notesOf(workspace: Workspace, { workspace: after, edits }: WrittenDesign, space: Space): readonly string[] {
  const plan = planOf(workspace, space);
  if (!plan) return [];
  const changed = new Set(space.axes.flatMap(({ parts }) => targetOf(workspace, plan, parts)?.declaration ?? []));
  const others = new Set([...changed].filter((declaration) => declaration !== plan && foundationsOf(workspace, plan).has(declaration) && edits.has(declaration.file.uri))
    .flatMap((declaration) => usersOf(workspace, declaration.file, declaration)).filter((user) => user.node !== plan.node).map(({ name }) => name));
  const errors = [...edits.keys()].reduce((sum, uri) => sum + Math.max(0, errorsIn(after, uri) - errorsIn(workspace, uri)), 0);
  return [
    ...(others.size === 0 ? [] : [`${[...others].map((name) => `\`${name}\``).join(", ")} ${others.size === 1 ? "rests" : "rest"} on the same declarations and ${others.size === 1 ? "changes" : "change"} too`]),
    ...(errors === 0 ? [] : [`${errors} new ${errors === 1 ? "error" : "errors"} elsewhere`]),
  ];
}

const errorsIn = (workspace: Workspace, uri: string): number => checkFile(workspace, uri).filter(({ severity }) => severity === "error").length;
