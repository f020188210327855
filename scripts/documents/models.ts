import type { Expression } from "../../grammar/src";
import { figureOf, loadStandard, openWorkspace, shortText } from "../../server/src/analysis";
import { bindDeclaration, evaluateAssertion, fileScope, type BoundDeclaration, type Workspace } from "../../server/src/core";
import { formOf, lastDigit } from "../../server/src/cli/validate/comparisons";
import { judge } from "../../server/src/cli/validate/verdict";
import { standardLibrary } from "../../server/src/std";
import { code, page, table } from "./markdown";

/** A published figure of a model and the one that is counted for it, as text. */
interface Compared {
  readonly published: string;
  readonly counted: string;
  /** Signed, of the published figure. */
  readonly difference: string;
}

interface ModelRow {
  /** The declaration's name. */
  readonly declared: string;
  /** What its publisher calls it. */
  readonly name: string;
  readonly address: string;
  readonly total: Compared;
  readonly active: Compared;
  readonly cache: Compared;
  /** Where the publisher counts otherwise, or prints fewer digits: why the figures differ. */
  readonly remark: string;
}

/** Those that the README shows. */
const bestKnown = [
  "DeepSeekV3", "DeepSeekV3_2", "DeepSeekV4Pro", "KimiK2", "GLM5", "Qwen3_235B_A22B", "Qwen3_Next_80B_A3B", "Qwen2_5_72B", "Llama3_1_405B", "Llama3_1_8B", "Llama4_Maverick", "GptOss_120B",
  "Mixtral8x7B", "MiniMaxM1", "HunyuanLarge", "Ling_1T", "LongCatFlash", "Gemma3_27B", "Nemotron3_Nano_30B_A3B", "MiMoV2Flash",
] as const;

/** How both columns count. */
export const modelConventions =
  "Counted: every weight, norms and biases included, modules for several tokens left out; active: with input embedding and head, unless the last column says otherwise; " +
  "cache: what a token adds over all layers that cache, before a window evicts. The last column says where a publisher counts otherwise; rounded: what is counted rounds to the published figure.";

/** A difference up to which nobody asks for a reason. */
const unremarkable = 0.003;

/** What the figures of a model are called in remarks, by the metrics that publishers name. */
const compares = { total: ["total_params"], active: ["active_params", "active_params_without_embeddings"], cache: ["kv_bytes_per_token"] } as const;

/** The models of the standard library, in its order. */
export function modelRows(): readonly ModelRow[] {
  const workspace = openWorkspace(loadStandard);
  return [...standardLibrary.keys()].filter((uri) => uri.startsWith("std:models/")).flatMap((uri) => {
    const scope = fileScope(workspace, uri);
    return (scope?.declarations ?? []).flatMap((node) => {
      const bound = scope && node.kind === "declaration" && node.keyword === "model" ? bindDeclaration(workspace, node, scope) : undefined;
      return bound ? [rowOf(workspace, bound, uri)] : [];
    });
  });
}

function rowOf(workspace: Workspace, declaration: BoundDeclaration, address: string): ModelRow {
  const remarks: string[] = [];
  const compared = (what: keyof typeof compares): Compared => comparedTo(workspace, declaration, what, remarks);
  const figures = { total: compared("total"), active: compared("active"), cache: compared("cache") };
  const name = /^[^:(]+/.exec(declaration.node.doc ?? "")?.[0].trim() ?? declaration.name;
  return { declared: declaration.name, name, address, ...figures, remark: remarks.join("; ") };
}

/** Beside the first `measured` line that names it; without one, what is counted stands alone. */
function comparedTo(workspace: Workspace, declaration: BoundDeclaration, what: keyof typeof compares, remarks: string[]): Compared {
  const metrics: readonly string[] = compares[what];
  const line = declaration.assertions.flatMap((assertion) => {
    const { metric = "", right } = evaluateAssertion(workspace, declaration, assertion);
    return assertion.kind === "measured" && metrics.includes(metric) && right !== undefined ? [{ metric, published: right, node: assertion.node }] : [];
  }).at(0);
  const metric = line?.metric ?? compares[what][0];
  const figure = figureOf(workspace, declaration, metric);
  if (figure.kind !== "value") throw new Error(`${declaration.name}.${metric} has no value`);
  const counted = shortText(figure.value, formOf(declaration, metric));
  if (!line) return { published: "", counted, difference: "" };
  const { published, node: { value, from } } = line;
  const { error, ratio, exact } = judge(figure.value, published, lastDigit(value, published));
  // What stands behind a colon in the source is how the publisher counts.
  const otherwise = /: (.+)$/.exec(from?.value ?? "")?.[1] ?? (exact && error > unremarkable ? "rounded" : undefined);
  const words = [metric === "active_params_without_embeddings" ? "without embeddings" : undefined, otherwise].filter((word) => word !== undefined);
  if (words.length > 0) remarks.push(`${what}: ${words.join(", ")}`);
  return { published: textOf(declaration, value), counted, difference: `${ratio < 1 ? "−" : "+"}${(error * 100).toFixed(1)} %` };
}

/** As the file has it: with the digits that were published. */
const textOf = ({ file }: BoundDeclaration, { start, end }: Expression): string => file.source.text.slice(start, end);

const heads = ["model", "total, published", "counted", "difference", "active, published", "counted", "difference", "cache a token", "publisher's count"] as const;
const numbers: readonly number[] = [1, 2, 3, 4, 5, 6, 7];

function cells({ name, total, active, cache, remark }: ModelRow): readonly string[] {
  return [name, total.published, total.counted, total.difference, active.published, active.counted, active.difference, cache.counted, remark];
}

/** The best known, for the README. */
export function modelSummary(): string {
  const rows = modelRows();
  const row = (declared: string): ModelRow => rows.find((each) => each.declared === declared) ?? fail(declared);
  return table(heads, bestKnown.map((declared) => cells(row(declared))), numbers);
}

const fail = (declared: string): never => {
  throw new Error(`the standard library has no model ${declared}`);
};

/** All of them, as a page. */
export function modelsDocument(): string {
  const rows = modelRows();
  const addresses = [...new Set(rows.map(({ address }) => address))];
  return page(
    "# Models of the standard library",
    "Totals as their publishers name them, beside those that `dsco report` counts. The published ones are the `measured` lines of the models (`npx dsco std NAME` shows them with their sources).",
    modelConventions,
    ...addresses.flatMap((address) => [
      `## ${code(address)}`,
      table(["declaration", ...heads], rows.filter((row) => row.address === address).map((row) => [code(row.declared), ...cells(row)]), numbers.map((column) => column + 1)),
    ]),
  );
}
