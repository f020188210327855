/** What the document of a page is made of. Addresses are those that a webview may load. */
export interface PageHtml {
  /** Fresh for every page: only what carries it may run. */
  readonly nonce: string;
  /** Where the webview's own files come from, as its `cspSource` says. */
  readonly source: string;
  readonly script: string;
  readonly style: string;
  /** `en` */
  readonly language: string;
  readonly title: string;
  /** The texts of the page in the user's language. */
  readonly words: Readonly<Record<string, string>>;
}

/** The whole document: an empty `#root`, which the script fills. Nothing is loaded from a network, and no script runs but the one. */
export function pageHtml({ nonce, source, script, style, language, title, words }: PageHtml): string {
  const policy = [
    "default-src 'none'", "base-uri 'none'", "form-action 'none'", "img-src data: blob:", `style-src ${source} 'nonce-${nonce}'`, `script-src 'nonce-${nonce}'`,
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="${escaped(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${escaped(style)}">
<title>${escaped(title)}</title>
</head>
<body data-words="${escaped(JSON.stringify(words))}">
<div id="root"></div>
<script nonce="${nonce}" src="${escaped(script)}"></script>
</body>
</html>
`;
}

/** A text inside an attribute in double quotes, or between tags. */
const escaped = (text: string): string => text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
