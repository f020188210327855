// A name has one meaning: where it leads, what it is coloured as and what its references are agree.
import { describe, expect, test } from "vitest";
import { namesOfFile } from "../../../server/src/core";
import { definition, semanticTokens } from "../../../server/src/ide";
import { examples } from "../../examples/examples";
import { design } from "../../bench/content";
import { openFiles } from "../../kit/workspace";

const sweeps = `import { DeepSeekV3 as Published } from "std:models/deepseek"
model Own extends Published { hidden_size = 2 * Published.hidden_size }
parallelism L { ep = 8 }
plan P { model = Own, parallelism = L, require memory_per_gpu <= hardware.gpu.memory }
sweep S of P {
  parallelism.ep = [8, 4 * parallelism.tp]
  model = [Own, Published]
  budget = 10
  where memory_per_gpu <= 0.9 * parallelism.ep * 1 GB
  minimize step_time
}
`;

const colours = { declaration: "class", let: "variable", property: "property", block: "property", unwritten: "property", metric: "method", import: "class" } as const;

describe.each([["a design", design(150)], ["sweeps", sweeps], ...Object.entries(examples)])("%s", (_name, text) => {
  const { workspace, uri, scope } = openFiles({ "main.dsco": text });
  const { lines } = scope.source;
  const names = namesOfFile(workspace, scope);

  test("every name that refers is coloured as what it means, and no other word so", () => {
    const references = names.filter(({ role }) => role === "reference").map(({ span, target }) => `${span.start} ${colours[target.kind]}`);
    const keys = new Set(names.filter(({ role }) => role !== "reference").map(({ span }) => span.start));
    const coloured = semanticTokens(workspace, uri)
      .filter(({ type }) => (Object.values(colours) as readonly string[]).includes(type))
      .map(({ line, character, type }) => ({ at: lines.offset({ line, character }), type }))
      .filter(({ at }) => !keys.has(at));
    expect(coloured.map(({ at, type }) => `${at} ${type}`)).toEqual(references);
  });

  test("every name leads to what it means", () => {
    expect(names.length).toBeGreaterThan(5);
    for (const { span, target, overrides } of names) {
      expect(definition(workspace, uri, lines.position(span.start))?.uri).toBe((overrides ?? target).uri);
    }
  });
});
