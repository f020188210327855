/** The blocks of every model of the standard library add up to its figures. */

import { describe, expect, test } from "vitest";
import { loadStandard, modelResult, openWorkspace } from "../../../server/src/analysis";
import { bindDeclaration, fileScope } from "../../../server/src/core";
import { modelMetrics } from "../../../server/src/cost/model/metrics";
import type { ModelRecord } from "../../../server/src/cost/model/record";
import { reportOf } from "../../../server/src/drawing";
import { modelData, stretchesOf } from "../../../server/src/drawing/model/data";
import { standardLibrary } from "../../../server/src/std";
import { declarationOf } from "../../kit/workspace";

const workspace = openWorkspace(loadStandard);

const models = [...standardLibrary.keys()].filter((uri) => uri.startsWith("std:models/")).flatMap((uri) => {
  const scope = fileScope(workspace, uri);
  return (scope?.declarations ?? []).flatMap((node) => {
    const declaration = scope && node.kind === "declaration" && node.keyword === "model" ? bindDeclaration(workspace, node, scope) : undefined;
    const record = declaration && modelResult(workspace, declaration)?.record;
    return declaration && record ? [[declaration.name, record] as const] : [];
  });
});

const metric = (record: ModelRecord, id: string): number => {
  const figure = modelMetrics.find((candidate) => candidate.id === id)?.compute(record, { sequence_length: 4096, context_length: undefined });
  return figure?.kind === "value" ? figure.value : Number.NaN;
};

test("the library has models", () => {
  expect(models.length).toBeGreaterThan(50);
});

describe.each(models)("%s", (_name, record) => {
  test("is its blocks and what stands outside the layers", () => {
    const { blocks, ends, total, active, cache } = modelData(record);
    const sumOf = (of: (block: (typeof blocks)[number]) => number): number => blocks.reduce((sum, block) => sum + of(block), 0);
    expect(total).toBe(metric(record, "total_params"));
    expect(active).toBe(metric(record, "active_params"));
    expect((sumOf((block) => block.parameters) + ends) / total).toBeCloseTo(1, 12);
    expect((sumOf((block) => block.active) + ends) / active).toBeCloseTo(1, 12);
    expect(cache).toBe(metric(record, "kv_bytes_per_token"));
    expect(sumOf((block) => block.cache)).toBeCloseTo(cache ?? 0, 6);
  });

  test("has every layer of a block in one stretch", () => {
    const { blocks } = modelData(record);
    for (const half of [blocks.filter(({ path }) => path.startsWith("attention")), blocks.filter(({ path }) => path.startsWith("ffn"))]) {
      const drawn = stretchesOf(half).reduce((sum, { first, last }) => sum + last - first + 1, 0);
      expect(drawn).toBe(half.reduce((sum, { layers }) => sum + layers.length, 0));
    }
  });
});

test("a model whose layers overlap is not drawn, and says why", () => {
  const text = "model Twice { layers = 2, hidden_size = 64, vocab_size = 100\nattention mha { heads = 4 }\nffn dense { layers = 0..1, intermediate_size = 64 }\nffn dense { layers = 1, intermediate_size = 32 } }";
  const { workspace: own, declaration } = declarationOf({ "a.dsco": text }, "Twice");
  const report = reportOf(own, declaration);
  expect(report?.pictures).toEqual([]);
  expect(report?.unavailable).toEqual([{ id: "model", title: "Model", reason: "two `ffn` blocks stand on layer 1" }]);
});

test("a thousand layers of two kinds in turn are a picture of bounded size", () => {
  const text = "model Deep { layers = 1000, hidden_size = 64, vocab_size = 100\nattention mha { layers = 0..998 step 2, heads = 4 }\nattention lightning { layers = 1..999 step 2, heads = 4, key_head_dim = 16, value_head_dim = 16 }\nffn dense { intermediate_size = 64 } }";
  const { workspace: own, declaration } = declarationOf({ "a.dsco": text }, "Deep");
  const [picture] = reportOf(own, declaration)?.pictures ?? [];
  expect(picture?.id).toBe("model");
  expect(picture?.svg.length).toBeLessThan(60_000);
  expect(picture?.svg.match(/data-mark="attention/g)).toHaveLength(2);
});
