/** The same file gives the same diagnostics and figures through every door: here the core's own and the command line's. */
import { describe, expect, it } from "vitest";
import { figuresOf } from "../../../server/src/analysis";
import { bindDeclaration } from "../../../server/src/core";
import { checkFile } from "../../../server/src/rules";
import { examples } from "../../examples/examples";
import { openFiles } from "../../kit/workspace";
import { misspelt, tiny } from "./designs";
import { runIn, words } from "./memory-host";

const texts: Readonly<Record<string, string>> = {
  ...examples,
  "misspelt.dsco": misspelt,
  "broken.dsco": tiny.replace("}", ""),
  "units.dsco": "gpu G {\n  memory = 80\n  memory_bandwidth = 3 TB\n}\nlet A = G.memory + 1 s\nlet B = 1 / 0\n",
  "names.dsco": 'import { H80, H100 } from "std:hardware/nvidia"\nlet A = B\nlet B = A\nmodel M extends N {}\n',
  "windows.dsco": `\ufeff${misspelt.replaceAll("\n", "\r\n")}`,
};

/** The core counts in base units, the JSON in the unit it names. */
const inUnit = (value: number | string, unit: string | null) => {
  const scale = unit === "USD/h" ? 1 / 3600 : unit === "GPU·h" ? 3600 : 1;
  return typeof value === "number" && scale !== 1 ? Number((value / scale).toPrecision(15)) : value;
};

describe.each(Object.keys(texts))("%s", (name) => {
  const { workspace, uri, scope } = openFiles({ [name]: texts[name] ?? "" });

  it("has the core's diagnostics", async () => {
    const { output } = await runIn(texts, ["check", name, "--format", "json"]);
    const expected = checkFile(workspace, uri).map(({ code, severity, message, span }) => ({ code, severity, message, file: name, range: scope.source.lines.range(span) }));
    expect(JSON.parse(output)).toEqual({ version: 1, files: [name], diagnostics: expected });
  });

  it("has the core's figures", async () => {
    const { output } = await runIn(texts, ["report", name, ...words("--format json --sequence-length 2048 --context 1000")]);
    const expected = scope.declarations.flatMap((node) => {
      const declaration = node.kind === "declaration" ? bindDeclaration(workspace, node, scope) : undefined;
      return declaration ? figuresOf(workspace, declaration, { sequenceLength: 2048, contextLength: 1000 }) : [];
    });
    const { declarations } = JSON.parse(output) as { declarations: { kind: string; metrics: { id: string; value: number | null }[] }[] };
    expect(declarations.flatMap((declaration) => declaration.metrics.map(({ id, value }) => [id, value]))).toEqual(
      expected.map(({ id, unit, figure }) => [id, figure.kind === "unavailable" ? null : inUnit(figure.value, unit)]),
    );
  });
});
