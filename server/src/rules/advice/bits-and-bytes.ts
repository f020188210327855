import type { NumberLiteral } from "../../../../grammar/src";
import { defineDiagnostic, settledValue, type FixCandidate } from "../../core";
import { dimensions, formatGrouped, formatQuantity, sameDimension, units } from "../../units";
import { candidate } from "../edits";
import { writtenProperties, type Rule, type WrittenProperty } from "../rule";

/** Bytes a second of the fastest card that is announced: 1.6 Tbps (NVIDIA ConnectX-9, 2026). */
const fastestCard = 1.6e12 / 8;

const cardRateInBytes = defineDiagnostic<{ key: string; rate: number; asBits: string | undefined }>({
  code: "DSCO7002", severity: "warning", title: "A network rate beyond any card: bytes for bits?",
  message: ({ key, rate, asBits }) =>
    `\`${key}\` is ${formatQuantity(rate, dimensions.byteRate)}, ${bitsText(rate)}: no card is that fast` +
    (asBits === undefined ? "" : `; in bits, \`${asBits}\` is ${formatQuantity(rate / 8, dimensions.byteRate)}`),
  explanation: "Network cards and switch ports are sold by bits a second: a 400G card moves 400 Gbps, which is 50 GB/s. Ports of more than 1.6 Tbps do not exist yet.",
  source: "NVIDIA ConnectX-7, -8 and -9 data sheets: 400, 800 and 1,600 Gbps",
  example: "nic Card {\n  rate = 400 GB/s\n}\n",
});

const bandwidthInBits = defineDiagnostic<{ key: string; written: string; rate: number }>({
  code: "DSCO7003", severity: "information", title: "A bandwidth in bits where bytes are usual",
  message: ({ key, written, rate }) => `\`${key}\` = ${written} are bits: ${formatQuantity(rate, dimensions.byteRate)}; this bandwidth is usually stated in bytes`,
  explanation: "Data sheets give the bandwidth of memory, NVLink and PCIe in bytes a second, that of network cards in bits. The language takes both, and one is 8 times the other.",
  example: "gpu Device {\n  memory           = 80 GB\n  memory_bandwidth = 3350 Gbps\n}\n",
});

const bitsText = (rate: number): string => (rate * 8 >= 1e12 ? `${formatGrouped(Number(((rate * 8) / 1e12).toPrecision(4)))} Tbps` : `${formatGrouped(Number(((rate * 8) / 1e9).toPrecision(4)))} Gbps`);

const isBits = (unit: string): boolean => unit.endsWith("bps");

/** The unit with the same prefix that counts the other thing: `GB/s` and `GiB/s` to `Gbps`, `Gbps` to `GB/s`. */
const otherUnit = (unit: string): string => (isBits(unit) ? `${unit.slice(0, -3)}B/s` : `${unit.replace(/i?B\/s$/, "")}bps`);

/** A written bandwidth with its number and unit. */
interface Bandwidth {
  readonly literal: NumberLiteral;
  readonly unit: string;
  readonly number: string;
}

function bandwidthOf({ node, spec }: WrittenProperty): Bandwidth | undefined {
  const { value: literal } = node;
  if (spec?.type.kind !== "quantity" || !sameDimension(spec.type.dimension, dimensions.byteRate)) return undefined;
  if (literal.kind !== "number" || literal.unit === undefined || !units.has(literal.unit)) return undefined;
  return { literal, unit: literal.unit, number: `${literal.digits}${literal.suffix ?? ""}` };
}

function write({ literal }: Bandwidth, text: string, buys: string, preferred = false): FixCandidate {
  return candidate(`Write \`${text}\``, [{ start: literal.start, end: literal.end, newText: text }], { buys, preferred });
}

export const cardRateInBytesRule: Rule = {
  on: ["nic", "hardware"],
  entries: [cardRateInBytes.entry],
  check: ({ workspace, declaration }) =>
    writtenProperties(declaration).flatMap((property) => {
      const { block, key, spec, node, file } = property;
      if (block.keyword !== "nic" && block.keyword !== "network") return [];
      if (spec?.type.kind !== "quantity" || !sameDimension(spec.type.dimension, dimensions.byteRate)) return [];
      const rate = settledValue(workspace, block, key).plain;
      if (typeof rate !== "number" || rate <= fastestCard) return [];
      const found = bandwidthOf(property);
      const bits = found && !isBits(found.unit) ? { ...found, text: `${found.number} ${otherUnit(found.unit)}` } : undefined;
      return cardRateInBytes.at({ uri: file.uri, span: node.value }, { key, rate, asBits: bits?.text }, {
        fixes: () => (bits ? [write(bits, bits.text, formatQuantity(rate / 8, dimensions.byteRate), true)] : []),
      });
    }),
};

export const bandwidthInBitsRule: Rule = {
  on: ["gpu", "hardware"],
  entries: [bandwidthInBits.entry],
  check: ({ workspace, declaration }) =>
    writtenProperties(declaration).flatMap((property) => {
      const { block, key, node, file } = property;
      const found = block.keyword === "network" ? undefined : bandwidthOf(property);
      const rate = settledValue(workspace, block, key).plain;
      if (!found || !isBits(found.unit) || typeof rate !== "number") return [];
      const bytes = otherUnit(found.unit);
      const asBytes = `${found.number} ${bytes}`;
      const same = `${Number((rate / (units.get(bytes)?.scale ?? 1)).toPrecision(12))} ${bytes}`;
      return bandwidthInBits.at({ uri: file.uri, span: node.value }, { key, written: `\`${found.number} ${found.unit}\``, rate }, {
        fixes: () => [write(found, asBytes, "bytes, 8 times as much"), write(found, same, "the same rate in bytes")],
      });
    }),
};
