import type { Identifier, Property } from "../../../../grammar/src";
import { replaceFix, unknownDeclaration } from "../bind";
import type { BoundDeclaration } from "../bound";
import { names, sweeps, values, type Diagnostic, type FixCandidate } from "../diagnostics";
import { nearest } from "../suggest";
import { withArticle } from "../values";
import { resolveSymbol, type Workspace } from "../workspace";
import type { PathFault, WalkedPath } from "./path";

/** What stands after `of`: a sweep varies a plan, a routing experiment a model. */
const subjects = { sweep: "plan", routing: "model" } as const;

/** What is wrong with the subject of `sweep NAME of PLAN` and of `routing NAME of MODEL`. */
export function subjectProblems(workspace: Workspace, { file, keyword }: BoundDeclaration, of: Identifier): readonly Diagnostic[] {
  const wanted = keyword === "sweep" || keyword === "routing" ? subjects[keyword] : undefined;
  const symbol = resolveSymbol(workspace, file, of.text);
  if (!symbol) return file.symbols.has(of.text) ? [] : [unknownDeclaration(workspace, file, of, wanted ?? keyword)];
  if (!wanted || (symbol.kind === "declaration" && symbol.node.keyword === wanted)) return [];
  const found = symbol.kind === "let" ? "a constant" : withArticle(symbol.node.keyword);
  return [values.wrongType.at({ uri: file.uri, span: of }, { key: "of", expected: `the name of a \`${wanted}\``, found })];
}

/** Why the path of a line leads to no key that can vary; nothing where the plan itself is what is missing or in error. */
export function pathProblems({ path }: Property, { fault }: WalkedPath, sweep: BoundDeclaration): readonly Diagnostic[] {
  const part = fault && path[fault.part];
  if (!fault || !part) return [];
  const place = { uri: sweep.file.uri, span: part };
  if (fault.kind === "unknown") {
    if (path.length === 1) return []; // of a name alone, that a sweep has no such key is said of all blocks
    const suggestion = nearest(part.text, [...fault.schema.properties.keys(), ...fault.schema.children.map((child) => child.keyword)]);
    return [names.unknownMember.at(place, { owner: fault.owner, name: part.text, suggestion }, replaceFix(part, suggestion))];
  }
  return [sweeps.noKey.at(place, { problem: problemOf(fault, part.text) }, { fixes: () => fixesOf(fault, part, sweep) })];
}

type OtherFault = Exclude<PathFault, { kind: "unknown" }>;

function problemOf(fault: OtherFault, name: string): string {
  switch (fault.kind) {
    case "unwritten": return `\`${fault.owner}\` has no block \`${name}\` written, so nothing in it can vary`;
    case "several": return `\`${name}\` is the name of several blocks: ${kindsOf(fault).length > 1 ? `write ${kindsOf(fault).map((kind) => `\`${kind}\``).join(" or ")}` : "their keys cannot vary"}`;
    case "block": return `\`${name}\` is a block: name one of its keys${[...(fault.block.schema?.properties.keys() ?? [])].slice(0, 1).map((key) => `, such as \`${name}.${key}\``).join("")}`;
    case "value": return `\`${name}\` is a value and has nothing behind a point`;
  }
}

/** The kinds that tell blocks of one name apart. */
function kindsOf({ blocks }: Extract<PathFault, { kind: "several" }>): readonly string[] {
  const kinds = blocks.flatMap(({ variant }) => variant ?? []);
  return kinds.filter((kind) => kinds.filter((other) => other === kind).length === 1);
}

function fixesOf(fault: OtherFault, part: Identifier, { file }: BoundDeclaration): readonly FixCandidate[] {
  if (fault.kind === "several") {
    return kindsOf(fault).map((kind) => ({ title: `Write \`${kind}\``, edits: [{ start: part.start, end: part.end, newText: kind }] }));
  }
  if (fault.kind !== "unwritten") return [];
  const { declaration: { file: owner }, parent: { own, body, schema } } = fault;
  const child = schema?.children.find(({ keyword, hasKinds }) => keyword === part.text && !hasKinds);
  const last = body?.members.at(-1);
  if (!child || !own || !last || owner.uri !== file.uri) return [];
  const { text } = owner.source;
  const lineEnd = /^[ \t]*(?:\/\/[^\r\n]*)?(?=[\r\n])/.exec(text.slice(last.end));
  const at = last.end + (lineEnd?.[0].length ?? 0);
  const newLine = `${text.includes("\r\n") ? "\r\n" : "\n"}${/[ \t]*$/.exec(text.slice(0, last.start))?.[0] ?? ""}`;
  return [{ title: `Write \`${part.text} { }\` in \`${fault.owner}\``, edits: [{ start: at, end: at, newText: `${lineEnd ? newLine : ", "}${part.text} { }` }] }];
}
