/**
 * Collectives as alpha-beta models: bytes over bandwidth, and a latency for each step that waits for the one before.
 *
 * NCCL chooses between rings (best for large buffers) and trees (for small ones). Here every collective has the bandwidth of rings and
 * the latency of a tree: the lower envelope of the two. Where a group stands in several scale-up domains, as many rings run as GPUs of
 * a domain take part; each ring passes all GPUs of a domain over the scale-up link and then leaves it over one GPU's share of the
 * cards. Both links work at once, so that the slower one sets the time.
 *
 * Held against nccl-tests' all_reduce_perf: 233 GB/s on 8 A100 and 86 to 95 GB/s on nodes with four 200G cards (NVIDIA/nccl, issue 1048;
 * NVIDIA/nccl-tests, issue 252), 62 to 66 us for a few bytes on 256 A100 (NVIDIA/nccl, issue 652). Serving engines bring kernels of
 * their own for small all-reduces inside a node (`smallAllReduce`): on 8 H100 they take 6 to 12 us up to 32 KB, where NCCL's model says 27, and
 * 22 to 45 us for 0.5 to 1 MB, where it says 29 to 32 (sgl-project/sglang, pull request 2904). In-switch reduction (NVLink SHARP) is
 * not counted: it takes all-reduce on the H100 from 365 to 480 GB/s (NVIDIA/nccl, issue 1455) and leaves the other collectives as they are.
 */

import type { Default } from "../defaults-read";
import type { Group } from "../plan/layout";
import { noTransfer, shareAcrossLeaves, transferOf, type Links, type Transfer } from "./transfer";

/** Each GPU holds a buffer of `bytes` and ends with the sum of all. */
export const allReduce = (bytes: number, group: Group, links: Links): Transfer => ring(bytes, group, links, 2);

/** Each GPU holds a buffer of `bytes` and ends with its part, bytes / size, of the sum. */
export const reduceScatter = (bytes: number, group: Group, links: Links): Transfer => ring(bytes, group, links, 1);

/** Each GPU holds bytes / size and ends with the `bytes` of all. */
export const allGather = (bytes: number, group: Group, links: Links): Transfer => ring(bytes, group, links, 1);

/** `passes`: 1 to reduce and scatter or to gather, 2 for both. */
function ring(bytes: number, group: Group, links: Links, passes: number): Transfer {
  if (group.size === 1 || bytes === 0) return noTransfer;
  const { size, per_domain } = group;
  const domains = domainsOf(group);
  const sent = (passes * bytes * (size - 1)) / size;
  const scale_out_bytes = domains === 1 ? 0 : sent / per_domain;
  return transferOf({
    scale_up_bytes: sent - scale_out_bytes,
    scale_out_bytes,
    scale_up_steps: passes * treeSteps(per_domain),
    scale_out_steps: passes * treeSteps(domains),
  }, links);
}

/**
 * Until a kernel in which every GPU reads the buffers of all others has started: 5.7 us for up to 4 KB on 8 H100 (sgl-project/sglang, pull
 * request 2904), less one message over NVLink.
 */
const directStart = 2.4e-6;

const directDefault: Default = { name: "start of a small all-reduce", unit: "s", evidence: { value: directStart, reach: "scaled", source: "8 H100: sgl-project/sglang, pull request 2904" } };

/**
 * All-reduce as serving engines run it while they decode: inside a domain a kernel of their own, in which every GPU reads all buffers at
 * once, as long as that is faster than the collective. Held against the same table: 7.8 us for 32 KB, 33.8 for 1 MB on 8 H100.
 */
export function smallAllReduce(bytes: number, group: Group, links: Links): Transfer {
  const collective = allReduce(bytes, group, links);
  if (group.size === 1 || bytes === 0 || domainsOf(group) > 1) return collective;
  const traffic = { scale_up_bytes: bytes * (group.size - 1), scale_out_bytes: 0, scale_up_steps: 1, scale_out_steps: 0 };
  const direct = transferOf(traffic, { ...links, start: Math.min(links.start, directStart), start_default: links.start < directStart ? links.start_default : directDefault });
  return direct.time < collective.time ? direct : collective;
}

/** Each GPU holds `bytes`, an equal part of them for every GPU of the group, itself included. */
export function allToAll(bytes: number, { size, per_domain }: Group, links: Links): Transfer {
  if (size === 1 || bytes === 0) return noTransfer;
  const isSpread = size > per_domain;
  return transferOf({
    scale_up_bytes: (bytes * (per_domain - 1)) / size,
    scale_out_bytes: (bytes * (size - per_domain)) / size,
    scale_up_steps: isSpread ? 0 : 1,
    scale_out_steps: isSpread ? 1 : 0,
    across_leaves: shareAcrossLeaves(size, links),
  }, links);
}

/**
 * `bytes` from one GPU of the group to its neighbour; over the cards where the group stands in several domains, and then to another leaf
 * switch: stages stand far apart.
 */
export function pointToPoint(bytes: number, { size, per_domain }: Group, links: Links): Transfer {
  if (size === 1 || bytes === 0) return noTransfer;
  const isSpread = size > per_domain;
  return transferOf({
    scale_up_bytes: isSpread ? 0 : bytes,
    scale_out_bytes: isSpread ? bytes : 0,
    scale_up_steps: isSpread ? 0 : 1,
    scale_out_steps: isSpread ? 1 : 0,
    across_leaves: 1,
  }, links);
}

/** Scale-up domains that a group stands in. */
export const domainsOf = ({ size, per_domain }: Group): number => Math.ceil(size / per_domain);

const treeSteps = (size: number): number => Math.ceil(Math.log2(size));
