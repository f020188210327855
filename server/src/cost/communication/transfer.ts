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

/** The two links of one GPU, per direction. */
export interface Links {
  /** Bandwidth in B/s that collectives reach, latency in s of one message. */
  readonly scale_up: Link | undefined;
  /** Of one GPU's share of the node's cards. */
  readonly scale_out: Link | undefined;
}

export interface Link {
  readonly bandwidth: number;
  readonly latency: number;
}
