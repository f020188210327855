import { readSweep, type Axis, type BoundDeclaration, type Space, type Workspace } from "../../core";
import { formatGrouped } from "../../units";
import { code } from "../markdown";
import { list } from "./asked";

/** Values of a line that are shown; of more the first ones and the last. */
const mostChoices = 8;

/** What a sweep tries: how many designs, what varies, what must hold, what is sought. Markdown; `undefined` where it has an error. */
export function sweepText(workspace: Workspace, sweep: BoundDeclaration): string | undefined {
  const { space } = readSweep(workspace, sweep);
  if (!space) return undefined;
  const { axes, constraints, objectives } = space;
  return list([
    sizeText(space),
    ...axes.map((axis) => `${code(axis.path)}: ${choicesText(axis)}`),
    ...constraints.map(({ origin, text }) => `${origin} ${code(text.replace(/\s+/g, " "))}`),
    ...objectives.map(({ sense, id }) => `${sense} ${code(id)}`),
  ]);
}

function sizeText({ size, budget, seed }: Space): string {
  const designs = `${formatGrouped(size)} ${size === 1 ? "design" : "designs"} of the plan`;
  return size > budget ? `${designs}, of which a search tries ${formatGrouped(budget)} (NSGA-II, seed ${seed})` : designs;
}

function choicesText({ choices }: Axis): string {
  const texts = choices.map(({ text }) => text);
  const shown = texts.length > mostChoices ? [...texts.slice(0, mostChoices - 2), "…", texts.at(-1) ?? ""] : texts;
  return `${shown.join(", ")}${texts.length > mostChoices ? ` (${formatGrouped(texts.length)} values)` : ""}`;
}
