/** Text as it is typed, before it is a tree: what is no code. */

/** The closing mark of a string, or the end of its line. */
export function stringEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"') return at;
    if (character === "\n" || character === "\r") return at - 1;
    if (character === "\\") at += 1;
  }
  return text.length;
}

/** The end of the comment that begins at an offset; `undefined` where none does. */
export function commentEnd(text: string, at: number): number | undefined {
  if (text.charAt(at) !== "/") return undefined;
  const second = text.charAt(at + 1);
  if (second === "*") {
    const end = text.indexOf("*/", at + 2);
    return end < 0 ? text.length : end + 2;
  }
  if (second !== "/") return undefined;
  let end = at;
  while (end < text.length && text.charAt(end) !== "\n" && text.charAt(end) !== "\r") end += 1;
  return end;
}
