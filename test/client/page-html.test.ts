import { expect, test } from "vitest";
import { pageHtml } from "../../client/src/infrastructure/page-html";

const html = pageHtml({
  nonce: "abc123", source: "https://x.vscode-cdn.net", script: "https://x/report.js?a=1&b=2", style: "https://x/report.css", language: "de",
  title: 'a "b" <c>', words: { pin: 'It\'s <b> & "pinned"' },
});
const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? "";

test("nothing is loaded but the page's own files, and one script runs", () => {
  expect(policy.split("; ")).toEqual([
    "default-src 'none'", "base-uri 'none'", "form-action 'none'", "img-src data: blob:", "style-src https://x.vscode-cdn.net 'nonce-abc123'", "script-src 'nonce-abc123'",
  ]);
  expect(html.match(/<script/g)).toHaveLength(1);
  expect(html).toContain('<script nonce="abc123" src="https://x/report.js?a=1&amp;b=2"></script>');
  expect(html).not.toMatch(/ (?:style|on\w+)=/);
});

test("texts stay texts, whatever is in them", () => {
  expect(html).toContain("<title>a &quot;b&quot; &lt;c&gt;</title>");
  const words = /data-words="([^"]*)"/.exec(html)?.[1]?.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&quot;/g, '"').replace(/&amp;/g, "&");
  expect(JSON.parse(words ?? "")).toEqual({ pin: 'It\'s <b> & "pinned"' });
});
