import { defineDiagnostic, type BoundBlock, type FixCandidate, type LayerRange } from "../../core";
import { candidate, setKeyFix } from "../edits";
import { exampleModel } from "../examples";
import { indicesOf, layersOf, putOnLayers, titleOf } from "../layer-sets";
import { placeOfKey, type Rule, type RuleSubject } from "../rule";

const layersOutside = defineDiagnostic<{ range: string; block: string; last: number }>({
  code: "DSCO3001", severity: "error", title: "Layers outside the model",
  message: ({ range, block, last }) =>
    `\`${block}\` stands on layers ${range}: the model has ${last === 0 ? "layer 0 alone" : `layers 0..${last}`}`,
  explanation:
    "Layers count from 0, and both ends of a range are included: a model with `layers = 61` has layers 0..60. Figures are not computed until every block stands inside the model.",
  example: exampleModel("attention mha { heads = 4 }", "ffn dense { layers = 0..1, intermediate_size = 256 }", "ffn moe { layers = 2..4, routed_experts = 8, top_k = 2, intermediate_size = 32 }"),
});

const rangeText = ({ from, to, step }: LayerRange): string => (from === to ? String(from) : `${from}..${to}${step === 1 ? "" : ` step ${step}`}`);

function fixes(subject: RuleSubject, block: BoundBlock, ranges: readonly LayerRange[], total: number, inside: readonly number[]): readonly FixCandidate[] {
  const last = Math.max(...ranges.map((range) => range.to));
  // Who counts from 1 writes the number of layers as the last one.
  const countedFromOne = last === total ? putOnLayers(subject, block, [...inside, total].map((layer) => layer - 1)) : undefined;
  const clipped = putOnLayers(subject, block, inside);
  return [
    ...(countedFromOne && !countedFromOne.text.includes("-") ? [candidate(`Set \`layers\` to \`${countedFromOne.text}\``, countedFromOne.edits, { buys: "layers count from 0" })] : []),
    ...(clipped ? [candidate(`Set \`layers\` to \`${clipped.text}\``, clipped.edits, { buys: "the layers that the model has" })] : []),
    ...setKeyFix(subject, subject.declaration.block, "layers", last + 1, { shows: ["total_params"] }).map((fix) => ({
      ...fix, title: `Give the model ${last + 1} layers`,
    })),
  ];
}

export const layersOutsideRule: Rule = {
  on: ["model"],
  entries: [layersOutside.entry],
  check: (subject) => {
    const assignment = layersOf(subject);
    if (!assignment) return [];
    const { total, outside } = assignment;
    return [...outside].map(([block, ranges]) =>
      layersOutside.at(
        placeOfKey(subject, block, "layers"),
        { range: ranges.map(rangeText).join(", "), block: titleOf(block), last: total - 1 },
        { fixes: () => fixes(subject, block, ranges, total, indicesOf(assignment, block)) },
      ),
    );
  },
};
