/** What the keys of `efficiency` are where nobody writes them: a default of the device class, its evidence and how far that reaches. */

import { planResult, reachWords } from "../analysis";
import type { BoundDeclaration, Workspace } from "../core";
import { efficienciesOf, type Efficiencies, type EfficiencyName } from "../cost/compute/efficiency";
import { linkShares } from "../cost/communication/links";
import { Unavailable } from "../cost/definition";
import { efficiencyKeys, type EfficiencyKey } from "../cost/plan/record";
import { formatPercent } from "../units";
import { code } from "./markdown";

/** The defaults that one key stands for: of some precision, pass or phase. */
const computeNames: Partial<Readonly<Record<EfficiencyKey, readonly EfficiencyName[]>>> = {
  gemm: ["gemm", "gemm_fp8", "gemm_fp4", "gemm_memory"],
  grouped_gemm: ["grouped_gemm", "grouped_gemm_fp8", "grouped_gemm_fp4"],
  attention: ["attention_forward", "attention_backward", "attention_backward_wide", "attention_decode", "attention_decode_memory"],
  memory: ["memory", "gather"],
};

interface Default {
  readonly name: string;
  readonly value: number;
  readonly reach: Efficiencies[EfficiencyName]["reach"];
  readonly source: string;
}

/** The defaults behind a key for the GPU of a plan; none where the GPU is not known. */
function defaultsBehind(workspace: Workspace, plan: BoundDeclaration, key: EfficiencyKey): readonly Default[] {
  if (isLink(key)) return linkShares[key];
  const table = deviceDefaults(workspace, plan);
  return table ? (computeNames[key] ?? []).map((name) => ({ name, ...table[name] })) : [];
}

function deviceDefaults(workspace: Workspace, plan: BoundDeclaration): Efficiencies | undefined {
  try {
    const gpu = planResult(workspace, plan)?.record.hardware.gpu;
    return gpu && efficienciesOf(gpu);
  } catch (fault) {
    if (fault instanceof Unavailable) return undefined;
    throw fault;
  }
}

const isLink = (key: EfficiencyKey): key is keyof typeof linkShares => Object.hasOwn(linkShares, key);

const isEfficiencyKey = (key: string): key is EfficiencyKey => (efficiencyKeys as readonly string[]).includes(key);

/** The default of one key, a line each, with evidence and reach. Markdown. */
export function efficiencyDefault(workspace: Workspace, plan: BoundDeclaration, key: string): string | undefined {
  if (!isEfficiencyKey(key)) return undefined;
  const lines = defaultsBehind(workspace, plan, key).map(({ name, value, reach, source }) => `* ${code(name)} ${formatPercent(value)}, ${reachWords[reach]}: ${source}`);
  return lines.length === 0 ? undefined : `${isLink(key) ? "Left out, of the effective bandwidth:" : "Left out, it follows from the shape of each operator; at most, on this GPU:"}\n\n${lines.join("\n")}`;
}

/** All keys, a line each. Markdown. */
export function efficiencyDefaults(workspace: Workspace, plan: BoundDeclaration): string {
  const lines = efficiencyKeys.flatMap((key) => {
    const found = defaultsBehind(workspace, plan, key);
    return found.length === 0 ? [] : [`* ${code(key)}: ${found.map(({ name, value, reach }) => `${name === key ? "" : `${code(name)} `}${formatPercent(value)} (${reach})`).join(", ")}`];
  });
  return `Left out, each follows from the shape of the operator, of exchanges from the link; at most, on this GPU:\n\n${lines.join("\n")}`;
}
