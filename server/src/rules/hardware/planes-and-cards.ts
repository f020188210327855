import { defineDiagnostic } from "../../core";
import { formatGrouped } from "../../units";
import { setKeyFix } from "../edits";
import { exampleNetwork } from "../examples";
import { largestDivisor } from "../numbers";
import { isWrittenHere, numberOf, placeOfKey, type Rule } from "../rule";
import { networkOf, networkShows } from "./networks";

const planesAndCards = defineDiagnostic<{ planes: number; cards: number }>({
  code: "DSCO4002", severity: "warning", title: "Planes that the cards of a node do not fill evenly",
  message: ({ planes, cards }) => `${formatGrouped(cards)} \`nics_per_node\` cannot be spread evenly over ${formatGrouped(planes)} \`planes\``,
  explanation:
    "In a multi-plane network every card of a node belongs to one plane, and traffic between planes is forwarded inside the node: each plane needs as many cards as the others. A card that serves several planes with several ports, such as a ConnectX-8, counts once for each in `nics_per_node`.",
  source: "Insights into DeepSeek-V3, arXiv:2505.09343, section 5.1",
  example: exampleNetwork("multi_plane_fat_tree", "planes = 3, tiers = 2, switch_ports = 64"),
});

export const planesAndCardsRule: Rule = {
  on: ["hardware"],
  entries: [planesAndCards.entry],
  check: (subject) => {
    const { block } = subject.declaration;
    const network = networkOf(subject);
    const planes = network && numberOf(subject, network, "planes");
    const cards = numberOf(subject, block, "nics_per_node");
    if (!network || planes === undefined || cards === undefined || cards % planes === 0) return [];
    const isAboutCards = isWrittenHere(block, "nics_per_node") && !isWrittenHere(network, "planes");
    const place = isAboutCards ? placeOfKey(subject, block, "nics_per_node") : placeOfKey(subject, network, "planes");
    return [planesAndCards.at(place, { planes, cards }, {
      fixes: () => {
        const fewer = largestDivisor(cards, Math.min(planes, cards) - 1, 2);
        const counts = [...new Set([cards, ...(fewer === undefined ? [] : [fewer])])];
        return [
          ...counts.flatMap((count) => setKeyFix(subject, network, "planes", count, { shows: networkShows })),
          ...setKeyFix(subject, block, "nics_per_node", Math.ceil(cards / planes) * planes, { shows: ["scale_up_to_scale_out_ratio"] }),
        ];
      },
    })];
  },
};
