import type { LayerAssignment } from "../../analysis";
import { defineDiagnostic, type BoundBlock, type FixCandidate, type LayerRange, type Place } from "../../core";
import { formatGrouped } from "../../units";
import { candidate, setKeyFix } from "../edits";
import { exampleModel } from "../examples";
import { indicesOf, layersOf, putOnLayers, titleOf } from "../layer-sets";
import { blocksOf, isWrittenHere, placeOfKey, type Rule, type RuleSubject } from "../rule";

const layersOutside = defineDiagnostic<{ layers: string; block: string; last: number }>({
  code: "DSCO3001", severity: "error", title: "Layers outside the model",
  message: ({ layers, block, last }) =>
    `\`${block}\` stands on ${layers}: the model has ${last === 0 ? "layer 0 alone" : `layers 0..${last}`}`,
  explanation:
    "Layers count from 0, and both ends of a range are included: a model with `layers = 61` has layers 0..60. Figures are not computed until every block stands inside the model.",
  example: exampleModel("attention mha { heads = 4 }", "ffn dense { layers = 0..1, intermediate_size = 256 }", "ffn moe { layers = 2..4, routed_experts = 8, top_k = 2, intermediate_size = 32 }"),
});

const rangeText = ({ from, to, step }: LayerRange): string => (from === to ? String(from) : `${from}..${to}${step === 1 ? "" : ` step ${step}`}`);

/** A reader takes in as many; of more, the first ones stand for all. */
const mostRanges = 6;

function rangesText(written: readonly LayerRange[]): string {
  const ranges = joined(written);
  const shown = ranges.length > mostRanges ? ranges.slice(0, mostRanges - 1) : ranges;
  const more = shown.length === ranges.length ? "" : ` and ${formatGrouped(ranges.length - shown.length)} more ranges`;
  return `${ranges.length === 1 && ranges[0]?.from === ranges[0]?.to ? "layer" : "layers"} ${shown.map(rangeText).join(", ")}${more}`;
}

/** In order, those at step 1 that meet or touch as one. */
function joined(ranges: readonly LayerRange[]): readonly LayerRange[] {
  const result: LayerRange[] = [];
  for (const range of [...ranges].sort((left, right) => left.from - right.from || left.to - right.to)) {
    const last = result.at(-1);
    if (last && last.step === 1 && range.step === 1 && range.from <= last.to + 1) result[result.length - 1] = { ...last, to: Math.max(last.to, range.to) };
    else result.push(range);
  }
  return result;
}

/** Who counts layers from 1 ends at their number: one fix moves every block of the keyword down. */
function countFromZero(subject: RuleSubject, block: BoundBlock, last: number, assignment: LayerAssignment): readonly FixCandidate[] {
  const { total } = assignment;
  if (last !== total) return [];
  const parts = blocksOf(subject, block.keyword).filter((other) => other.properties.has("layers")).map((other) => {
    const layers = [...indicesOf(assignment, other), ...(other === block ? [total] : [])];
    return layers.includes(0) ? undefined : putOnLayers(subject, other, layers.map((layer) => layer - 1));
  });
  if (parts.some((part) => part === undefined)) return [];
  const title = parts.length === 1 ? `Set \`layers\` to \`${parts[0]?.text}\`` : `Move the \`${block.keyword}\` blocks down by one layer`;
  return [candidate(title, parts.flatMap((part) => part?.edits ?? []), { buys: "layers count from 0", preferred: true })];
}

function fixes(subject: RuleSubject, block: BoundBlock, ranges: readonly LayerRange[], assignment: LayerAssignment): readonly FixCandidate[] {
  const last = ranges.reduce((most, { to }) => Math.max(most, to), 0);
  const clipped = putOnLayers(subject, block, indicesOf(assignment, block));
  return [
    ...countFromZero(subject, block, last, assignment),
    ...(clipped ? [candidate(`Set \`layers\` to \`${clipped.text}\``, clipped.edits, { buys: "the layers that the model has" })] : []),
    ...setKeyFix(subject, subject.declaration.block, "layers", last + 1, { shows: ["total_params"], otherwise: "the block stands inside it" }).map((fix) => ({
      ...fix, title: `Give the model ${last + 1} layers`,
    })),
  ];
}

/** At the block's layers, or at the model's where only they are written in this declaration. */
function placeOf(subject: RuleSubject, block: BoundBlock): Place {
  const model = subject.declaration.block;
  return isWrittenHere(block, "layers") || !isWrittenHere(model, "layers") ? placeOfKey(subject, block, "layers") : placeOfKey(subject, model, "layers");
}

export const layersOutsideRule: Rule = {
  on: ["model"],
  entries: [layersOutside.entry],
  check: (subject) => {
    const assignment = layersOf(subject);
    if (!assignment) return [];
    return [...assignment.outside].map(([block, ranges]) =>
      layersOutside.at(
        placeOf(subject, block),
        { layers: rangesText(ranges), block: titleOf(block), last: assignment.total - 1 },
        { fixes: () => fixes(subject, block, ranges, assignment) },
      ),
    );
  },
};
