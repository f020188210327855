import { loadStandard } from "../../analysis";
import { didYouMean, nearest, type Source } from "../../core";
import { standardLibrary } from "../../std";
import { WrongUse, type Command } from "../command";
import { firstSentence } from "../documentation";
import { layoutColumns } from "../options";
import { alignColumns, indent, printable, styleFor, wrap } from "../terminal-text";

export const std: Command = {
  name: "std",
  usage: "std [NAME]",
  summary: "show what the standard library holds",
  details: `Without NAME: every part of the library with its declarations. With the name of a part
(\`std:hardware/nvidia\`) or of a declaration (\`H800\`): its text, with sources and dates.`,
  options: {},
  run: (given, host) => {
    const [name, ...more] = given.positionals;
    if (more.length > 0) throw new WrongUse(`name one part or one declaration: ${host.program} std NAME`);
    if (name === undefined) {
      const style = styleFor(host.color);
      const sections = parts().map(({ address, entries }) => {
        return [style.strong(address), ...indent(tableOf(entries, layoutColumns(host) - 2))].join("\n");
      });
      host.print(`${sections.join("\n\n")}\n`);
      return 0;
    }
    host.print(textOf(name));
    return 0;
  },
};

interface Entry {
  readonly name: string;
  readonly kind: string;
  readonly summary: string;
  /** With its doc comment. */
  readonly text: string;
}

function parts(): readonly { readonly address: string; readonly text: string; readonly entries: readonly Entry[] }[] {
  return [...standardLibrary.keys()].sort().flatMap((address) => {
    const loaded = loadStandard(address);
    return loaded.kind === "source" ? [{ address, text: loaded.source.text, entries: entriesOf(loaded.source) }] : [];
  });
}

function entriesOf({ parsed, text }: Source): readonly Entry[] {
  return parsed.file.declarations.flatMap((node) => {
    if (node.kind === "import" || !node.name) return [];
    const summary = firstSentence(node.doc) ?? "";
    return [{ name: node.name.text, kind: node.kind === "let" ? "let" : node.keyword, summary, text: withDoc(text, node.start, node.end) }];
  });
}

/** The text of a declaration with the doc comment that stands directly above it. */
function withDoc(text: string, start: number, end: number): string {
  const before = text.slice(0, start).split("\n").slice(0, -1);
  const doc = before.slice(before.findLastIndex((line) => !line.startsWith("///")) + 1);
  return `${[...doc, text.slice(start, end)].join("\n")}\n`;
}

/** Name, kind and summary; a summary that has no room goes on below itself. */
function tableOf(entries: readonly Entry[], columns: number): readonly string[] {
  const heads = alignColumns(entries.map((entry) => [entry.name, entry.kind, "|"])).map((line) => line.slice(0, -1));
  return entries.flatMap((entry, index) => {
    const head = heads[index] ?? "";
    const [first = "", ...rest] = wrap(printable(entry.summary), columns - head.length);
    return [`${head}${first}`.trimEnd(), ...indent(rest, " ".repeat(head.length))];
  });
}

function textOf(name: string): string {
  const all = parts();
  const part = all.find(({ address }) => address === name || address === `std:${name}`);
  if (part) return part.text;
  const entries = all.flatMap((candidate) => candidate.entries.map((entry) => ({ entry, address: candidate.address })));
  const found = entries.find(({ entry }) => entry.name === name);
  if (found) return `// ${found.address}\n${found.entry.text}`;
  const suggestion = nearest(name, [...entries.map(({ entry }) => entry.name), ...all.map(({ address }) => address)]);
  throw new WrongUse(`the standard library has no \`${name}\`${didYouMean(suggestion)}`);
}
