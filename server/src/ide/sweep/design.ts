/** One design of a sweep beside the plan as it is, and as a what-if of the command line. */

import { compareIn } from "../../analysis";
import { bindDeclaration, resolveSymbol, targetOf } from "../../core";
import { Unavailable } from "../../cost/definition";
import { pointAt, type Space } from "../../explore";
import { workspaceAt } from "../../explore/compile";
import { formatGrouped } from "../../units";
import { comparedSections, type CompareMarkdownOptions } from "../compare-markdown";
import { cell, code, paragraphs } from "../markdown";

/** The facts and figures in which a design differs from the plan, as a Markdown page; `undefined` where the design has no such keys. */
export function compareDesign(space: Space, design: number, options: CompareMarkdownOptions): string | undefined {
  const { workspace, plan, sweep, axes } = space;
  const point = pointAt(space, design);
  try {
    const other = workspaceAt(space, point);
    const changed = bindDeclaration(other, plan.node, plan.file);
    if (!changed) return undefined;
    const comparison = compareIn({ left: workspace, right: other }, plan, changed, options);
    const labels = { left: cell(code(plan.name)), right: `design ${formatGrouped(design)}` };
    const values = axes.map(({ path, choices }, axis) => code(`${path} = ${choices[point[axis] ?? 0]?.text ?? ""}`)).join(", ");
    return `${paragraphs(`# Design ${formatGrouped(design)} of ${code(sweep.name)} against ${code(plan.name)}`, values, ...comparedSections(workspace, comparison, labels, options))}\n`;
  } catch (fault) {
    if (fault instanceof Unavailable) return undefined;
    throw fault;
  }
}

export type DesignOptions = { readonly kind: "text"; readonly text: string } | { readonly kind: "refused"; readonly reason: string };

/** `--set Wide.ep=64 --set …`: the values of a design as `dsco check`, `report` and `explain` take them. */
export function designOptions(space: Space, design: number): DesignOptions {
  const { plan, axes, sweep } = space;
  const point = pointAt(space, design);
  const parts: string[] = [];
  let { workspace } = space;
  for (const [index, axis] of [...axes.entries()].sort(([, left], [, right]) => left.parts.length - right.parts.length)) {
    const choice = axis.choices[point[index] ?? 0];
    const target = targetOf(workspace, plan, axis.parts);
    if (!choice || !target) return { kind: "refused", reason: `the design has no \`${axis.path}\`` };
    const { declaration, block, key, spec } = target;
    const symbol = resolveSymbol(workspace, sweep.file, declaration.name);
    if (symbol?.kind !== "declaration" || symbol.uri !== declaration.file.uri) return { kind: "refused", reason: `\`${declaration.name}\`, of which \`${axis.path}\` is, is not known in the file of the sweep` };
    const value = `${[declaration.name, ...(block.path === "" ? [] : [block.path]), key].join(".")}=${choice.text}`;
    parts.push(`--set ${/^[\w.=]+$/.test(value) ? value : `'${value}'`}`);
    if (spec.type.kind === "reference") workspace = workspaceAt(space, point);
  }
  return { kind: "text", text: parts.join(" ") };
}
