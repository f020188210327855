/**
 * The examples, broken: numbers that nobody means, other units and words, lines that are missing. Nothing throws, every
 * figure is finite or says why there is none, and nothing that is written holds a NaN or an Infinity.
 * `DSCO_FUZZ_RUNS` sets how many cases in all (of 10,000 that are asked for, 400 are played here), `DSCO_FUZZ_SEED` where they begin.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { explainFigure, figuresOf } from "../../server/src/analysis";
import { bindDeclaration } from "../../server/src/core";
import { codeLenses, completion, eachSymbol, explainMarkdown, hover, inlayHints, lensText } from "../../server/src/ide";
import { checkFile } from "../../server/src/rules";
import { meaningfulMutation, mutate, mutation, type Mutation } from "../kit/mutations";
import { openFiles } from "../kit/workspace";
import { runIn } from "../server/cli/memory-host";
import { companions, corpus } from "./corpus";

const runs = Math.max(10, Math.round(Number(process.env["DSCO_FUZZ_RUNS"] ?? 5_000) / 50));
const seed = Number(process.env["DSCO_FUZZ_SEED"] ?? 1);

const changed = (change: fc.Arbitrary<Mutation>) => fc.record({ design: fc.constantFrom(...Object.keys(corpus)), changes: fc.array(change, { minLength: 1, maxLength: 6 }) });
const textOf = ({ design, changes }: { readonly design: string; readonly changes: readonly Mutation[] }): string => changes.reduce(mutate, corpus[design] ?? "");

const noNumber = /\bNaN\b|\bInfinity\b|\bundefined\b|\[object /;

interface Metric {
  readonly id: string;
  readonly value: unknown;
  readonly ideal?: unknown;
  readonly reason?: string;
}

describe("whatever a design says", { timeout: 3_600_000 }, () => {
  test("every figure is finite or has a reason, and so is everything around it", () => {
    fc.assert(fc.property(changed(fc.oneof({ weight: 4, arbitrary: meaningfulMutation }, { weight: 1, arbitrary: mutation })), (made) => {
      const { workspace, scope, uri } = openFiles({ "a.dsco": textOf(made), ...companions });
      for (const { message } of checkFile(workspace, uri)) expect(message).not.toMatch(noNumber);
      for (const node of scope.declarations) {
        if (node.kind === "let") continue;
        const declaration = bindDeclaration(workspace, node, scope);
        if (!declaration) continue;
        for (const { id, figure } of figuresOf(workspace, declaration)) {
          const what = `${declaration.name}.${id}`;
          if (figure.kind === "value") {
            expect(Number.isFinite(figure.value), `${what} = ${figure.value}`).toBe(true);
            if (figure.ideal !== undefined) expect(Number.isFinite(figure.ideal), `${what} ideal = ${figure.ideal}`).toBe(true);
          } else if (figure.kind === "unavailable") {
            expect(figure.reason, what).not.toBe("");
            expect(figure.reason, what).not.toMatch(noNumber);
          } else expect(figure.value, what).not.toMatch(noNumber);
        }
      }
    }), { numRuns: runs, seed });
  });

  test("explanations, hovers, lenses, hints, symbols and completions hold no NaN and no Infinity", () => {
    fc.assert(fc.property(changed(meaningfulMutation), fc.nat(999), fc.nat(999), (made, at, pick) => {
      const text = textOf(made);
      const { workspace, scope, uri } = openFiles({ "a.dsco": text, ...companions });
      const position = scope.source.lines.position(Math.floor((at / 1000) * text.length));
      const shown: unknown[] = [hover(workspace, uri, position), completion(workspace, uri, position), [...eachSymbol(workspace, uri)]];
      shown.push(inlayHints(workspace, uri, { start: { line: 0, character: 0 }, end: scope.source.lines.position(text.length) }));
      const lenses = codeLenses(workspace, uri);
      const lens = lenses[pick % Math.max(1, lenses.length)];
      if (lens) shown.push(lensText(workspace, uri, lens));
      const nodes = scope.declarations.filter((node) => node.kind === "declaration");
      const node = nodes[pick % Math.max(1, nodes.length)];
      const declaration = node && bindDeclaration(workspace, node, scope);
      const metrics = declaration ? figuresOf(workspace, declaration) : [];
      const metric = metrics[at % Math.max(1, metrics.length)];
      if (declaration && metric) {
        const explained = explainFigure(workspace, declaration, metric.id);
        for (const part of explained?.parts ?? []) if (typeof part.value === "number") expect(Number.isFinite(part.value), `${metric.id}: ${part.label}`).toBe(true);
        shown.push(explainMarkdown(workspace, declaration, metric.id, {}, () => undefined));
      }
      for (const text of shown) expect(JSON.stringify(text) ?? "").not.toMatch(/\bNaN\b|\bInfinity\b|[^`]\bundefined\b|\[object /);
    }), { numRuns: runs, seed });
  });

  test.each(["json", "text", "markdown", "html"])("the report as %s", async (format) => {
    await fc.assert(fc.asyncProperty(changed(meaningfulMutation), async (made) => {
      const { code, output, errors } = await runIn({ "a.dsco": textOf(made), ...companions }, ["report", "a.dsco", "--format", format]);
      expect([0, 1]).toContain(code);
      expect(errors).not.toMatch(/TypeError|RangeError|\n {4}at /);
      expect(output).not.toMatch(noNumber);
      if (format !== "json") return;
      const { declarations } = JSON.parse(output) as { readonly declarations: readonly { readonly metrics: readonly Metric[] }[] };
      // A NaN is a null in JSON: without a reason it gives itself away.
      for (const { id, value, ideal, reason } of declarations.flatMap(({ metrics }) => metrics)) {
        expect(typeof value === "number" || typeof value === "string" || (value === null && typeof reason === "string" && reason !== ""), id).toBe(true);
        expect(ideal === undefined || typeof ideal === "number", `${id} ideal`).toBe(true);
      }
    }), { numRuns: Math.ceil(runs / 4), seed });
  });
});
