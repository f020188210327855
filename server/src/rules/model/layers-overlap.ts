import type { LayerAssignment } from "../../analysis";
import { blockHeaderSpan, defineDiagnostic, type BoundBlock, type Diagnostic, type FixCandidate } from "../../core";
import { candidate } from "../edits";
import { exampleModel } from "../examples";
import { indicesOf, layersOfAll, layersText, putOnLayers, titleOf } from "../layer-sets";
import { blocksOf, placeOfKey, type Rule, type RuleSubject } from "../rule";

const layersOverlap = defineDiagnostic<{ layers: string; first: string; second: string }>({
  code: "DSCO3002", severity: "error", title: "Two blocks of one keyword on a layer",
  message: ({ layers, first, second }) =>
    first === second ? `two \`${first}\` blocks stand on ${layers}` : `\`${first}\` and \`${second}\` both stand on ${layers}`,
  explanation:
    "A layer has at most one `attention` and at most one `ffn` block. A block without `layers` takes those that no other block of its keyword names, so only one may leave it out.",
  example: exampleModel("attention mha { heads = 4 }", "ffn dense { layers = 0..1, intermediate_size = 256 }", "ffn moe { layers = 1..3, routed_experts = 8, top_k = 2, intermediate_size = 32 }"),
});

/** Takes the shared layers away from one block, which is then named in the title. */
function leaveTo(subject: RuleSubject, block: BoundBlock, layers: readonly number[], shared: ReadonlySet<number>, other: BoundBlock): readonly FixCandidate[] {
  const rest = putOnLayers(subject, block, layers.filter((layer) => !shared.has(layer)));
  if (!rest) return [];
  const buys = `${layersText([...shared])} ${shared.size === 1 ? "is" : "are"} left to \`${titleOf(other)}\``;
  return [candidate(`Set \`layers\` of \`${titleOf(block)}\` to \`${rest.text}\``, rest.edits, { buys })];
}

/** The layers of each block that another one has taken before it, by the block that was first. */
function sharedLayers(blocks: readonly BoundBlock[], assignment: LayerAssignment): readonly { readonly first: BoundBlock; readonly second: BoundBlock; readonly shared: ReadonlySet<number> }[] {
  const owners = new Map<number, BoundBlock>();
  return blocks.flatMap((second) => {
    const taken = new Map<BoundBlock, Set<number>>();
    for (const layer of indicesOf(assignment, second)) {
      const first = owners.get(layer);
      if (!first) owners.set(layer, second);
      else taken.set(first, (taken.get(first) ?? new Set()).add(layer));
    }
    return [...taken].map(([first, shared]) => ({ first, second, shared }));
  });
}

function overlaps(subject: RuleSubject, keyword: string): readonly Diagnostic[] {
  const assignment = layersOfAll(subject, keyword);
  if (!assignment) return [];
  return sharedLayers(blocksOf(subject, keyword), assignment).map(({ first, second, shared }) => {
    const values = { layers: layersText([...shared]), first: titleOf(first), second: titleOf(second) };
    return layersOverlap.at(placeOfKey(subject, second, "layers"), values, {
      related: [{ uri: first.file.uri, span: blockHeaderSpan(first), message: `\`${titleOf(first)}\` stands on ${layersText(indicesOf(assignment, first))}` }],
      fixes: () => [
        ...leaveTo(subject, second, indicesOf(assignment, second), shared, first),
        ...leaveTo(subject, first, indicesOf(assignment, first), shared, second),
      ],
    });
  });
}

export const layersOverlapRule: Rule = {
  on: ["model"],
  entries: [layersOverlap.entry],
  check: (subject) => [...overlaps(subject, "attention"), ...overlaps(subject, "ffn")],
};
