import type { Span } from "../../../grammar/src";
import { fileScope, type Range, type Source, type Workspace } from "../core";

/** A part of a text that opens something else. */
export interface DocumentLink {
  readonly range: Range;
  /** A web address, or a file of the workspace, `std:…` included. */
  readonly target: string;
  readonly isFile: boolean;
  /** What it opens, in a few words. */
  readonly tooltip: string;
}

/** Imports that lead somewhere, web addresses, and papers by their arXiv id. */
export function documentLinks(workspace: Workspace, uri: string): readonly DocumentLink[] {
  const file = fileScope(workspace, uri);
  if (!file) return [];
  const { source } = file;
  const imports = file.imports.flatMap(({ node: { from }, uri: target }): readonly DocumentLink[] => {
    if (!from || target === undefined || !fileScope(workspace, target)) return [];
    const tooltip = target.startsWith("std:") ? "Open this part of the standard library" : "Open this file";
    return [{ range: source.lines.range({ start: from.start + 1, end: from.end - 1 }), target, isFile: true, tooltip }];
  });
  const pages = webLinks(source);
  const cited = papers(source).filter(({ start }) => !pages.some((page) => page.start <= start && start < page.end));
  const links = [...pages, ...cited].map(({ start, end, target, tooltip }) => ({ range: source.lines.range({ start, end }), target, isFile: false, tooltip }));
  return [...imports, ...links];
}

const address = /https?:\/\/(?!\/)[^\s"'`<>{}|\\^]+/g;

/** A full stop, a comma or a bracket behind an address belongs to the sentence around it, unless the bracket was opened inside. */
function withoutPunctuation(text: string): string {
  let end = text.length;
  for (; end > 0; end -= 1) {
    const last = text.charAt(end - 1);
    const isClosing = (last === ")" || last === "]") && count(text, last === ")" ? "(" : "[", end) < count(text, last, end);
    if (!isClosing && !/[.,;:!?*_]/.test(last)) break;
  }
  return text.slice(0, end);
}

const count = (text: string, character: string, end: number): number => text.slice(0, end).split(character).length - 1;

const longestAddress = 2000;

interface WebLink extends Span {
  readonly target: string;
  readonly tooltip: string;
}

function webLinks({ text }: Source): readonly WebLink[] {
  return [...text.matchAll(address)].flatMap(({ 0: found, index }): readonly WebLink[] => {
    if (found.length > longestAddress) return [];
    const target = withoutPunctuation(found);
    if (!URL.canParse(target)) return [];
    return [{ start: index, end: index + target.length, target, tooltip: "Open this page" }];
  });
}

/** `arXiv:2412.19437`, `arXiv:2412.19437v2`, `arXiv:cs/0701001`. */
const paper = /\barXiv:\s?(\d{4}\.\d{4,5}(?:v\d+)?|[a-z][a-z-]*(?:\.[A-Z]{2})?\/\d{7}(?:v\d+)?)(?![\w])/gi;

function papers({ text }: Source): readonly WebLink[] {
  return [...text.matchAll(paper)].map(({ 0: found, 1: id = "", index }) => ({
    start: index, end: index + found.length, target: `https://arxiv.org/abs/${id}`, tooltip: `Open arXiv ${id}`,
  }));
}
