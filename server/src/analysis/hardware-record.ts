import {
  failuresSchema, gpuSchema, hardwareSchema, hostSchema, inProgress, memoized, names, networkKinds, nicSchema, peakSchema, pcieSchema, scaleUpSchema,
  settledValue, storageSchema, type BlockSchema, type BoundBlock, type BoundDeclaration, type Workspace,
} from "../core";
import { Unavailable } from "../cost/definition";
import type {
  DragonflyNetwork, FailuresRecord, GpuRecord, HardwareRecord, HostRecord, NetworkRecord, NicRecord, PeakRecord, ScaleUpRecord, SlimFlyNetwork,
  StorageRecord, TorusNetwork, TreeNetwork,
} from "../cost/hardware/record";
import { read, tolerant, type RecordResult } from "./records";

/** Builds the record of a cluster once; `undefined` where a value of it asks for the cluster's own figures. */
export function hardwareResult(workspace: Workspace, declaration: BoundDeclaration): RecordResult<HardwareRecord> | undefined {
  const found = memoized(workspace, declaration, "hardware record", () => build(workspace, declaration));
  return found === inProgress ? undefined : found;
}

function build(workspace: Workspace, { block, problems }: BoundDeclaration): RecordResult<HardwareRecord> {
  const gpu = referredBlock(workspace, block, "gpu");
  const nic = referredBlock(workspace, block, "nic");
  const blocks = new Map<string, BoundBlock>([["", block]]);
  for (const inner of block.blocks) blocks.set(inner.path, inner);
  for (const [path, device] of [["gpu", gpu], ["nic", nic]] as const) {
    if (!device) continue;
    blocks.set(path, device);
    for (const inner of device.blocks) blocks.set(`${path}.${inner.path}`, inner);
  }
  const head = read(workspace, block, hardwareSchema);
  const record = tolerant<HardwareRecord>({
    gpu: () => {
      if (gpu) return gpuRecord(workspace, gpu);
      throw new Unavailable(`\`gpu\` of \`hardware\` ${settledValue(workspace, block, "gpu").origin === "absent" ? "is missing" : "has no valid value"}`);
    },
    gpus_per_node: () => head.gpus_per_node,
    nodes: () => head.nodes,
    nic: () => (head.nic === undefined || !nic ? undefined : nicRecord(workspace, nic)),
    nics_per_node: () => head.nics_per_node,
    network: () => {
      const written = childOf(block, "network");
      if (!written && problems.some((problem) => problem.code === names.unknownBlock.entry.code)) throw new Unavailable("a block of the hardware is not understood");
      return written && networkRecord(workspace, written);
    },
    host: () => optionalBlock(block, "host", (inner) => hostRecord(workspace, inner)),
    storage: () => optionalBlock(block, "storage", (inner) => storageRecord(workspace, inner)),
    failures: () => optionalBlock(block, "failures", (inner) => failuresRecord(workspace, inner)),
    price: () => head.price,
    power_overhead: () => head.power_overhead,
  });
  return { record, blocks };
}

/** The block of the declaration that a key names. */
export function referredBlock(workspace: Workspace, block: BoundBlock, key: string): BoundBlock | undefined {
  const { value, plain } = settledValue(workspace, block, key);
  return plain !== undefined && value?.kind === "declaration" ? value.declaration.block : undefined;
}

const childOf = (block: BoundBlock, keyword: string): BoundBlock | undefined => block.blocks.find((inner) => inner.keyword === keyword);

function optionalBlock<Result>(block: BoundBlock, keyword: string, recordOf: (inner: BoundBlock) => Result): Result | undefined {
  const found = childOf(block, keyword);
  return found && recordOf(found);
}

function gpuRecord(workspace: Workspace, block: BoundBlock): GpuRecord {
  const values = read(workspace, block, gpuSchema);
  return tolerant<GpuRecord>({
    architecture: () => values.architecture,
    memory: () => values.memory,
    memory_bandwidth: () => values.memory_bandwidth,
    sms: () => values.sms,
    power: () => values.power,
    peak: () => optionalBlock(block, "peak", (inner) => read(workspace, inner, peakSchema as BlockSchema) as PeakRecord) ?? {},
    scale_up: () => optionalBlock(block, "scale_up", (inner) => {
      const link = read(workspace, inner, scaleUpSchema);
      return tolerant<ScaleUpRecord>({
        bandwidth: () => link.bandwidth, effective_bandwidth: () => link.effective_bandwidth, domain: () => link.domain, within_node: () => link.within_node, latency: () => link.latency,
      });
    }),
    pcie: () => optionalBlock(block, "pcie", (inner) => read(workspace, inner, pcieSchema)),
  });
}

