/** What tasks.json says of a task of type `dsco`. */
export interface TaskChoice {
  readonly command: "check" | "report";
  /** Relative to the folder of the task; `${relativeFile}` is the file in the editor. Left out: every `.dsco` file of the folder. */
  readonly file?: string;
  /** Check again at every change. */
  readonly watch: boolean;
}

/** Reads a task's definition; `undefined` where it asks for nothing that the command line does. */
export function taskChoice(definition: Readonly<Record<string, unknown>>): TaskChoice | undefined {
  const { command, file, watch = false } = definition;
  if (command !== "check" && command !== "report") return undefined;
  if (file !== undefined && typeof file !== "string") return undefined;
  if (typeof watch !== "boolean") return undefined;
  // A report is of one file, and is given once.
  if (command === "report" && (file === undefined || watch)) return undefined;
  return { command, watch, ...(file === undefined ? {} : { file }) };
}

/** The words of the command line. A file whose name begins with a dash is no option. */
export const taskWords = ({ command, file, watch }: TaskChoice): readonly string[] =>
  [command, ...(watch ? ["--watch"] : []), ...(file === undefined ? [] : ["--", file])];
