import { findInLibrary, libraryParts, standaloneText, type LibraryDeclaration } from "../../design";
import { WrongUse, type Command } from "../command";
import { layoutColumns } from "../options";
import { alignColumns, indent, printable, styleFor, wrap } from "../terminal-text";

export const std: Command = {
  name: "std",
  usage: "std [NAME]",
  summary: "show what the standard library holds",
  details: `Without NAME: every part of the library with its declarations. With the name of a part
(\`std:hardware/nvidia\`) or of a declaration (\`H800\`): its text, with sources and dates;
that of a declaration begins with the imports that it needs: \`dsco std H800Cluster > mine.dsco\`.`,
  options: {},
  run: (given, host) => {
    const [name, ...more] = given.positionals;
    if (more.length > 0) throw new WrongUse(`name one part or one declaration: ${host.program} std NAME`);
    if (name === undefined) {
      const style = styleFor(host.color);
      const sections = libraryParts().map(({ address, entries }) => {
        return [style.strong(address), ...indent(tableOf(entries, layoutColumns(host) - 2))].join("\n");
      });
      host.print(`${sections.join("\n\n")}\n`);
      return 0;
    }
    host.print(textOf(name));
    return 0;
  },
};

/** Name, kind and summary; a summary that has no room goes on below itself. */
function tableOf(entries: readonly LibraryDeclaration[], columns: number): readonly string[] {
  const heads = alignColumns(entries.map((entry) => [entry.name, entry.kind, "|"])).map((line) => line.slice(0, -1));
  return entries.flatMap((entry, index) => {
    const head = heads[index] ?? "";
    const [first = "", ...rest] = wrap(printable(entry.summary), columns - head.length);
    return [`${head}${first}`.trimEnd(), ...indent(rest, " ".repeat(head.length))];
  });
}

function textOf(name: string): string {
  const found = findInLibrary(name);
  return found.kind === "part" ? found.part.text : standaloneText(found.part, found.entry);
}
