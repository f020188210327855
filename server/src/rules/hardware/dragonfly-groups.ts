import { defineDiagnostic } from "../../core";
import { formatGrouped } from "../../units";
import { setKeyFix } from "../edits";
import { exampleNetwork } from "../examples";
import { numberOf, ownKey, placeOfKey, type Rule } from "../rule";
import { networkOf, networkShows } from "./networks";

const dragonflyGroups = defineDiagnostic<{ groups: number; most: number; links: number }>({
  code: "DSCO4004", severity: "error", title: "More groups than the global links of a dragonfly join",
  message: ({ groups, most, links }) =>
    `${formatGrouped(groups)} \`groups\` need links to ${formatGrouped(groups - 1)} others: a group has ${formatGrouped(links)}, enough for ${formatGrouped(most)} groups`,
  explanation:
    "In a dragonfly every group has a link to every other. A group of `switches_per_group` switches with `global_links` each has their product of links, and so joins at most one group more than that.",
  source: "Technology-Driven, Highly-Scalable Dragonfly Topology, ISCA 2008, section 3.1",
  example: exampleNetwork("dragonfly", "switches_per_group = 4, endpoints_per_switch = 4, global_links = 2, groups = 12"),
});

export const dragonflyGroupsRule: Rule = {
  on: ["hardware"],
  entries: [dragonflyGroups.entry],
  check: (subject) => {
    const network = networkOf(subject, ["dragonfly"]);
    const number = (key: string) => network && numberOf(subject, network, key);
    const [groups, switches, each] = [number("groups"), number("switches_per_group"), number("global_links")];
    if (!network || groups === undefined || switches === undefined || each === undefined) return [];
    const links = switches * each;
    if (groups <= links + 1) return [];
    return [dragonflyGroups.at(placeOfKey(subject, network, ownKey(network, ["groups", "global_links", "switches_per_group"])), { groups, most: links + 1, links }, {
      fixes: () => [
        ...setKeyFix(subject, network, "groups", links + 1, { shows: networkShows }),
        ...setKeyFix(subject, network, "global_links", Math.ceil((groups - 1) / switches), { shows: networkShows }),
        ...setKeyFix(subject, network, "switches_per_group", Math.ceil((groups - 1) / each), { shows: networkShows }),
      ],
    })];
  },
};
