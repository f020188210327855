// Whatever a cluster's numbers are, no rule throws, every figure is a number or says why not, and every fix keeps its promise.
import fc from "fast-check";
import { expect, test } from "vitest";
import { figuresOf } from "../../../server/src/analysis";
import { applyEachFix, checkIn } from "../../kit/diagnostics";
import { brokenPromises } from "../../kit/promise";
import { declarationOf } from "../../kit/workspace";

const odd = fc.constantFrom("0", "-1", "1.5", "1e300", "9_007_199_254_740_991", "8 GB", "85%", "4Ki", "auto", '"8"', "[8, 16]", "0..3", "missing_name", "nodes", "gpus", "2 ^ 400", "1 +", "");
const usual = fc.constantFrom("1", "2", "3", "4", "7", "8", "16", "28", "32", "36", "64", "72", "128", "256", "511", "1024", "2048");
const keys: Readonly<Record<string, readonly string[]>> = {
  fat_tree: ["tiers", "switch_ports", "oversubscription"],
  multi_rail_fat_tree: ["tiers", "switch_ports"],
  multi_plane_fat_tree: ["planes", "tiers", "switch_ports"],
  dragonfly: ["switches_per_group", "endpoints_per_switch", "global_links", "groups", "switch_ports"],
  slim_fly: ["q", "endpoints_per_switch", "switch_ports"],
  torus: ["dimensions"],
  unknown: ["tiers"],
};

const line = (key: string, value: string | null) => (value === null ? "" : `${key} = ${value}, `);

function cluster(value: fc.Arbitrary<string>, kinds: readonly string[]): fc.Arbitrary<string> {
  return fc.constantFrom(...kinds).chain((kind) => fc.record({
    gpus: value, nodes: value, cards: fc.option(value), network: fc.tuple(...(keys[kind] ?? []).map(() => fc.option(value, { freq: 12 }))),
    derived: fc.option(value),
  }).map((of) => [
    'import { ConnectX7, H800 } from "std:hardware/nvidia"', "",
    "hardware C {", "  gpu           = H800", `  gpus_per_node = ${of.gpus}`, `  nodes         = ${of.nodes}`, "  nic           = ConnectX7",
    ...(of.cards === null ? [] : [`  nics_per_node = ${of.cards}`]),
    `  network ${kind} { ${(keys[kind] ?? []).map((key, index) => line(key, of.network[index] ?? null)).join("")} }`.replace(", }", " }"), "}", "",
    ...(of.derived === null ? [] : ["hardware D extends C {", `  nodes = ${of.derived}`, "}", ""]),
  ].join("\n")));
}

test("no rule throws, and no text or figure holds what is no number", () => {
  fc.assert(fc.property(cluster(fc.oneof({ weight: 3, arbitrary: usual }, { weight: 2, arbitrary: odd }), Object.keys(keys)), (text) => {
    for (const { span, message } of checkIn(new Map([["main.dsco", text]]), "main.dsco")) {
      expect(span.end).toBeLessThanOrEqual(text.length);
      expect(message).not.toMatch(/undefined|NaN|\[object|Infinity/);
    }
    const { workspace, declaration } = declarationOf({ "main.dsco": text }, "C");
    for (const { id, figure } of figuresOf(workspace, declaration)) {
      if (figure.kind === "value") expect(Number.isFinite(figure.value) && figure.value >= 0, `${id}\n${text}`).toBe(true);
      else expect(figure.kind === "unavailable" ? figure.reason : "").toMatch(/^[a-z`0-9].*[^.]$/);
    }
  }), { numRuns: 500 });
}, 60_000);

test("every fix of a network or node keeps its promise", () => {
  const met = new Set<string>();
  fc.assert(fc.property(cluster(usual, ["fat_tree", "multi_plane_fat_tree", "dragonfly", "slim_fly"]), (text) => {
    for (const { diagnostic, fix, before, after } of applyEachFix(new Map([["main.dsco", text]]), "main.dsco")) {
      expect(brokenPromises(diagnostic, fix.title, before, after), `${fix.title}\n${text}`).toEqual([]);
      met.add(diagnostic.code);
    }
  }), { numRuns: 250 });
  expect([...met].filter((code) => code.startsWith("DSCO4")).sort()).toEqual(["DSCO4001", "DSCO4002", "DSCO4003", "DSCO4004", "DSCO4005", "DSCO4006"]);
}, 120_000);
