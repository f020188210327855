import { defineDiagnostic, removeMember } from "../../core";
import { exampleModel } from "../examples";
import { indicesOf, layersOfAll, titleOf } from "../layer-sets";
import { blocksOf, placeOfBlock, type Rule } from "../rule";

const blockOnNoLayer = defineDiagnostic<{ block: string; keyword: string }>({
  code: "DSCO3005", severity: "warning", title: "A block that stands on no layer",
  message: ({ block, keyword }) => `\`${block}\` stands on no layer: the other \`${keyword}\` blocks take them all`,
  explanation: "A block without `layers` takes those that no other block of its keyword names. Here none is left, so the block changes no figure.",
  example: exampleModel("attention mha { heads = 4 }", "attention gqa { layers = 0..3, heads = 4, kv_heads = 2 }", "ffn dense { intermediate_size = 256 }"),
});

export const blockOnNoLayerRule: Rule = {
  on: ["model"],
  entries: [blockOnNoLayer.entry],
  check: (subject) => {
    return ["attention", "ffn"].flatMap((keyword) => {
      const assignment = layersOfAll(subject, keyword);
      if (!assignment || [...assignment.outside.keys()].some((block) => block.keyword === keyword)) return [];
      return blocksOf(subject, keyword)
        // A base's block that gave all its layers away was replaced on purpose.
        .filter((block) => block.own && !block.properties.has("layers") && indicesOf(assignment, block).length === 0)
        .map((block) =>
          blockOnNoLayer.at(placeOfBlock(subject, block), { block: titleOf(block), keyword }, {
            unnecessary: true,
            fixes: () => [{ title: `Remove \`${titleOf(block)}\`: no figure changes`, edits: [removeMember(subject.declaration, block.node)] }],
          }),
        );
    });
  },
};
