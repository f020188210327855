import { print } from "../../../../grammar/src";
import { openWorkspace } from "../../analysis";
import { createSource, fileScope, syntaxProblems, type Diagnostic, type Source } from "../../core";
import type { CommandHost } from "../../hosts/command-host";
import { shownPosition } from "../../design";
import { WrongUse, type Command, type ExitCode } from "../command";
import { hasFlag } from "../options";
import { printable } from "../terminal-text";

export const fmt: Command = {
  name: "fmt",
  usage: "fmt [--check] FILES…",
  summary: "lay files out in the one canonical form",
  details: `Spaces, alignment and line ends change, nothing else. A declaration with a syntax error is
left as it is. A file is written in one step and only where it changes. \`-\` formats standard
input to standard output.

  --check                 writes nothing, lists the files that would change, and ends with 1
                          where there are some`,
  options: { check: { type: "boolean" } },
  run: async (given, host) => {
    if (given.positionals.length === 0) throw new WrongUse(`name a file: ${host.program} fmt FILES…`);
    const isCheck = hasFlag(given, "check");
    let code: ExitCode = 0;
    for (const path of given.positionals) code = worse(code, await formatOne(path, isCheck, host));
    return code;
  },
};

const worse = (left: ExitCode, right: ExitCode): ExitCode => (left > right ? left : right);

async function formatOne(path: string, isCheck: boolean, host: CommandHost): Promise<ExitCode> {
  const shown = path === "-" ? "standard input" : printable(path);
  const fail = (reason: string): ExitCode => {
    host.printError(`dsco fmt: ${shown}: ${reason}.\n`);
    return 2;
  };
  const read = path === "-" ? await host.readInput() : host.read(path);
  if (read.kind === "failed") return fail(read.reason);
  const source = createSource("untitled:fmt", read.text);
  const errors = syntaxErrors(source);
  const formatted = print(source.parsed);
  for (const error of errors) {
    const { line, character } = shownPosition(source, error.span.start);
    host.printError(`${shown}:${line + 1}:${character + 1}: error ${error.code}: ${printable(error.message)}; its declaration is left as it is\n`);
  }
  const code = errors.length > 0 ? 1 : 0;
  if (path === "-" && !isCheck) {
    host.print(formatted);
    return code;
  }
  if (formatted === read.text) return code;
  if (isCheck) {
    host.print(`${shown}\n`);
    return 1;
  }
  const written = host.replace(path, formatted);
  return written.kind === "written" ? code : fail(written.reason);
}

/** The syntax errors of one text in the words of `check`; no other file is read for them. */
function syntaxErrors(source: Source): readonly Diagnostic[] {
  const workspace = openWorkspace((uri) => (uri === source.uri ? { kind: "source", source } : { kind: "failed", reason: "the formatter reads one file" }));
  const scope = fileScope(workspace, source.uri);
  return scope ? syntaxProblems(workspace, scope) : [];
}
