import { declarationKeywords, type DeclarationKeyword, type Property } from "../../../../grammar/src";
import { declarationSchemas, fileScope, type Position, type Workspace } from "../../core";
import { metricDimension } from "../../analysis";
import { blockAround, type Around, type Asked } from "./around";
import { importableDeclarations, knownDeclarations } from "./declarations";
import { inSnippet, nothing, wordAt, type CompletionList, type Draft, type Drafts } from "./draft";
import { importDrafts } from "./imports";
import { bodySnippet, kindDrafts, memberDrafts, pathDrafts } from "./members";
import { statementMetrics } from "./metrics";
import { operatorDrafts } from "./operators";
import { blockAtPath, nameDrafts, specAtPath, valueDrafts } from "./values";
import { beforeWord, ownerPath, statementBefore, writingOf, type Writing } from "./writing";

export interface CompletionOptions {
  /** The addresses of the files that may be imported. */
  readonly files?: readonly string[];
  /** The text of such a file, not parsed: most need not be. */
  readonly textOf?: (uri: string) => string | undefined;
}

/** What may stand at a position: keys and blocks, values of the property's type, names, metrics, units, paths. */
export function completion(workspace: Workspace, uri: string, position: Position, { files = [], textOf }: CompletionOptions = {}): CompletionList {
  const scope = fileScope(workspace, uri);
  if (!scope) return { items: [], isIncomplete: false };
  const { text, lines, parsed } = scope.source;
  const offset = lines.offset(position);
  const inside = (span: { readonly start: number; readonly end: number }) => span.start < offset && offset < span.end;
  if (parsed.file.comments.some((comment) => inside(comment) || (comment.kind !== "block" && comment.start < offset && offset === comment.end))) return { items: [], isIncomplete: false };
  const { drafts, from, isIncomplete = false } = draftsAt({ workspace, scope, offset, files, textOf }, text);
  const start = lines.position(from);
  const range = { start, end: position };
  const replaceRange = { start, end: lines.position(Math.max(offset, wordAt(text, offset).end)) };
  return {
    isIncomplete,
    items: drafts.map((draft) => ({
      origin: undefined, newText: draft.label, snippet: undefined, rank: 1, leadsToWords: false, additionalEdits: [], documentation: undefined,
      more: undefined, ...draft, range, replaceRange,
    })),
  };
}

function draftsAt(asked: Asked, text: string): Drafts {
  const { offset, scope } = asked;
  const { start: from } = wordAt(text, offset);
  const chunk = scope.source.parsed.chunks.findLast(({ start }) => start <= offset)?.start ?? 0;
  const imported = importDrafts(asked, text.slice(chunk, offset), from);
  if (imported) return imported;
  const { text: statement, inString } = statementBefore(text, chunk, offset);
  if (inString) return nothing(from);
  const around = blockAround(asked);
  return around ? insideDrafts(asked, around, statement, from) : atTop(asked, statement, from);
}

