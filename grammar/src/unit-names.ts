/**
 * The spellings of units, as the lexer sees them. What each one means stands in `server/src/units`; a tidy test
 * holds the two lists together. The longest spelling wins, so the order here is of no account.
 */
export const unitNames = [
  "B", "KB", "MB", "GB", "TB", "PB", "KiB", "MiB", "GiB", "TiB", "PiB",
  "B/s", "KB/s", "MB/s", "GB/s", "TB/s", "PB/s", "KiB/s", "MiB/s", "GiB/s", "TiB/s", "PiB/s",
  "bps", "Kbps", "Mbps", "Gbps", "Tbps",
  "ns", "us", "ms", "s", "min", "h", "d",
  "FLOP", "KFLOP", "MFLOP", "GFLOP", "TFLOP", "PFLOP", "EFLOP", "ZFLOP", "YFLOP",
  "FLOPS", "KFLOPS", "MFLOPS", "GFLOPS", "TFLOPS", "PFLOPS", "EFLOPS",
  "W", "kW", "MW", "GW", "J", "kJ", "MJ", "GJ", "Wh", "kWh", "MWh", "GWh",
  "USD", "kUSD", "MUSD", "BUSD", "USD/h", "kUSD/h", "MUSD/h", "USD/kWh",
  "Hz", "kHz", "KHz", "MHz", "GHz",
  "tokens", "tokens/s", "GPU·h",
] as const;

export type UnitName = (typeof unitNames)[number];
