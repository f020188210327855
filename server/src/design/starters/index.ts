import model from "./model.dsco";
import plan from "./plan.dsco";

/** Small designs to start from: without an error, in canonical form. */
export const starters = { model, plan } as const;

export type StarterName = keyof typeof starters;

/** The starter for a folder of the command line, which `program` runs: its first comment says what to do next with `file`. */
export const starterFile = (program: string, file: string): string => {
  const [first = "", ...rest] = starters.model.split("\n");
  const commands = [`report ${file}`, `explain ${file} MyModel.kv_bytes_per_token`, `report ${file} --set MyModel.moe.top_k=4`];
  return [first, "///", ...commands.map((command) => `///   ${program} ${command}`), ...rest].join("\n");
};
