/** What an exchange costs, and over which links it goes: the types that everything about communication shares. */

import { noteDefault, type Default } from "../defaults-read";
import { Unavailable } from "../definition";

/** What an exchange costs a GPU. */
export interface Transfer {
  /** Seconds. */
  readonly time: number;
  /** Bytes that the GPU sends over its scale-up link and over its share of the network cards. */
  readonly scale_up_bytes: number;
  readonly scale_out_bytes: number;
  /** The link that takes longest. */
  readonly link: "scale_up" | "scale_out" | "none";
}

export const noTransfer: Transfer = { time: 0, scale_up_bytes: 0, scale_out_bytes: 0, link: "none" };

/** The two links of one GPU, per direction; `undefined`: the hardware has no such link, or does not say how fast it is. */
export interface Links {
  readonly scale_up: Link | undefined;
  /** Of one GPU's share of the node's cards. */
  readonly scale_out: Link | undefined;
  /** Seconds until an exchange has started, whatever it carries. */
  readonly start: number;
  /** What of it nobody wrote. */
  readonly start_default?: Default | undefined;
}

export interface Link {
  /** Bandwidth in B/s that an exchange of large messages reaches. */
  readonly bandwidth: number;
  /** Seconds that one small message takes. */
  readonly latency: number;
  /** Of an oversubscribed network with more GPUs than one leaf switch serves: what each has in B/s across leaves when all send. */
  readonly across_leaves?: { readonly bandwidth: number; readonly leaf_gpus: number } | undefined;
  /** What of bandwidth and latency nobody wrote. */
  readonly defaults?: readonly Default[] | undefined;
}

/** What one GPU sends in an exchange, and how many messages of it wait for one another on each link. */
export interface Traffic {
  readonly scale_up_bytes: number;
  readonly scale_out_bytes: number;
  readonly scale_up_steps: number;
  readonly scale_out_steps: number;
  /** Share of the bytes over the cards that goes to other leaf switches. Left out: next to none, as in a ring, which leaves a leaf once. */
  readonly across_leaves?: number;
}

/**
 * An exchange in chunks that pass both links one after the other, so that the slower link sets the time; latencies add up.
 * Throws `Unavailable` where it needs a link that the hardware lacks.
 */
export function transferOf(traffic: Traffic, links: Links): Transfer {
  const { scale_up_bytes, scale_out_bytes } = traffic;
  if (scale_up_bytes === 0 && scale_out_bytes === 0) return noTransfer;
  const up = scale_up_bytes === 0 ? undefined : scaleUpOf(links);
  const out = scale_out_bytes === 0 ? undefined : scaleOutOf(links);
  for (const used of [links.start_default, ...(up?.defaults ?? []), ...(out?.defaults ?? [])]) if (used) noteDefault(used);
  const upTime = up === undefined ? 0 : scale_up_bytes / up.bandwidth;
  const outTime = out === undefined ? 0 : scaleOutTime(scale_out_bytes, traffic.across_leaves ?? 0, out);
  const latency = links.start + traffic.scale_up_steps * (up?.latency ?? 0) + traffic.scale_out_steps * (out?.latency ?? 0);
  return { time: latency + Math.max(upTime, outTime), scale_up_bytes, scale_out_bytes, link: upTime > outTime ? "scale_up" : "scale_out" };
}

function scaleOutTime(bytes: number, acrossLeaves: number, { bandwidth, across_leaves }: Link): number {
  return across_leaves === undefined ? bytes / bandwidth : Math.max(bytes / bandwidth, (acrossLeaves * bytes) / across_leaves.bandwidth);
}

/** Share of what a GPU sends to all others of its group alike that goes to other leaf switches, the group's GPUs standing side by side. */
export const shareAcrossLeaves = (size: number, { scale_out }: Links): number =>
  scale_out?.across_leaves === undefined ? 0 : Math.max(0, 1 - scale_out.across_leaves.leaf_gpus / size);

function scaleUpOf({ scale_up }: Links): Link {
  if (scale_up === undefined) throw new Unavailable("GPUs of one domain exchange data, and the gpu has neither `scale_up` nor `pcie`");
  return scale_up;
}

function scaleOutOf({ scale_out }: Links): Link {
  if (scale_out === undefined) throw new Unavailable("GPUs of several scale-up domains exchange data, and the hardware lacks `nic` or `nics_per_node`");
  return scale_out;
}

/** Transfers one after the other. */
export function inSequence(transfers: readonly Transfer[]): Transfer {
  let [time, scale_up_bytes, scale_out_bytes] = [0, 0, 0];
  let slowest = noTransfer;
  for (const transfer of transfers) {
    time += transfer.time;
    scale_up_bytes += transfer.scale_up_bytes;
    scale_out_bytes += transfer.scale_out_bytes;
    if (transfer.time > slowest.time) slowest = transfer;
  }
  return { time, scale_up_bytes, scale_out_bytes, link: slowest.link };
}

/** The same transfer, `count` times one after the other. */
export function repeated(count: number, { time, scale_up_bytes, scale_out_bytes, link }: Transfer): Transfer {
  if (count === 0) return noTransfer;
  return { time: count * time, scale_up_bytes: count * scale_up_bytes, scale_out_bytes: count * scale_out_bytes, link };
}
