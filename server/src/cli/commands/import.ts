import { loadStandard, openWorkspace } from "../../analysis";
import { createLineIndex, createSource, type LineIndex } from "../../core";
import { identifier, importConfig, nameOfPath, type PlacedRemark } from "../../import";
import { checkFile } from "../../rules";
import { WrongUse, type Command } from "../command";
import { printable, styleFor, type Style } from "../terminal-text";

export const importCommand: Command = {
  name: "import",
  usage: "import CONFIG.json [--name NAME]",
  summary: "turn a Hugging Face config into a model",
  details: `Prints a \`.dsco\` model on standard output and what is doubtful on standard error, each with
its place in the config. \`-\` reads standard input.

  --name NAME             name of the declaration (default: what the config calls itself,
                          else its folder or its file)

Reads config.json of Hugging Face, the configs of DeepSeek's own inference code, params.json of
Meta and Mistral, and files of Megatron arguments (--num-layers 61 …, or YAML). A field that is
neither used nor known to cost nothing is reported: no figure is wrong in silence.

  dsco import DeepSeek-V3/config.json > deepseek-v3.dsco`,
  options: { name: { type: "string" } },
  run: async (given, host) => {
    const [path, ...more] = given.positionals;
    if (path === undefined || more.length > 0) throw new WrongUse(`name one config: \`${host.program} import config.json\``);
    const name = given.options.get("name")?.[0];
    if (name !== undefined && identifier(name) !== name) throw new WrongUse(`--name takes letters, digits and _: found ${name}; did you mean ${identifier(name)}?`);
    const read = path === "-" ? await host.readInput() : host.read(path);
    if (read.kind === "failed") throw new WrongUse(`${path === "-" ? "standard input" : path}: ${read.reason}`);
    const result = importConfig(read.text, { name, fallbackName: path === "-" ? undefined : nameOfPath(path) });
    const style = styleFor(host.color);
    const lines = createLineIndex(read.text);
    const shown = path === "-" ? "standard input" : path;
    host.printError(result.remarks.map((remark) => remarkLine(shown, lines, remark, style)).join(""));
    if (result.kind === "failed") return 1;
    host.print(result.text);
    const faults = errorsOf(result.text);
    for (const message of faults) host.printError(`${shown}: ${style.error("error")}: the model it makes is not valid: ${printable(message)}\n`);
    return faults.length > 0 ? 1 : 0;
  },
};

function remarkLine(path: string, lines: LineIndex, { severity, message, offset }: PlacedRemark, style: Style): string {
  const { line, character } = lines.position(offset);
  const label = severity === "error" ? style.error("error") : "doubt";
  return `${path}:${line + 1}:${character + 1}: ${label}: ${printable(message)}.\n`;
}

/** Errors of the model itself, such as a `top_k` above the number of experts. */
function errorsOf(text: string): readonly string[] {
  const uri = "import:model.dsco";
  const source = createSource(uri, text);
  const workspace = openWorkspace((asked) => (asked === uri ? { kind: "source", source } : loadStandard(asked)));
  return checkFile(workspace, uri).filter(({ severity }) => severity === "error").map(({ message }) => message);
}
