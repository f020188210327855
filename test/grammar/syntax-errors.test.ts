/**
 * Each file of `fixtures/errors` shows its own errors: a line of carets below the place, with code and message. To add
 * a test, add a file; `UPDATE=1` writes the marker lines, to be read before they are kept.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "../../grammar/src/index";

const folder = join(import.meta.dirname, "fixtures", "errors");
const marker = /^ *\^+ DSCO\d{4} /u;

function withoutMarkers(text: string): string {
  return text.split("\n").filter((line) => !marker.test(line)).join("\n");
}

function withMarkers(source: string): string {
  const { errors } = parse(source);
  let offset = 0;
  return source.split("\n").flatMap((line) => {
    const start = offset;
    offset += line.length + 1;
    const here = errors.filter((error) => error.start >= start && error.start < offset);
    const markers = here.map((error) => {
      const width = Math.max(1, Math.min(error.end, start + line.length) - error.start);
      const fix = error.fix === undefined ? "" : ` [${error.fix.title}]`;
      return `${" ".repeat(error.start - start)}${"^".repeat(width)} ${error.code} ${error.message}${fix}`;
    });
    return [line, ...markers];
  }).join("\n");
}

test.each(readdirSync(folder))("%s", (name) => {
  const path = join(folder, name);
  const expected = readFileSync(path, "utf8");
  const actual = withMarkers(withoutMarkers(expected));
  if (process.env["UPDATE"] === "1") writeFileSync(path, actual);
  expect(actual).toBe(process.env["UPDATE"] === "1" ? actual : expected);
});

function applyFix(source: string, index: number): string {
  const edits = [...(parse(source).errors[index]?.fix?.edits ?? [])].sort((a, b) => b.start - a.start);
  return edits.reduce((text, edit) => text.slice(0, edit.start) + edit.newText + text.slice(edit.end), source);
}

/** A fix is a promise: its error is gone afterwards, and no other has come. */
test.each(readdirSync(folder))("the fixes of %s mend what they say", (name) => {
  const source = withoutMarkers(readFileSync(join(folder, name), "utf8"));
  for (const [index, error] of parse(source).errors.entries()) {
    if (error.fix === undefined) continue;
    const after = parse(applyFix(source, index)).errors;
    expect(after.length, `${error.message} → ${after.map((left) => left.message).join(" | ")}`).toBeLessThan(parse(source).errors.length);
  }
});
