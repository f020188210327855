/** Text from a file inside Markdown: whatever the author wrote, it stays inside its place. */

/** Plain text as Markdown that shows it literally. */
export const escapeMarkdown = (text: string): string => text.replace(/[\\`*_{}[\]()#+\-.!|<>~&]/g, "\\$&").replace(/\r\n?|\n/g, " ");

/** Text as code: the fence is longer than any run of backticks in it. */
export function code(text: string): string {
  const flat = text.replace(/\r\n?|\n/g, " ");
  const longest = (flat.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
  const fence = "`".repeat(longest + 1);
  return longest > 0 ? `${fence} ${flat} ${fence}` : `${fence}${flat}${fence}`;
}

/**
 * A doc comment, which is Markdown. Code blocks that it opens are closed, raw HTML is shown as text and links lead to
 * pages only, never to commands of the editor.
 */
export function documentation(markdown: string): string {
  const lines: string[] = [];
  let fence: string | undefined;
  for (const line of markdown.split(/\r\n|\r|\n/)) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence === undefined) {
      lines.push(mark === undefined ? plainLine(line) : line);
      fence = mark;
    } else {
      lines.push(line);
      if (mark !== undefined && mark[0] === fence[0] && mark.length >= fence.length && line.trim() === mark) fence = undefined;
    }
  }
  if (fence !== undefined) lines.push(fence);
  return lines.join("\n");
}

/** Code spans stay as they are; a lone backtick opens none. */
const plainLine = (line: string): string =>
  line.replace(/(`+)(?:(?!`)[^\n]|(?!\1(?!`))`)*?\1(?!`)|<|\]\(\s*command:/gi, (found) =>
    found === "<" ? "&lt;" : found.startsWith("`") ? found : "](");

/** What sources and documentation name, as links to it: `arXiv:2412.19437` leads to the paper. */
export const withLinks = (text: string): string =>
  text.replace(/(`[^`]*`)|\barXiv:(\d{4}\.\d{4,5})\b/g, (found, span: string | undefined, paper: string | undefined) =>
    (span === undefined && paper !== undefined ? `[${found}](https://arxiv.org/abs/${paper})` : found));

/** A cell of a table. */
export const cell = (markdown: string): string => markdown.replace(/\|/g, "\\|").replace(/\r\n?|\n/g, " ");

/** Paragraphs, those without text left out. */
export const paragraphs = (...parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== "").join("\n\n");
