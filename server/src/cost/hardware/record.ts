/**
 * A cluster as the cost room sees it: plain, complete records. Property names are those of the language, so that an input
 * path such as `gpu.scale_up.effective_bandwidth` names both a field here and a property in a file. Values are in base
 * units (B, B/s, FLOP/s, s, W, USD, USD/s); counts are whole numbers >= 1 that the caller has checked.
 */

export interface HardwareRecord {
  readonly gpu: GpuRecord;
  readonly gpus_per_node: number;
  readonly nodes: number;
  readonly nic: NicRecord | undefined;
  readonly nics_per_node: number | undefined;
  readonly network: NetworkRecord | undefined;
  readonly host: HostRecord | undefined;
  readonly storage: StorageRecord | undefined;
  readonly failures: FailuresRecord | undefined;
  /** Of one GPU. */
  readonly price: number | undefined;
  readonly power_overhead: number;
}

export type Architecture = "ampere" | "ada" | "hopper" | "blackwell" | "cdna3" | "cdna4" | "tpu" | "ascend";

/** Bandwidths are per GPU and per direction. */
export interface GpuRecord {
  /** Whose measured efficiencies hold; `undefined`: nobody said. */
  readonly architecture: Architecture | undefined;
  readonly memory: number;
  readonly memory_bandwidth: number;
  readonly sms: number | undefined;
  readonly power: number | undefined;
  readonly peak: PeakRecord;
  readonly scale_up: ScaleUpRecord | undefined;
  readonly pcie: { readonly bandwidth: number } | undefined;
}

/** Dense rates by precision; a precision without a rate is absent. */
export type PeakRecord = Readonly<Record<string, number | undefined>>;

export interface ScaleUpRecord {
  readonly bandwidth: number;
  readonly effective_bandwidth: number | undefined;
  readonly domain: number | undefined;
  /** The link does not leave the node; `undefined`: a domain may span several. */
  readonly within_node: boolean | undefined;
  readonly latency: number | undefined;
}

/** Of one port and per direction. */
export interface NicRecord {
  readonly rate: number;
  readonly effective_bandwidth: number | undefined;
  readonly latency: number | undefined;
}

interface NetworkCommon {
  readonly planes: number | undefined;
  readonly tiers: number | undefined;
  readonly switch_ports: number | undefined;
  readonly port_rate: number | undefined;
  readonly oversubscription: number;
  readonly switch_price: number;
  readonly link_price: number;
  readonly endpoint_price: number;
  readonly latency_same_leaf: number | undefined;
  readonly latency_cross_leaf: number | undefined;
  readonly protocol: "infiniband" | "roce" | undefined;
}

export interface TreeNetwork extends NetworkCommon {
  readonly kind: "fat_tree" | "multi_rail_fat_tree" | "multi_plane_fat_tree";
}

export interface DragonflyNetwork extends NetworkCommon {
  readonly kind: "dragonfly";
  readonly switches_per_group: number;
  readonly endpoints_per_switch: number;
  readonly global_links: number;
  readonly groups: number;
}

export interface SlimFlyNetwork extends NetworkCommon {
  readonly kind: "slim_fly";
  readonly q: number;
  readonly endpoints_per_switch: number;
}

export interface TorusNetwork extends NetworkCommon {
  readonly kind: "torus";
  readonly dimensions: readonly number[];
}

export type NetworkRecord = TreeNetwork | DragonflyNetwork | SlimFlyNetwork | TorusNetwork;

export interface HostRecord {
  readonly memory: number | undefined;
  readonly memory_bandwidth: number | undefined;
  readonly pcie_bandwidth: number | undefined;
}

export interface StorageRecord {
  readonly read_bandwidth: number | undefined;
  readonly write_bandwidth: number | undefined;
}

export interface FailuresRecord {
  readonly gpu_mtbf: number | undefined;
  readonly node_mtbf: number | undefined;
  readonly restart_time: number | undefined;
}

/** Nothing but the declaration enters into the figures of hardware. */
export type HardwareContext = Readonly<Record<never, never>>;
