import { printable, WrongUse } from "../design";
import { clip } from "./limits";

/** A piece of a text that stands in it once, and what stands there instead. */
export interface TextReplacement {
  /** Empty: `new_text` is added at the end. */
  readonly old_text: string;
  readonly new_text: string;
}

/** The text with each edit made in turn. Throws `WrongUse` where what is to be replaced does not stand in it exactly once. */
export function applyReplacements(text: string, edits: readonly TextReplacement[]): string {
  return edits.reduce((current, { old_text: old, new_text: replacement }, index) => {
    if (old === "") return `${current.endsWith("\n") || current === "" ? current : `${current}\n`}${replacement}`;
    const at = positionsOf(current, old);
    const [first] = at;
    const shown = JSON.stringify(printable(clip(old, 100)));
    if (first === undefined) throw new WrongUse(`\`edits[${index}].old_text\`: ${shown} does not stand in the text: copy it exactly, blanks included`);
    if (at.length > 1) throw new WrongUse(`\`edits[${index}].old_text\`: ${shown} stands in the text more than once: give more of what is around it`);
    return current.slice(0, first) + replacement + current.slice(first + old.length);
  }, text);
}

/** The first places of a piece; never more than two, which is one too many. */
function positionsOf(text: string, piece: string): readonly number[] {
  const first = text.indexOf(piece);
  const second = first < 0 ? -1 : text.indexOf(piece, first + 1);
  return [first, second].filter((position) => position >= 0);
}