function nicRecord(workspace: Workspace, block: BoundBlock): NicRecord {
  const values = read(workspace, block, nicSchema);
  return tolerant<NicRecord>({ rate: () => values.rate, effective_bandwidth: () => values.effective_bandwidth, latency: () => values.latency });
}

function networkRecord(workspace: Workspace, block: BoundBlock): NetworkRecord {
  const kind = block.variant ?? "";
  switch (kind) {
    case "fat_tree": case "multi_rail_fat_tree":
      return tolerant<TreeNetwork>({ kind: () => kind, ...common(read(workspace, block, networkKinds[kind])) });
    case "multi_plane_fat_tree":
      return tolerant<TreeNetwork>({ kind: () => kind, ...common(read(workspace, block, networkKinds[kind])) });
    case "dragonfly": {
      const values = read(workspace, block, networkKinds.dragonfly);
      return tolerant<DragonflyNetwork>({
        kind: () => kind, ...common(values),
        switches_per_group: () => values.switches_per_group,
        endpoints_per_switch: () => values.endpoints_per_switch,
        global_links: () => values.global_links,
        groups: () => values.groups,
      });
    }
    case "slim_fly": {
      const values = read(workspace, block, networkKinds.slim_fly);
      return tolerant<SlimFlyNetwork>({ kind: () => kind, ...common(values), q: () => values.q, endpoints_per_switch: () => values.endpoints_per_switch });
    }
    case "torus": {
      const values = read(workspace, block, networkKinds.torus);
      return tolerant<TorusNetwork>({ kind: () => kind, ...common(values), dimensions: () => values.dimensions });
    }
    default: throw new Unavailable("the `network` block has no kind that is understood");
  }
}

type Optional<Values, Key extends keyof Values> = { readonly [Name in Key]?: Values[Name] | undefined };
type CommonKeys = Exclude<keyof TreeNetwork, "kind">;
type Defaulted = "oversubscription" | "switch_price" | "link_price" | "endpoint_price";
type CommonValues = Pick<TreeNetwork, Defaulted> & Optional<TreeNetwork, Exclude<CommonKeys, Defaulted>>;

/** What every kind of network may say. */
const common = (values: CommonValues): { readonly [Key in CommonKeys]: () => TreeNetwork[Key] } => ({
  planes: () => values.planes,
  tiers: () => values.tiers,
  switch_ports: () => values.switch_ports,
  port_rate: () => values.port_rate,
  oversubscription: () => values.oversubscription,
  switch_price: () => values.switch_price,
  link_price: () => values.link_price,
  endpoint_price: () => values.endpoint_price,
  latency_same_leaf: () => values.latency_same_leaf,
  latency_cross_leaf: () => values.latency_cross_leaf,
  protocol: () => values.protocol,
});

function hostRecord(workspace: Workspace, block: BoundBlock): HostRecord {
  const values = read(workspace, block, hostSchema);
  return tolerant<HostRecord>({ memory: () => values.memory, memory_bandwidth: () => values.memory_bandwidth, pcie_bandwidth: () => values.pcie_bandwidth });
}

function storageRecord(workspace: Workspace, block: BoundBlock): StorageRecord {
  const values = read(workspace, block, storageSchema);
  return tolerant<StorageRecord>({ read_bandwidth: () => values.read_bandwidth, write_bandwidth: () => values.write_bandwidth });
}

function failuresRecord(workspace: Workspace, block: BoundBlock): FailuresRecord {
  const values = read(workspace, block, failuresSchema);
  return tolerant<FailuresRecord>({ gpu_mtbf: () => values.gpu_mtbf, node_mtbf: () => values.node_mtbf, restart_time: () => values.restart_time });
}
