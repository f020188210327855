import { defineDiagnostic } from "../../core";
import { formatGrouped } from "../../units";
import { setKeyFix } from "../edits";
import { exampleNetwork } from "../examples";
import { isPrimePower } from "../numbers";
import { numberOf, placeOfKey, type Rule } from "../rule";
import { networkOf, networkShows } from "./networks";

const slimFlyOrder = defineDiagnostic<{ q: number }>({
  code: "DSCO4003", severity: "warning", title: "A slim fly whose order is no prime power",
  message: ({ q }) => `\`q\` = ${formatGrouped(q)} is no power of a prime: there is no field of that order, and no slim fly`,
  explanation:
    "The switches of a slim fly are labelled with the elements of a finite field of order `q`, which exists for powers of primes alone. Figures are computed as if it existed, since papers do so: arXiv:2505.09343, Table 3, counts a slim fly of q = 28.",
  source: "Slim Fly: A Cost Effective Low-Diameter Network Topology, SC 2014, section II",
  example: exampleNetwork("slim_fly", "q = 28, endpoints_per_switch = 21"),
});

/** No network is larger; beyond it the search for primes would be felt. */
const largest = 10_000;

export const slimFlyOrderRule: Rule = {
  on: ["hardware"],
  entries: [slimFlyOrder.entry],
  check: (subject) => {
    const network = networkOf(subject, ["slim_fly"]);
    const q = network && numberOf(subject, network, "q");
    if (!network || q === undefined || q > largest || isPrimePower(q)) return [];
    return [slimFlyOrder.at(placeOfKey(subject, network, "q"), { q }, {
      fixes: () => {
        let [below, above] = [q - 1, q + 1];
        while (below > 2 && !isPrimePower(below)) below -= 1;
        while (!isPrimePower(above)) above += 1;
        return [below, above].filter((order) => order >= 2).flatMap((order) => setKeyFix(subject, network, "q", order, { shows: networkShows }));
      },
    })];
  },
};
