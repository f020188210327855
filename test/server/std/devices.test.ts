/** The devices of the standard library against the tables that their comments name, typed by hand. */
import { describe, expect, it } from "vitest";
import { letValue, resolveSymbol } from "../../../server/src/core";
import { openFiles } from "../../kit/workspace";

/** A figure or property of the library in base units: `std:hardware/nvidia`, `H100.peak.bf16`. */
function valueOf(part: string, expression: string): number {
  const name = expression.split(".")[0] ?? "";
  const { workspace, scope } = openFiles({ "main.dsco": `import { ${name} } from "${part}"\nlet x = ${expression}\n` });
  const symbol = resolveSymbol(workspace, scope, "x");
  const found = symbol?.kind === "let" ? letValue(workspace, symbol) : undefined;
  const value = typeof found === "object" ? found.value : undefined;
  if (value?.kind !== "quantity") throw new Error(`${expression} of ${part} has no value`);
  return value.value;
}

const [tera, giga] = [1e12, 1e9];
const nvidia = "std:hardware/nvidia";

describe("every device: BF16 TFLOPS, memory as sold in GB, its bandwidth, scale-up GB/s a direction, GPUs of its domain", () => {
  it.each([
    [nvidia, "A100", 312, 80, 2039, 300, 8],
    [nvidia, "A100_40GB", 312, 40, 1555, 300, 8],
    [nvidia, "A100_PCIe", 312, 40, 1555, 300, 2],
    [nvidia, "A100_PCIe_80GB", 312, 80, 1935, 32, 8],
    [nvidia, "H100", 989, 80, 3350, 450, 8],
    [nvidia, "H100_PCIe", 756.5, 80, 2000, 64, 2],
    [nvidia, "H800", 989, 80, 3350, 200, 8],
    [nvidia, "H200", 989, 141, 4800, 450, 8],
    [nvidia, "H20", 148, 96, 4000, 450, 8],
    [nvidia, "B200", 2250, 180, 8000, 900, 8],
    [nvidia, "B300", 2250, 288, 8000, 900, 8],
    [nvidia, "GB200", 2500, 186, 8000, 900, 72],
    [nvidia, "GB300", 2500, 288, 8000, 900, 72],
    [nvidia, "L40S", 362.05, 48, 864, 32, 8],
    [nvidia, "RTX4090", 165.15, 24, 1008, 32, 8],
    ["std:hardware/amd", "MI300X", 1307.4, 192, 5300, 448, 8],
    ["std:hardware/amd", "MI325X", 1307.4, 256, 6000, 448, 8],
    ["std:hardware/amd", "MI355X", 2500, 288, 8000, 535.5, 8],
    ["std:hardware/google", "TPUv5e", 197, 16, 819, 200, 256],
    ["std:hardware/google", "TPUv5p", 459, 95, 2765, 600, 8960],
    ["std:hardware/google", "TPUv6e", 918, 32, 1638, 400, 256],
    ["std:hardware/huawei", "Ascend910B", 376, 64, 1600, 196, 8],
    ["std:hardware/huawei", "Ascend910C", 752, 128, 3200, 392, 384],
  ])("%s %s", (part, name, bf16, memory, bandwidth, scaleUp, domain) => {
    expect(valueOf(part, `${name}.peak.bf16`)).toBe(bf16 * tera);
    expect(valueOf(part, `${name}.memory_bandwidth`)).toBe(bandwidth * giga);
    expect(valueOf(part, `${name}.scale_up.bandwidth`)).toBe(scaleUp * giga);
    expect(valueOf(part, `${name}.scale_up.domain`)).toBe(domain);
    // What the driver reports lies between the number on the box in GB and the same number in GiB.
    expect(valueOf(part, `${name}.memory`)).toBeGreaterThanOrEqual(memory * giga);
    expect(valueOf(part, `${name}.memory`)).toBeLessThanOrEqual(memory * 2 ** 30);
  });
});

