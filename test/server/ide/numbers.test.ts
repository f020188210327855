// A number in other words, in hover. The expected forms are worked by hand: 2^30 B in a GiB, 8 bits in a byte.
import { expect, test } from "vitest";
import { hover } from "../../../server/src/ide";
import { openFiles } from "../../kit/workspace";

const hoverOf = (number: string): string | undefined => {
  const { workspace, uri } = openFiles({ "a.dsco": `let a = ${number}\n` });
  return hover(workspace, uri, { line: 0, character: 9 })?.contents;
};

test.each([
  ["400 Gbps", "`400 Gbps` = 50 GB/s ≈ 46.57 GiB/s"],
  ["200 GB/s", "`200 GB/s` = 1.6 Tbps ≈ 186.3 GiB/s"],
  ["80 GiB", "`80 GiB` ≈ 85.9 GB = 85,899,345,920 B"],
  ["80 GB", "`80 GB` ≈ 74.51 GiB = 80,000,000,000 B"],
  ["3 KB", "`3 KB` ≈ 2.93 KiB = 3,000 B"],
  ["10 min", "`10 min` = 600 s"],
  ["50_000 h", "`50_000 h` ≈ 2,083 d"],
  ["2 kW", "`2 kW` = 2,000 W"],
  ["10.76 kUSD", "`10.76 kUSD` = 10,760 USD"],
  ["128Ki", "`128Ki` = 131,072"],
  ["128K", "`128K` = 128,000"],
  ["671B", "`671B` = 671,000,000,000"],
  ["85%", "`85%` = 0.85"],
  ["1e-3", "`1e-3` = 0.001"],
  ["18_432", "`18_432` = 18Ki"],
  ["4096", "`4096` = 4Ki"],
])("%s", (number, expected) => {
  expect(hoverOf(number)).toBe(expected);
});

test.each(["61", "1000", "1024", "7168.5", "2 USD/h", "989 TFLOPS"])("%s has nothing to add", (number) => {
  expect(hoverOf(number)).toBeUndefined();
});
