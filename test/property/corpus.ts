// Designs to break: the examples, and one for every model of the standard library and every plan of the evidence.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "../../grammar/src";
import { smallPlans } from "../kit/plans";
import { repository } from "../kit/repository";

const textsIn = (folder: string): readonly (readonly [string, string])[] =>
  readdirSync(join(repository, folder)).filter((name) => name.endsWith(".dsco")).map((name) => [`${folder}/${name}`, readFileSync(join(repository, folder, name), "utf8")]);

/** For each declaration of a kind a design of its own: with the imports, and with what it names, directly or through others. */
function apart(file: string, text: string, keyword: string): readonly (readonly [string, string])[] {
  const nodes = parse(text).file.declarations;
  const sourceOf = ({ start, end }: { readonly start: number; readonly end: number }) => text.slice(start, end);
  const named = nodes.flatMap((node) => (node.kind !== "import" && node.name ? [{ name: node.name.text, keyword: node.kind === "let" ? "let" : node.keyword, text: sourceOf(node) }] : []));
  const imports = nodes.filter((node) => node.kind === "import").map(sourceOf);
  return named.filter((node) => node.keyword === keyword).map((root) => {
    const needed = new Set([root]);
    for (const node of needed) for (const other of named) if (new RegExp(`\\b${other.name}\\b`).test(node.text)) needed.add(other);
    return [`${file} ${root.name}`, `${[...imports, ...named.filter((node) => needed.has(node)).map((node) => node.text)].join("\n\n")}\n`];
  });
}

/** Texts by what they are. */
export const corpus: Readonly<Record<string, string>> = {
  "small plans": smallPlans,
  ...Object.fromEntries(textsIn("examples")),
  ...Object.fromEntries(textsIn("server/src/std/models").flatMap(([file, text]) => apart(file, text, "model"))),
  ...Object.fromEntries(textsIn("server/src/std/clusters").flatMap(([file, text]) => apart(file, text, "hardware"))),
  ...Object.fromEntries(textsIn("server/src/evidence").flatMap(([file, text]) => apart(file, text, "plan"))),
};

/** Files that plans of the evidence import, beside them. */
export const companions: Readonly<Record<string, string>> = Object.fromEntries(
  ["models.dsco", "systems.dsco"].map((name) => [name, readFileSync(join(repository, "server/src/evidence", name), "utf8")]),
);
