import type { CommandHost } from "../hosts/command-host";
import type { OptionSpec, ReadArguments } from "../hosts/arguments";

export { WrongUse } from "../design";

/** 0: done; 1: errors in the design; 2: wrong use. */
export type ExitCode = 0 | 1 | 2;

export interface Command {
  readonly name: string;
  /** What stands behind `dsco` in the usage line. */
  readonly usage: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Paragraphs and option tables for `dsco help NAME`. */
  readonly details: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly run: (given: ReadArguments, host: CommandHost) => Promise<ExitCode> | ExitCode;
}
