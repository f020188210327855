import { figureOf } from "../../analysis";
import { defineDiagnostic, type BoundBlock, type FixCandidate } from "../../core";
import { formatGrouped } from "../../units";
import { setKeyFix } from "../edits";
import { exampleNetwork } from "../examples";
import { numberOf, placeOfBlock, type Rule, type RuleSubject } from "../rule";
import { networkOf, networkShows, topologyTable, treeKinds } from "./networks";

const endpointsOverTopology = defineDiagnostic<{ needed: number; nodes: number; cards: number; held: number; kind: string }>({
  code: "DSCO4001", severity: "error", title: "More network cards than the topology has endpoints",
  message: ({ needed, nodes, cards, held, kind }) =>
    `${formatGrouped(nodes)} nodes with ${formatGrouped(cards)} cards need ${formatGrouped(needed)} endpoints: this \`${kind}\` has ${formatGrouped(held)}`,
  explanation:
    "Every card of every node takes one endpoint of the network. A tree of `k` ports has k^2/2 endpoints with two tiers and k^3/4 with three, in each of its planes: more tiers, more planes or larger switches hold more.",
  source: topologyTable,
  example: exampleNetwork("fat_tree", "tiers = 2, switch_ports = 8"),
});

/** Ports of switches that are sold. */
const usualPorts = [32, 36, 40, 64, 72, 128, 144, 256, 512];

function fixes(subject: RuleSubject, network: BoundBlock, needed: number, held: number, cards: number): readonly FixCandidate[] {
  const set = (key: string, value: number | undefined) =>
    value === undefined ? [] : setKeyFix(subject, network, key, value, { shows: networkShows });
  const number = (key: string) => numberOf(subject, network, key);
  const [tiers, ports, planes, groups] = [number("tiers"), number("switch_ports"), number("planes"), number("groups")];
  const isTree = treeKinds.includes(network.variant ?? "");
  const larger = isTree && ports !== undefined && tiers !== undefined ? usualPorts.find((size) => held * (size / ports) ** tiers >= needed) : undefined;
  const least = planes === undefined ? cards : Math.ceil(needed / (held / planes));
  const morePlanes = Array.from({ length: Math.max(0, cards - least + 1) }, (_, more) => least + more).find((count) => cards % count === 0);
  const fewerNodes = Math.floor(held / cards);
  return [
    ...(isTree && tiers !== undefined ? set("tiers", tiers + 1) : []),
    ...(network.variant === "multi_plane_fat_tree" && planes !== undefined ? set("planes", morePlanes) : []),
    ...(network.variant === "dragonfly" && groups !== undefined ? set("groups", Math.ceil(needed / (held / groups))) : []),
    ...set("switch_ports", larger),
    ...(fewerNodes >= 1 ? setKeyFix(subject, subject.declaration.block, "nodes", fewerNodes, { shows: ["gpus"] }) : []),
  ];
}

export const endpointsOverTopologyRule: Rule = {
  on: ["hardware"],
  entries: [endpointsOverTopology.entry],
  check: (subject) => {
    const { workspace, declaration } = subject;
    const network = networkOf(subject);
    const nodes = numberOf(subject, declaration.block, "nodes");
    const cards = numberOf(subject, declaration.block, "nics_per_node");
    const held = figureOf(workspace, declaration, "max_endpoints");
    if (!network || nodes === undefined || cards === undefined || held.kind !== "value") return [];
    const needed = nodes * cards;
    if (needed <= held.value) return [];
    return [endpointsOverTopology.at(placeOfBlock(subject, network), { needed, nodes, cards, held: held.value, kind: network.variant ?? "" }, {
      fixes: () => fixes(subject, network, needed, held.value, cards),
    })];
  },
};
