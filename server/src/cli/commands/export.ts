import type { BlockDeclaration } from "../../../../grammar/src";
import { bindDeclaration, fileScope, resolveSymbol, withArticle, type BoundDeclaration, type Diagnostic } from "../../core";
import { checkDesign, countDiagnostics, hasErrors, meantInFile, type Design } from "../../design";
import { exportConfig, leftOutOfConfigs } from "../../import";
import { WrongUse, type Command } from "../command";
import { openDesign } from "../design";
import { setHelp, setOption, whatIfs } from "../options";

export const exportCommand: Command = {
  name: "export",
  usage: "export FILE NAME [--set NAME.path=VALUE]…",
  summary: "write a model as a Hugging Face config",
  details: `Prints a config.json on standard output, and on standard error what a config has no field for.
The architecture is the first one that says the model exactly: the config is imported again and
compared before it is printed.

${setHelp}`,
  options: { ...setOption },
  run: async (given, host) => {
    const [file, name, ...more] = given.positionals;
    if (file === undefined || name === undefined || more.length > 0) throw new WrongUse(`name one file and one model: \`${host.program} export FILE NAME\``);
    const design = await openDesign([file], whatIfs(given), host);
    const declaration = modelNamed(design, name);
    const diagnostics = checkDesign(design).filter((diagnostic) => !isOfOther(diagnostic, declaration));
    if (hasErrors(diagnostics)) {
      host.printError(`dsco: ${name} rests on ${countDiagnostics(diagnostics)}: \`${host.program} check\` shows them.\n`);
      return 1;
    }
    const result = exportConfig(design.workspace, declaration);
    if (result.kind === "failed") {
      host.printError(result.problems.map((problem) => `${name}: error: ${problem}.\n`).join(""));
      return 1;
    }
    host.printError(result.doubts.map((doubt) => `${name}: doubt: ${doubt}.\n`).join(""));
    host.printError(`${name}: note: ${leftOutOfConfigs}.\n`);
    host.print(result.text);
    return 0;
  },
};

/** A model of the file, or one that it imports. Throws `WrongUse` at anything else. */
function modelNamed({ workspace, files: [file] }: Design, name: string): BoundDeclaration {
  const scope = file && fileScope(workspace, file.uri);
  const symbol = scope && resolveSymbol(workspace, scope, name);
  if (!scope || !symbol) throw new WrongUse(`there is no model ${name} in ${file?.path ?? ""}${meantInFile(name, scope).replace(/`/g, "")}`);
  if (symbol.kind === "let") throw new WrongUse(`${name} is a constant: only a model is a config`);
  const home = fileScope(workspace, symbol.uri);
  const declaration = home && bindDeclaration(workspace, symbol.node, home);
  if (!declaration) throw new WrongUse(`${name} extends itself`);
  if (declaration.keyword !== "model") throw new WrongUse(`${name} is ${withArticle(declaration.keyword).replace(/`/g, "")}: only a model is a config`);
  return declaration;
}

/** Whether a problem stands in a declaration that the model is not made of: a plan whose requirement fails is no fault of the model. */
function isOfOther({ uri, span }: Diagnostic, model: BoundDeclaration): boolean {
  const made = new Set<BlockDeclaration>();
  for (let part: BoundDeclaration | undefined = model; part; part = part.base) made.add(part.node);
  const others = model.file.declarations.filter((node) => node.kind === "declaration" && !made.has(node));
  return uri !== model.file.uri || others.some((node) => node.start <= span.start && span.end <= node.end);
}
