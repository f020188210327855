import type { BoundBlock } from "../../core";
import { blocksOf, type RuleSubject } from "../rule";

/** Where the counts of networks come from. */
export const topologyTable = "Insights into DeepSeek-V3, arXiv:2505.09343, section 5.1 and Table 3";

/** The metrics that a change of a network moves. */
export const networkShows: readonly string[] = ["max_endpoints", "network_cost"];

/** The network of a cluster, of some kinds. */
export const networkOf = (subject: RuleSubject, kinds?: readonly string[]): BoundBlock | undefined => blocksOf(subject, "network", kinds)[0];

export const treeKinds: readonly string[] = ["fat_tree", "multi_rail_fat_tree", "multi_plane_fat_tree"];
