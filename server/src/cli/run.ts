import { didYouMean, nearest } from "../core";
import { readArguments } from "../hosts/arguments";
import type { CommandHost } from "../hosts/command-host";
import { WrongUse, type Command, type ExitCode } from "./command";
import { check } from "./commands/check";
import { compare } from "./commands/compare";
import { explain } from "./commands/explain";
import { exportCommand } from "./commands/export";
import { fmt } from "./commands/fmt";
import { importCommand } from "./commands/import";
import { init } from "./commands/init";
import { lsp } from "./commands/lsp";
import { mcp } from "./commands/mcp";
import { report } from "./commands/report";
import { std } from "./commands/std";
import { sweep } from "./commands/sweep";
import { validate } from "./commands/validate";
import { alignColumns, indent, printable } from "./terminal-text";
import { version } from "./version";

export const commands: readonly Command[] = [check, report, explain, compare, importCommand, exportCommand, fmt, std, validate, sweep, init, lsp, mcp];

/** Runs one command line, the words behind `dsco`. Wrong use ends in one sentence each and exit code 2, never in a trace. */
export async function run(words: readonly string[], host: CommandHost): Promise<ExitCode> {
  const [first, ...rest] = words;
  const isHelp = (word: string | undefined) => word === "--help" || word === "-h";
  if (first === undefined) {
    host.printError(overview());
    return 2;
  }
  if (first === "--version" || first === "-v") return say(host, `dsco ${version}\n`);
  if (isHelp(first)) return say(host, overview());
  if (first === "help") return rest[0] === undefined ? say(host, overview()) : helpOn(rest[0], host);
  const command = commands.find((candidate) => candidate.name === first);
  if (!command) return unknown(first, host);
  const optionsEnd = rest.indexOf("--");
  if ((optionsEnd < 0 ? rest : rest.slice(0, optionsEnd)).some(isHelp)) return helpOn(first, host);
  try {
    return await command.run(given(command, rest, host), host);
  } catch (fault) {
    if (!(fault instanceof WrongUse)) throw fault;
    return wrong(host, `dsco ${command.name}`, fault.problems);
  }
}

function say(host: CommandHost, text: string): ExitCode {
  host.print(text);
  return 0;
}

/** The first problem of a list that explains it stands alone; several files have a line each. */
function wrong(host: CommandHost, who: string, problems: readonly string[]): ExitCode {
  host.printError(problems.map((problem) => (problem.startsWith("  ") ? `${printable(problem)}\n` : `${who}: ${sentence(printable(problem))}\n`)).join(""));
  return 2;
}

const sentence = (text: string): string => (/[.?:…]$/.test(text) ? text : `${text}.`);

function given(command: Command, words: readonly string[], { program }: CommandHost) {
  const result = readArguments(words, command.options);
  if (result.kind === "arguments") return result.arguments;
  if (result.kind === "problem") throw new WrongUse(result.problem);
  const known = Object.keys(command.options).map((name) => `--${name}`);
  const suggestion = nearest(result.option, known);
  throw new WrongUse(`there is no option ${result.option}${suggestion === undefined ? `; \`${program} help ${command.name}\` lists them` : didYouMean(suggestion).replace(/`/g, "")}`);
}

function unknown(name: string, host: CommandHost): ExitCode {
  const what = name.startsWith("-") ? "option" : "command";
  const suggestion = nearest(name, [...commands.map((command) => command.name), "help", "--help", "--version"]);
  return wrong(host, "dsco", [`there is no ${what} ${name}${suggestion === undefined ? `; \`${host.program} help\` lists the commands` : didYouMean(suggestion).replace(/`/g, "")}`]);
}

function helpOn(name: string, host: CommandHost): ExitCode {
  const command = commands.find((candidate) => candidate.name === name);
  if (!command) return unknown(name, host);
  return say(host, `dsco ${command.name}: ${command.summary}\n\nUsage: dsco ${command.usage}\n\n${command.details}\n`);
}

function overview(): string {
  const rows = alignColumns(commands.map((command) => [command.name, command.summary]));
  return [
    "dsco: what each choice in the design of a large language model costs",
    "",
    "Usage: dsco COMMAND [ARGUMENTS]",
    "",
    ...indent(rows),
    "",
    "  dsco help COMMAND       options and details",
    "  dsco --version",
    "",
    "Exit codes: 0, 1 errors in the design, 2 wrong use.",
    "",
  ].join("\n");
}
