/** Names of declarations and constants: of the file, imported, and to be imported. */

import type { DeclarationKeyword } from "../../../../grammar/src";
import { bindDeclaration, declarationSchemas, fileScope, letValue, resolveSymbol, settledValue, type DeclarationSymbol, type FileScope, type LetSymbol, type Workspace } from "../../core";
import { standardLibrary } from "../../std";
import { costLine } from "../cost-line";
import { plainText } from "../describe";
import { declarationText } from "../hover/declarations";
import { documentation } from "../markdown";
import type { Asked } from "./around";
import type { CompletionMore, Draft } from "./draft";
import { importEdits } from "./imports";

/** A name that a file knows, with what it costs once somebody looks. */
export function symbolDraft(workspace: Workspace, scope: FileScope, name: string): Draft {
  const symbol = resolveSymbol(workspace, scope, name);
  if (!symbol) return { label: name, kind: "declaration", detail: "imported" };
  const { doc } = symbol.node;
  const text = doc === undefined ? undefined : documentation(doc);
  return symbol.kind === "let"
    ? { label: name, kind: "constant", detail: "constant", documentation: text, more: () => constantMore(workspace, symbol) }
    : { label: name, kind: "declaration", detail: symbol.node.keyword, documentation: text, more: () => declarationMore(workspace, symbol) };
}

function constantMore(workspace: Workspace, symbol: LetSymbol): CompletionMore {
  const found = letValue(workspace, symbol);
  const value = typeof found === "symbol" ? undefined : found.value;
  return { detail: value && `constant ${plainText(value)}` };
}

function declarationMore(workspace: Workspace, { node, uri }: DeclarationSymbol): CompletionMore {
  const file = fileScope(workspace, uri);
  const bound = file && bindDeclaration(workspace, node, file);
  if (!bound) return {};
  const cost = costLine(workspace, bound);
  return { detail: cost === undefined ? undefined : `${node.keyword}: ${cost}`, documentation: declarationText(workspace, bound) };
}

/** Whether a declaration can stand where one of its kind is wanted; those that cannot come last. */
export type Fits = (symbol: DeclarationSymbol) => boolean;

const always: Fits = () => true;
const rankOfUnfit = 9;

/** The plans that a service's key takes: those of the phase of its name. */
export function fitsKey(workspace: Workspace, key: string): Fits {
  const phase = declarationSchemas.workload.block.properties.get("phase")?.type;
  if (phase?.kind !== "word" || !phase.words.includes(key)) return always;
  return ({ node, uri }) => {
    const file = fileScope(workspace, uri);
    const plan = file && bindDeclaration(workspace, node, file);
    const workload = plan && settledValue(workspace, plan.block, "workload").value;
    const found = workload?.kind === "declaration" ? settledValue(workspace, workload.declaration.block, "phase").plain : undefined;
    return found === undefined || found === key;
  };
}

/** The declarations of a kind that the file knows. */
export function knownDeclarations({ workspace, scope }: Asked, keyword: DeclarationKeyword, fits: Fits = always): readonly Draft[] {
  return [...scope.symbols.keys()].flatMap((name) => {
    const symbol = resolveSymbol(workspace, scope, name);
    if (symbol?.kind !== "declaration" || symbol.node.keyword !== keyword) return [];
    return [{ ...symbolDraft(workspace, scope, name), rank: fits(symbol) ? 0 : rankOfUnfit }];
  });
}

/** Declarations of a kind, or of every kind, of the workspace and of the standard library, which are imported when they are chosen. */
export function importableDeclarations({ workspace, scope, files, textOf }: Asked, keyword: DeclarationKeyword | undefined, prefix = "", fits: Fits = always): readonly Draft[] {
  const begins = prefix.toLowerCase();
  const wanted = ({ name, node }: DeclarationSymbol) =>
    (keyword === undefined || node.keyword === keyword) && name.text.toLowerCase().startsWith(begins) && !scope.symbols.has(name.text);
  const from = (uri: string, rank: number): readonly Draft[] => {
    const target = uri === scope.uri ? undefined : fileScope(workspace, uri);
    return !target ? [] : [...target.symbols.values()].flatMap((symbol) => {
      if (symbol.kind !== "declaration" || !wanted(symbol)) return [];
      const additionalEdits = importEdits(scope, symbol.name.text, uri);
      return additionalEdits === undefined ? [] : [{ ...symbolDraft(workspace, target, symbol.name.text), origin: originOf(uri), rank: fits(symbol) ? rank : rankOfUnfit, additionalEdits }];
    });
  };
  const declares = new RegExp(`^[ \\t]*${keyword ?? "\\w+"}[ \\t]+${begins === "" ? "\\w" : begins}`, "im");
  const candidates = files.filter((uri) => declares.test(textOf?.(uri) ?? ""));
  return [...candidates.flatMap((uri) => from(uri, 7)), ...[...standardLibrary.keys()].flatMap((uri) => from(uri, 8))];
}

const originOf = (uri: string): string => (uri.startsWith("std:") ? uri : uri.slice(uri.lastIndexOf("/") + 1));