function insideDrafts(asked: Asked, around: Around, statement: string, from: number): Drafts {
  const writing = writingOf(statement);
  switch (writing.kind) {
    case "word": return { drafts: memberDrafts(asked, around), from };
    case "block-kind": {
      const child = around.schema?.children.find(({ keyword }) => keyword === writing.keyword);
      return { drafts: kindDrafts(child, /^\w*[ \t]*\{/.test(asked.scope.source.text.slice(asked.offset, asked.offset + 200))), from };
    }
    case "key-path": {
      const properties = new Set(around.body.members.filter((member): member is Property => member.kind === "property" && !(member.start <= asked.offset && asked.offset <= member.end)));
      return { drafts: around.node.keyword === "sweep" ? pathDrafts(blockAtPath(asked, around, writing.path), properties) : [], from };
    }
    case "value": {
      const spec = specAtPath(asked, around, writing.path);
      return valueDrafts(asked, around, writing.before, from, { spec });
    }
    case "figure": return figureDrafts(asked, around, writing, from);
    case "bound": {
      const dimension = metricDimension(subjectKeyword(around), writing.figure);
      const found = valueDrafts(asked, around, writing.before, from, { dimension });
      return writing.statement === "measured" && isWholeMeasurement(writing.before) ? { ...found, drafts: [...found.drafts, fromSource] } : found;
    }
    case "nothing": return nothing(from);
  }
}

/** Whose figures the statements of a declaration name. */
const subjectKeyword = ({ node: { keyword } }: Around): DeclarationKeyword => (keyword === "sweep" ? "plan" : keyword);

const fromSource: Draft = { label: "from", kind: "keyword", detail: "the source of the measurement", newText: "from ", snippet: 'from "$0"', rank: 0 };

/** A value with a space behind it: its unit may follow, or its source. */
const isWholeMeasurement = (before: string): boolean => /\S\s+\w*$/.test(before) && beforeWord(before) !== "operator";

function figureDrafts(asked: Asked, around: Around, { statement, before }: Extract<Writing, { kind: "figure" }>, from: number): Drafts {
  if (ownerPath(before)) return valueDrafts(asked, around, before, from, {});
  if (beforeWord(before) !== "operator") {
    const { text } = asked.scope.source;
    return { drafts: operatorDrafts(statement, subjectKeyword(around), before, text.slice(asked.offset, asked.offset + 20)), from };
  }
  const metrics = statementMetrics(asked.workspace, around);
  const known = new Set(metrics.map(({ label }) => label));
  const names = nameDrafts(asked, around).filter(({ label }) => !known.has(label)).map((draft) => ({ ...draft, rank: 4 }));
  return { drafts: [...metrics, ...names], from };
}

// ── outside of declarations ─────────────────────────────────────────────────────────────────────────────────────────

function atTop(asked: Asked, statement: string, from: number): Drafts {
  const [, keyword, name, joint] = /^\s*(\w+)\s+(\w+)\s+(extends|of)\s+\w*$/.exec(statement) ?? [];
  if (keyword !== undefined) {
    const wanted = declarationKeywords.find((each) => each === (joint === "extends" ? keyword : keyword === "sweep" ? "plan" : "model"));
    if (!wanted) return nothing(from);
    return { drafts: [...knownDeclarations(asked, wanted).filter(({ label }) => label !== name), ...importableDeclarations(asked, wanted)], from };
  }
  const constant = /^\s*let\s+(\w+)\s*=(.*)$/s.exec(statement);
  if (constant) {
    const found = valueDrafts(asked, undefined, constant[2] ?? "", from, {});
    return { ...found, drafts: found.drafts.filter(({ label, kind }) => kind !== "constant" || label !== constant[1]) };
  }
  const [, declared] = /^\s*(\w+)\s+\w+\s+\w*$/.exec(statement) ?? [];
  if (declared !== undefined) return { drafts: headerDrafts(declared), from };
  return { drafts: /^\s*\w*$/.test(statement) ? declarationDrafts() : [], from };
}

/** Behind the name of a declaration. */
function headerDrafts(keyword: string): readonly Draft[] {
  const known = declarationKeywords.find((candidate) => candidate === keyword);
  if (!known) return [];
  const { canExtend, block } = declarationSchemas[known];
  const joint = known === "sweep" || known === "routing" ? "of" : canExtend ? "extends" : undefined;
  const body: Draft = { label: "{ }", kind: "block", detail: "its body", documentation: block.documentation, snippet: bodySnippet(block) };
  return joint === undefined ? [body] : [{ label: joint, kind: "keyword", detail: joint === "of" ? "what it is about" : "a declaration to begin with", newText: `${joint} `, leadsToWords: true }, body];
}

function declarationDrafts(): readonly Draft[] {
  return [
    ...declarationKeywords.map((keyword): Draft => {
      const { block } = declarationSchemas[keyword];
      const joint = keyword === "sweep" ? " of ${2:Plan}" : keyword === "routing" ? " of ${2:Model}" : "";
      return {
        label: keyword, kind: "keyword", detail: "declaration", documentation: block.documentation, newText: `${keyword} `,
        snippet: `${keyword} \${1:${inSnippet("Name")}}${joint} ${bodySnippet(block, joint === "" ? 2 : 3)}`,
      };
    }),
    { label: "import", kind: "keyword", detail: "names of another file", newText: "import { ", snippet: 'import { $0 } from "${1:std:hardware/nvidia}"' },
    { label: "let", kind: "keyword", detail: "a constant", newText: "let ", snippet: "let ${1:name} = $0" },
  ];
}
