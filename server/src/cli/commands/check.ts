import type { Diagnostic } from "../../core";
import { checkDesign, countDiagnostics, hasErrors, importedFiles, whatIfLines, type Design } from "../../design";
import type { CommandHost } from "../../hosts/command-host";
import { WrongUse, type Command, type ExitCode } from "../command";
import { openDesign } from "../design";
import { checkGithub } from "../diagnostics/github";
import { checkJson } from "../diagnostics/json";
import { checkSarif } from "../diagnostics/sarif";
import { countFiles, renderDiagnostics } from "../diagnostics/text";
import { formatOption, hasFlag, setHelp, setOption, whatIfs } from "../options";
import { styleFor } from "../terminal-text";

export const check: Command = {
  name: "check",
  usage: "check [FILES…] [--watch] [--format text|json|sarif|github] [--set NAME.path=VALUE]…",
  summary: "report the errors and warnings of designs",
  details: `Without FILES: every .dsco file under the current folder, node_modules and dot folders left
out. \`-\` reads standard input. Errors of imported files are reported too.

  --watch                 checks again whenever a file changes, until Ctrl-C
  --format text           each diagnostic with its line (default)
  --format json           { version, files, diagnostics }
  --format sarif          SARIF 2.1.0, for code scanners
  --format github         annotations of GitHub Actions
${setHelp}`,
  options: { watch: { type: "boolean" }, format: { type: "string" }, ...setOption },
  run: (given, host) => {
    const format = formatOption(given, ["text", "json", "sarif", "github"]);
    const ask: Question = { files: given.positionals, whatIfs: whatIfs(given), format };
    if (!hasFlag(given, "watch")) return runOnce(ask, host).then(({ code }) => code);
    if (format !== "text") throw new WrongUse("--watch shows text: leave --format out");
    if (ask.files.includes("-")) throw new WrongUse("--watch cannot watch standard input");
    return watch(ask, host);
  },
};

interface Question {
  readonly files: readonly string[];
  readonly whatIfs: readonly string[];
  readonly format: "text" | "json" | "sarif" | "github";
}

interface Answer {
  readonly code: ExitCode;
  /** Files that the answer depends on, the imported ones included. */
  readonly files: readonly string[];
}

async function runOnce(ask: Question, host: CommandHost): Promise<Answer> {
  const paths = ask.files.length > 0 ? ask.files : host.findDesigns().files;
  if (paths.length === 0) throw new WrongUse(`there is no .dsco file in this folder: name one, or start with \`${host.program} init\``);
  const design = await openDesign(paths, ask.whatIfs, host);
  const diagnostics = checkDesign(design);
  host.print(render(design, diagnostics, ask, host));
  const imported = importedFiles(design.workspace, design.files.map((file) => file.uri)).map(design.showUri);
  return { code: hasErrors(diagnostics) ? 1 : 0, files: [...paths, ...imported] };
}

function render(design: Design, diagnostics: readonly Diagnostic[], { format }: Question, host: CommandHost): string {
  switch (format) {
    case "json": return checkJson(design, diagnostics);
    case "sarif": return checkSarif(design, diagnostics);
    case "github": return checkGithub(design, diagnostics);
    case "text": {
      const style = styleFor(host.color);
      const found = renderDiagnostics(design, diagnostics, style);
      const summary = (hasErrors(diagnostics) ? style.error : style.strong)(`${countDiagnostics(diagnostics)} ${countFiles(design, diagnostics)}`);
      return `${whatIfLines(design).map((line) => `${style.strong(line)}\n\n`).join("")}${found}${summary}\n`;
    }
  }
}

/** Answers again after each change. A file that cannot be read for a moment is said, not the end. */
async function watch(ask: Question, host: CommandHost): Promise<ExitCode> {
  const watcher = host.watchFolders();
  let code: ExitCode = 0;
  let files = ask.files;
  for (;;) {
    const folders = ask.files.length > 0 ? files.map(folderOf) : host.findDesigns().folders;
    watcher.follow([...new Set(folders)]);
    try {
      const answer = await runOnce(ask, host);
      code = answer.code;
      if (answer.files.some((file) => !files.includes(file))) {
        files = [...new Set([...files, ...answer.files])];
        watcher.follow([...new Set([...folders, ...files.map(folderOf)])]);
      }
    } catch (fault) {
      if (!(fault instanceof WrongUse)) throw fault;
      code = 2;
      host.print(`${fault.problems.join("\n")}\n`);
    }
    host.print("watching for changes, Ctrl-C ends\n\n");
    if (await watcher.next() === "stopped") return code;
    host.print("checking again\n");
  }
}

const folderOf = (path: string): string => {
  const end = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  return end < 0 ? "." : path.slice(0, end + 1);
};
