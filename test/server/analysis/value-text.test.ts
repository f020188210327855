import { expect, test } from "vitest";
import { writtenNumber } from "../../../server/src/analysis";
import { bindDeclaration, settledValue } from "../../../server/src/core";
import { openFiles } from "../../kit/workspace";

/** The value of a key as the declaration `D` of a text has it. */
function valueOf(text: string, key: string) {
  const { workspace, scope } = openFiles({ "a.dsco": text });
  const symbol = scope.symbols.get("D");
  const bound = symbol?.kind === "declaration" ? bindDeclaration(workspace, symbol.node, scope) : undefined;
  if (!bound) throw new Error("no D");
  return settledValue(workspace, bound.block, key);
}

test.each([
  ["gpu D { memory_bandwidth = 1.6 TB/s }", "memory_bandwidth", "1.6 TB/s"],
  ["gpu D { memory_bandwidth = 1_600GB/s }", "memory_bandwidth", "1,600 GB/s"],
  ["gpu D { memory = 80 GiB }", "memory", "80 GiB (85,899,345,920 B)"],
  ["nic D { rate = 400 Gbps }", "rate", "400 Gbps (50 GB/s)"],
  ["nic D { latency = 2.8 us }", "latency", "2.8 us"],
  ["workload D { tokens = 14.8T }", "tokens", "14.8T"],
  ["workload D { sequence_length = 4Ki }", "sequence_length", "4Ki (4,096)"],
  ["workload D { sequence_length = 4096 }", "sequence_length", "4,096"],
  ["workload D { cache_hit_rate = 85% }", "cache_hit_rate", "85%"],
  // so many digits that nobody reads them, or no number that somebody wrote
  ["gpu D { memory = 84_943_110_144 B }", "memory", undefined],
  ["let a = 2\nworkload D { sequence_length = 2048 * a }", "sequence_length", undefined],
  ["workload D { phase = training }", "phase", undefined],
  ["workload D { }", "imbalance", undefined],
])("%s", (text, key, written) => {
  expect(writtenNumber(valueOf(text, key))).toBe(written);
});
