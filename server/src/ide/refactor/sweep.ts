import { phaseOf, usersOf } from "../../analysis";
import { bindDeclaration, settledValue, type BoundDeclaration } from "../../core";
import { targetOf } from "../../explore";
import { numberText } from "../../units";
import { boundBlock, freshName, lineBreakOf, type Asked, type Candidate } from "./asked";

const objectives = {
  training: ["maximize tokens_per_second_per_gpu", "minimize memory_per_gpu"],
  prefill: ["maximize tokens_per_second_per_gpu", "minimize ttft"],
  decode: ["maximize tokens_per_second_per_gpu", "minimize tpot"],
} as const;

/** A sweep over the key under the cursor, of each plan of the file that rests on it. */
export function sweepOver({ workspace, scope, located, declaration }: Asked): readonly Candidate[] {
  const property = located.kind === "key" ? located.property : located.within.member;
  if (!declaration || declaration.keyword === "sweep" || property?.kind !== "property" || property.path.length !== 1) return [];
  const key = property.path[0]?.text ?? "";
  const block = boundBlock(declaration, located.within.blocks.at(-1) ?? declaration.node);
  if (!block) return [];
  const plans = declaration.keyword === "plan" ? [declaration] : usersOf(workspace, scope, declaration).filter(({ keyword }) => keyword === "plan");
  const steps = block.path === "" ? [key] : [...block.path.split(".").map((step) => step.replace(/\[\d+\]$/, "")), key];
  return plans.flatMap((plan): readonly Candidate[] => {
    const path = pathTo(workspace, plan, declaration, steps);
    const phase = phaseOf(workspace, plan);
    const target = path && targetOf(workspace, plan, path);
    const values = target && valuesOf(target.spec.type, settledValue(workspace, target.block, target.key).plain);
    if (!path || !phase || !target || !values || target.block !== block && target.block.node !== block.node) return [];
    const eol = lineBreakOf(scope);
    const name = freshName(scope, `${plan.name}Over${path.map((step) => step.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())).at(-1) ?? ""}`);
    const lines = [`sweep ${name} of ${plan.name} {`, `  ${path.join(".")} = [${values.join(", ")}]`, ...objectives[phase].map((line) => `  ${line}`), "}"];
    return [{
      title: `Sweep over \`${path.join(".")}\` of \`${plan.name}\``, kind: "refactor.extract", keepsFigures: true,
      edits: [{ start: plan.node.end, end: plan.node.end, newText: `${eol}${eol}${lines.join(eol)}` }],
    }];
  });
}

/** How a plan names a key of a declaration that it rests on: `hardware.gpu.memory`. */
function pathTo(workspace: Asked["workspace"], plan: BoundDeclaration, declaration: BoundDeclaration, steps: readonly string[]): readonly string[] | undefined {
  if (plan.node === declaration.node) return steps;
  const waiting: { readonly at: BoundDeclaration; readonly path: readonly string[] }[] = [{ at: plan, path: [] }];
  for (const { at, path } of waiting) {
    for (const [name, { spec }] of at.block.properties) {
      if (spec?.type.kind !== "reference") continue;
      const { value } = settledValue(workspace, at.block, name);
      if (value?.kind !== "declaration" || path.length > 3) continue;
      if (value.declaration.node === declaration.node) return [...path, name, ...steps];
      waiting.push({ at: bindDeclaration(workspace, value.declaration.node, value.declaration.file) ?? value.declaration, path: [...path, name] });
    }
  }
  return undefined;
}

/** The value that is written and its neighbours: halves and doubles of a count, the words of a choice. */
function valuesOf(type: NonNullable<ReturnType<typeof targetOf>>["spec"]["type"], plain: unknown): readonly string[] | undefined {
  if (type.kind === "word") return type.words;
  if (type.kind === "boolean") return ["true", "false"];
  const isCount = type.kind === "number" || type.kind === "number-or-auto" || type.kind === "token-count";
  if (!isCount || typeof plain !== "number" || !Number.isInteger(plain)) return undefined;
  if (plain === 0) return ["0", "1", "2"];
  return [plain / 4, plain / 2, plain, plain * 2, plain * 4].filter((value) => Number.isInteger(value) && value >= 1).map(numberText);
}
