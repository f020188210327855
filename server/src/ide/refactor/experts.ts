import { writeKeys } from "../../rules/edits";
import { numberOf } from "../../rules/rule";
import { boundBlock, type Asked, type Candidate } from "./asked";

/** How finely experts are cut in one step. */
const factors = [2, 4];

/**
 * Fine-grained experts: each cut into m of 1/m the width, m times as many of them chosen, so that the parameters of the experts and the
 * work of a token stay (DeepSeekMoE, arXiv:2401.06066, section 3.1). Shared experts are cut alike; the router grows.
 */
export function segmentExperts({ workspace, located, declaration }: Asked): readonly Candidate[] {
  const node = located.kind === "block" ? located.node : located.within.blocks.at(-1);
  const block = declaration && node ? boundBlock(declaration, node) : undefined;
  if (!declaration || block?.keyword !== "ffn" || block.variant !== "moe") return [];
  const subject = { workspace, declaration };
  const number = (key: string): number | undefined => numberOf(subject, block, key);
  const [experts, chosen, width, shared] = [number("routed_experts"), number("top_k"), number("intermediate_size"), number("shared_experts")];
  const sharedWidth = block.properties.has("shared_intermediate_size") ? number("shared_intermediate_size") : undefined;
  if (experts === undefined || chosen === undefined || width === undefined) return [];
  return factors.flatMap((factor): readonly Candidate[] => {
    if (width % factor !== 0 || (sharedWidth !== undefined && sharedWidth % factor !== 0)) return [];
    const values: Record<string, number> = { routed_experts: factor * experts, top_k: factor * chosen, intermediate_size: width / factor };
    if (shared !== undefined && shared > 0) values["shared_experts"] = factor * shared;
    if (sharedWidth !== undefined) values["shared_intermediate_size"] = sharedWidth / factor;
    const edits = writeKeys(subject, block, Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)])));
    return edits ? [{
      title: `Segment each expert into ${factor}: ${chosen} of ${experts} experts → ${factor * chosen} of ${factor * experts}, as many parameters in them`,
      kind: "refactor.rewrite", edits, keepsFigures: false,
    }] : [];
  });
}
