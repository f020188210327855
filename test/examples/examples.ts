import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runIn } from "../server/cli/memory-host";

const folder = join(import.meta.dirname, "../../examples");

/** Every example by its name, without its folder. */
export const examples: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync(folder).filter((name) => name.endsWith(".dsco")).map((name) => [name, readFileSync(join(folder, name), "utf8")]),
);

export interface ReportJson {
  readonly diagnostics: readonly { readonly code: string; readonly severity: string; readonly message: string; readonly range: unknown }[];
  readonly declarations: readonly {
    readonly kind: string; readonly name: string;
    readonly metrics: readonly { readonly id: string; readonly value: number | string | null; readonly unit: string | null }[];
  }[];
}

/** `dsco report --format json` of an example. */
export async function reportOf(name: string, ...options: readonly string[]): Promise<ReportJson> {
  const { output } = await runIn(examples, ["report", name, "--format", "json", ...options]);
  return JSON.parse(output) as ReportJson;
}

/** A figure of the model of an example. */
export async function figure(name: string, id: string, ...options: readonly string[]): Promise<number> {
  const model = (await reportOf(name, ...options)).declarations.find((declaration) => declaration.kind === "model");
  const value = model?.metrics.find((metric) => metric.id === id)?.value;
  if (typeof value !== "number") throw new Error(`${name} has no figure ${id}`);
  return value;
}
