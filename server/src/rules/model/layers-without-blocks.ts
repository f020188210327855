import { defineDiagnostic, headerSpan, type Diagnostic, type FixCandidate } from "../../core";
import { candidate, setKeyFix } from "../edits";
import { exampleModel } from "../examples";
import { indicesOf, layersOf, layersOfAll, layersText, putOnLayers, titleOf } from "../layer-sets";
import { blocksOf, isWrittenHere, knowsBlocks, placeOfKey, type Rule, type RuleSubject } from "../rule";

const emptyLayers = defineDiagnostic<{ layers: string; one: boolean }>({
  code: "DSCO3003", severity: "error", title: "A layer with nothing on it",
  message: ({ layers, one }) => `${layers} ${one ? "has" : "have"} neither an \`attention\` nor an \`ffn\` block`,
  explanation: "Every layer needs an `attention` block, an `ffn` block or both. A block without `layers` takes all that no other block of its keyword names.",
  example: exampleModel("attention mha { layers = 0..2, heads = 4 }", "ffn dense { layers = 0..2, intermediate_size = 256 }"),
});

const halfEmptyLayers = defineDiagnostic<{ layers: string; one: boolean; has: string; lacks: string }>({
  code: "DSCO3004", severity: "warning", title: "A layer with only one of attention and ffn",
  message: ({ layers, one, has, lacks }) => `${layers} ${one ? "has" : "have"} an \`${has}\` block and no \`${lacks}\` block, unlike most of the model`,
  explanation:
    "A layer with only one of the two is legal: Nemotron-H is made of such layers. Where most layers have both, a few with one are more often a slip in a range.",
  source: "NVIDIA Nemotron-H, arXiv:2504.03624, section 2",
  example: exampleModel("attention mha { heads = 4 }", "ffn dense { layers = 0, intermediate_size = 256 }", "ffn moe { layers = 2..3, routed_experts = 8, top_k = 2, intermediate_size = 32 }"),
});

const noMixer = defineDiagnostic<{ name: string }>({
  code: "DSCO3006", severity: "warning", title: "A model without attention",
  message: ({ name }) => `\`${name}\` has no \`attention\` block on any layer: its tokens never see each other, and its cache is empty`,
  explanation: "A language model mixes tokens somewhere, by attention or by a state (`attention mla`, `attention mamba2`). A model without it is more often one that lost a block.",
  example: exampleModel("ffn dense { intermediate_size = 256 }"),
});

/** Extends the blocks on the layer beside some layers over them, all of them in one fix. */
function extendFrom(subject: RuleSubject, keywords: readonly string[], beside: number, layers: readonly number[]): readonly FixCandidate[] {
  const assignment = layersOf(subject);
  if (!assignment) return [];
  const blocks = keywords.flatMap((keyword) => blocksOf(subject, keyword).find((block) => indicesOf(assignment, block).includes(beside)) ?? []);
  const parts = blocks.flatMap((block) => putOnLayers(subject, block, [...indicesOf(assignment, block), ...layers]) ?? []);
  if (parts.length === 0 || parts.length < blocks.length) return [];
  const title = `Put ${blocks.map((block) => `\`${titleOf(block)}\``).join(" and ")} on ${layersText(layers)}`;
  return [candidate(title, parts.flatMap((part) => part.edits), { shows: ["total_params"], otherwise: "as on the layers beside" })];
}

/** … those before the layers, and those behind them. */
const extend = (subject: RuleSubject, keywords: readonly string[], layers: readonly number[]): readonly FixCandidate[] =>
  [(layers[0] ?? 0) - 1, (layers.at(-1) ?? 0) + 1].flatMap((beside) => extendFrom(subject, keywords, beside, layers));

function check(subject: RuleSubject): readonly Diagnostic[] {
  const assignment = layersOfAll(subject, "attention", "ffn");
  const { declaration } = subject;
  const isBegun = ["hidden_size", "vocab_size"].every((key) => declaration.block.properties.has(key)); // else it is being written
  if (!assignment || assignment.outside.size > 0 || !isBegun || !knowsBlocks(subject, "attention", "ffn")) return [];
  const { total } = assignment;
  const on = (keyword: string) => new Set(blocksOf(subject, keyword).flatMap((block) => indicesOf(assignment, block)));
  const [attention, ffn] = [on("attention"), on("ffn")];
  const layers = Array.from({ length: total }, (_, layer) => layer);
  const place = isWrittenHere(declaration.block, "layers")
    ? placeOfKey(subject, declaration.block, "layers")
    : { uri: declaration.file.uri, span: declaration.node.base ?? headerSpan(declaration.node) };
  const empty = layers.filter((layer) => !attention.has(layer) && !ffn.has(layer));
  const [first] = empty;
  if (first !== undefined) {
    // Layers that nothing stands on at the end of the model may be too many layers.
    const atEnd = first > 0 && empty.length === total - first;
    return [emptyLayers.at(place, { layers: layersText(empty), one: empty.length === 1 }, {
      fixes: () => [
        ...extend(subject, ["attention", "ffn"], empty),
        ...(atEnd ? setKeyFix(subject, declaration.block, "layers", first, { shows: ["total_params"], otherwise: "those that blocks stand on" }) : []),
      ],
    })];
  }
  if (attention.size === 0) {
    const uri = declaration.file.uri;
    return [noMixer.at({ uri, span: headerSpan(declaration.node) }, { name: declaration.name === "" ? "model" : declaration.name })];
  }
  const both = layers.filter((layer) => attention.has(layer) && ffn.has(layer));
  if (both.length * 2 <= total) return [];
  return ([["attention", "ffn", ffn], ["ffn", "attention", attention]] as const).flatMap(([has, lacks, covered]) => {
    const lacking = layers.filter((layer) => !covered.has(layer));
    if (lacking.length === 0) return [];
    const [written, another] = blocksOf(subject, lacks).filter((block) => isWrittenHere(block, "layers"));
    const range = written && !another ? placeOfKey(subject, written, "layers") : place;
    return [halfEmptyLayers.at(range, { layers: layersText(lacking), one: lacking.length === 1, has, lacks }, { fixes: () => extend(subject, [lacks], lacking) })];
  });
}

export const layersWithoutBlocksRule: Rule = { on: ["model"], entries: [emptyLayers.entry, halfEmptyLayers.entry, noMixer.entry], check };
