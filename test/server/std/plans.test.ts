/** Every model of the standard library on racks of GB200, trained, prefilled and decoding: each figure is there, or says in words why not. */

import { describe, expect, test } from "vitest";
import { figuresOf, openWorkspace, loadStandard } from "../../../server/src/analysis";
import { bindDeclaration, createSource, fileScope, type Workspace } from "../../../server/src/core";
import { standardLibrary } from "../../../server/src/std";

const library = openWorkspace(loadStandard);
const models = [...standardLibrary.keys()].flatMap((part) =>
  (fileScope(library, part)?.declarations ?? []).flatMap((node) => (node.kind === "declaration" && node.keyword === "model" && node.name ? [{ part, name: node.name.text }] : [])));

const phases = {
  training: "phase = training, sequence_length = 4096, global_batch_size = 4096",
  prefill: "phase = prefill, prompt_length = 8192, batch_per_gpu = 1",
  decode: "phase = decode, context_length = 32_768, batch_per_gpu = 16",
} as const;

const text = (name: string, part: string): string => `
import { ${name} } from "${part}"
import { GB200_NVL72 } from "std:clusters/nvidia"
hardware Racks extends GB200_NVL72 { nodes = 256 }
parallelism Spread { ep = auto, zero = 1 }
${Object.entries(phases).map(([phase, workload]) => `workload ${phase}_work { ${workload} }
plan ${phase}_plan { model = ${name}, hardware = Racks, parallelism = Spread, workload = ${phase}_work }`).join("\n")}
`;

interface Shown {
  readonly value?: number | string;
  readonly ideal?: number | undefined;
  readonly reason?: string;
}

function shown(workspace: Workspace, uri: string, name: string): ReadonlyMap<string, Shown> {
  const scope = fileScope(workspace, uri);
  const node = scope?.declarations.find((declaration) => declaration.kind === "declaration" && declaration.name?.text === name);
  const bound = scope && node?.kind === "declaration" ? bindDeclaration(workspace, node, scope) : undefined;
  if (!bound) throw new Error(`no ${name}`);
  return new Map(figuresOf(workspace, bound).map(({ id, figure }): readonly [string, Shown] => {
    switch (figure.kind) {
      case "value": return [id, { value: figure.value, ideal: figure.ideal }];
      case "text": return [id, { value: figure.value }];
      case "unavailable": return [id, { reason: figure.reason }];
    }
  }));
}

/** What may be missing: the workload, the racks or the model lack it, or it belongs to another phase. */
const understood = [
  /^only a (training|prefill|decode) plan /, /^a training plan serves nothing$/, /^the workload has no `tokens`$/, /^the hardware has no `(price|storage|failures)/,
  /^the model has no `(mtp|ffn moe)/, /^`mtp` has no `acceptance`$/, /^no layer's cache grows without end: every context fits$/,
];

const headlines = {
  training: ["step_time", "tokens_per_second_per_gpu", "mfu", "memory_per_gpu", "compute_time", "bottleneck"],
  prefill: ["ttft", "tokens_per_second_per_gpu", "memory_per_gpu", "bottleneck"],
  decode: ["tpot", "tokens_per_second_per_gpu", "max_batch_per_gpu", "memory_per_gpu", "memory_kv", "bottleneck"],
} as const;

describe.each(models)("$name", ({ name, part }) => {
  const uri = "file:///design/plans.dsco";
  const workspace = openWorkspace((asked) => (asked === uri ? { kind: "source", source: createSource(uri, text(name, part)) } : loadStandard(asked)));

  test.each(["training", "prefill", "decode"] as const)("%s", (phase) => {
    const figures = shown(workspace, uri, `${phase}_plan`);
    for (const id of headlines[phase]) expect(figures.get(id)?.reason, id).toBeUndefined();
    for (const [id, { value, ideal, reason }] of figures) {
      if (reason !== undefined) expect(understood.some((pattern) => pattern.test(reason)), `${id}: ${reason}`).toBe(true);
      if (typeof value === "number") expect(Number.isFinite(value) && value >= 0, `${id}: ${value}`).toBe(true);
      if (id !== "ep_comm_time_per_layer" && typeof value === "number" && ideal !== undefined) expect(ideal, id).toBeLessThanOrEqual(value * (1 + 1e-9));
    }
  });

  test("one GPU of a serving plan holds between its share and the whole of the weights", () => {
    const scope = fileScope(library, part);
    const node = scope?.declarations.find((declaration) => declaration.kind === "declaration" && declaration.name?.text === name);
    const bound = scope && node?.kind === "declaration" ? bindDeclaration(library, node, scope) : undefined;
    const whole = bound && figuresOf(library, bound).find(({ id }) => id === "weight_bytes")?.figure;
    const held = shown(workspace, uri, "decode_plan").get("memory_weights")?.value;
    if (whole?.kind !== "value" || typeof held !== "number") throw new Error("no weights");
    // the vocabulary is filled up to a multiple of 128
    expect(held).toBeLessThanOrEqual(whole.value * 1.001);
    expect(held).toBeGreaterThan(whole.value / 1024);
  });
});
