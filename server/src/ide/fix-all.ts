import { createSource, fileScope, type Workspace } from "../core";
import { openWorkspace } from "../analysis";
import { applyEdits, Cancelled, provedFixes, type Cancellation } from "../rules";
import { checkedFile } from "./diagnostics";
import type { RangeEdit } from "./plain";

/** Rounds of a file that gets better by one fix a round; what is left then is left to the author. */
const mostRounds = 200;

/**
 * Everything that has one obvious fix, fixed: the preferred fix of the first diagnostic that has one, then of the next in what has
 * become of the file, until none is left. One edit, from the first change to the last.
 */
export function fixAll(workspace: Workspace, uri: string, cancellation?: Cancellation, isOff: (code: string) => boolean = () => false): readonly RangeEdit[] {
  const source = fileScope(workspace, uri)?.source;
  if (!source) return [];
  let current = workspace;
  let text = source.text;
  for (let round = 0; round < mostRounds; round++) {
    if (cancellation?.isCancellationRequested) throw new Cancelled();
    const fixed = firstFix(current, uri, text, isOff, cancellation);
    if (fixed === undefined) break;
    text = fixed;
    const edited = createSource(uri, text, source.version, fileScope(current, uri)?.source ?? source);
    current = openWorkspace((wanted) => (wanted === uri ? { kind: "source", source: edited } : workspace.load(wanted)), current);
  }
  if (text === source.text) return [];
  const start = commonStart(source.text, text);
  const end = commonEnd(source.text, text, start);
  return [{ range: source.lines.range({ start, end: source.text.length - end }), newText: text.slice(start, text.length - end) }];
}

function firstFix(workspace: Workspace, uri: string, text: string, isOff: (code: string) => boolean, cancellation: Cancellation | undefined): string | undefined {
  for (const diagnostic of checkedFile(workspace, uri, cancellation)) {
    if (!diagnostic.fixes || isOff(diagnostic.code)) continue;
    const preferred = provedFixes(workspace, diagnostic).filter((fix) => fix.preferred);
    const [only, another] = preferred;
    if (only && !another) return applyEdits(text, only.edits);
  }
  return undefined;
}

function commonStart(one: string, other: string): number {
  let at = 0;
  while (at < one.length && at < other.length && one[at] === other[at]) at++;
  return at;
}

function commonEnd(one: string, other: string, start: number): number {
  let count = 0;
  while (count < one.length - start && count < other.length - start && one[one.length - 1 - count] === other[other.length - 1 - count]) count++;
  return count;
}
