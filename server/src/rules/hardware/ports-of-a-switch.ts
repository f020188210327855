import { defineDiagnostic, type BoundBlock } from "../../core";
import { slimFlyRadix } from "../../cost/hardware/topology";
import { formatGrouped } from "../../units";
import { setKeyFix } from "../edits";
import { exampleNetwork } from "../examples";
import { numberOf, ownKey, placeOfKey, type Rule, type RuleSubject } from "../rule";
import { networkOf, networkShows } from "./networks";

const portsOfASwitch = defineDiagnostic<{ needed: number; ports: number; parts: string }>({
  code: "DSCO4005", severity: "error", title: "A switch with fewer ports than its links",
  message: ({ needed, ports, parts }) => `a switch needs ${formatGrouped(needed)} ports (${parts}): it has ${formatGrouped(ports)}`,
  explanation:
    "A switch of a dragonfly has a port for each other switch of its group, for each global link and for each endpoint; a switch of a slim fly one for each of its (3q - d)/2 neighbours and for each endpoint. Together they are at most `switch_ports`.",
  source: "Dragonfly: ISCA 2008, section 3.1; Slim Fly: SC 2014, section II",
  example: exampleNetwork("dragonfly", "switches_per_group = 32, endpoints_per_switch = 20, global_links = 16, switch_ports = 64"),
});

/** Ports that the links of a switch take, besides those to endpoints, in words. */
function linksOf(subject: RuleSubject, network: BoundBlock): { readonly links: number; readonly parts: string } | undefined {
  if (network.variant === "slim_fly") {
    const q = numberOf(subject, network, "q");
    return q === undefined ? undefined : { links: slimFlyRadix(q), parts: `${formatGrouped(slimFlyRadix(q))} to switches` };
  }
  const switches = numberOf(subject, network, "switches_per_group");
  const each = numberOf(subject, network, "global_links");
  if (switches === undefined || each === undefined) return undefined;
  return { links: switches - 1 + each, parts: `${formatGrouped(switches - 1)} in the group, ${formatGrouped(each)} to others` };
}

export const portsOfASwitchRule: Rule = {
  on: ["hardware"],
  entries: [portsOfASwitch.entry],
  check: (subject) => {
    const network = networkOf(subject, ["dragonfly", "slim_fly"]);
    const ports = network && numberOf(subject, network, "switch_ports");
    const endpoints = network && numberOf(subject, network, "endpoints_per_switch");
    const found = network && linksOf(subject, network);
    if (!network || ports === undefined || endpoints === undefined || !found) return [];
    const needed = found.links + endpoints;
    if (needed <= ports) return [];
    const place = placeOfKey(subject, network, ownKey(network, ["switch_ports", "endpoints_per_switch"]));
    return [portsOfASwitch.at(place, { needed, ports, parts: `${found.parts}, ${formatGrouped(endpoints)} to endpoints` }, {
      fixes: () => [
        ...(ports > found.links ? setKeyFix(subject, network, "endpoints_per_switch", ports - found.links, { shows: networkShows }) : []),
        ...setKeyFix(subject, network, "switch_ports", needed, { buys: "a port for each of them" }),
      ],
    })];
  },
};