describe("single figures", () => {
  it.each([
    // The public trace of DeepSeek's profile data: totalGlobalMem.
    [nvidia, "H800.memory", 84_943_110_144],
    // arXiv:2505.09343: 160 GB/s of 200 achieved, 40 of 50 over the card; 64 B in 3.33 us.
    [nvidia, "H800.scale_up.effective_bandwidth", 160 * giga],
    [nvidia, "H800.scale_up.latency", 3.33e-6],
    [nvidia, "ConnectX7.effective_bandwidth", 40 * giga],
    [nvidia, "ConnectX6.rate", 25 * giga],
    [nvidia, "ConnectX7.rate", 50 * giga],
    [nvidia, "ConnectX8.rate", 100 * giga],
    [nvidia, "H100.peak.fp8", 1979 * tera],
    [nvidia, "B200.peak.fp4", 9000 * tera],
    [nvidia, "GB200.peak.fp8", 5000 * tera],
    [nvidia, "A100.power", 400],
    [nvidia, "A100.sms", 108],
    [nvidia, "B200.sms", 148],
    [nvidia, "H20.sms", 78],
    ["std:hardware/amd", "MI300X.power", 750],
    ["std:hardware/huawei", "Ascend910C.peak.int8", 1504 * tera],
  ])("%s %s is %d", (part, expression, expected) => {
    expect(valueOf(part, expression)).toBeCloseTo(expected, 12);
  });
});

describe("nodes and clusters", () => {
  it.each([
    ["std:clusters/nvidia", "DGX_A100.gpus", 8],
    // 300 GB/s over one card of 25 GB/s a GPU, line rates.
    ["std:clusters/nvidia", "DGX_A100.scale_up_to_scale_out_ratio", 12],
    ["std:clusters/nvidia", "DGX_H100.peak_flops", 8 * 989 * tera],
    ["std:clusters/nvidia", "DGX_H200.peak_flops", 8 * 989 * tera],
    ["std:clusters/nvidia", "HGX_H20.peak_flops", 8 * 148 * tera],
    ["std:clusters/nvidia", "DGX_B200.power", 8 * 1000],
    ["std:clusters/nvidia", "GB200_NVL72.gpus", 72],
    ["std:clusters/nvidia", "GB300_NVL72.peak_flops", 72 * 2500 * tera],
    ["std:clusters/amd", "MI300X_Node.memory_total", 8 * 192 * giga],
    ["std:clusters/amd", "MI325X_Node.memory_total", 8 * 256 * giga],
    // arXiv:2505.09343, section 5.1 and Table 3.
    ["std:clusters/deepseek", "H800Cluster.gpus", 2048],
    ["std:clusters/deepseek", "H800Cluster.max_endpoints", 16_384],
    ["std:clusters/deepseek", "H800Cluster.switches", 768],
    // arXiv:2408.14158: 800 ports, 20 spine and 40 leaf switches.
    ["std:clusters/deepseek", "FireFlyerZone.max_endpoints", 800],
    ["std:clusters/deepseek", "FireFlyerZone.switches", 20 + 40],
    ["std:clusters/deepseek", "FireFlyerNode.gpus", 8],
  ])("%s %s is %d", (part, expression, expected) => {
    expect(valueOf(part, expression)).toBe(expected);
  });
});

/** arXiv:2505.09343, Table 5: what the same card takes depends on the protocol. */
it.each([["infiniband", 2.8e-6, 3.7e-6], ["roce", 3.6e-6, 5.6e-6]])("64 B from card to card over %s take %d s below one leaf switch, %d s across", (protocol, same, cross) => {
  const text = `import { H800, ConnectX7 } from "${nvidia}"
hardware Pods { gpu = H800, gpus_per_node = 8, nodes = 2, nic = ConnectX7, nics_per_node = 8, network fat_tree { tiers = 2, switch_ports = 64, protocol = ${protocol} } }
let same = Pods.latency_same_leaf
let cross = Pods.latency_cross_leaf
`;
  const { workspace, scope } = openFiles({ "main.dsco": text });
  const of = (name: string): unknown => {
    const symbol = resolveSymbol(workspace, scope, name);
    return symbol?.kind === "let" ? letValue(workspace, symbol) : undefined;
  };
  expect(of("same")).toMatchObject({ value: { kind: "quantity", value: same } });
  expect(of("cross")).toMatchObject({ value: { kind: "quantity", value: cross } });
});
