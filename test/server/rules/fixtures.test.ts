// Adding a test is adding a file to test/fixtures/diagnostics and running this with UPDATE=1: read what it wrote.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { Diagnostic } from "../../../server/src/core";
import { applyEachFix, readFixture, renderFixture } from "../../kit/diagnostics";
import { repository } from "../../kit/repository";

const folder = path.join(repository, "test/fixtures/diagnostics");
const names = readdirSync(folder).filter((name) => name.endsWith(".dsco"));

const count = (problems: readonly Diagnostic[], code: string) => problems.filter((problem) => problem.code === code).length;
const errorCount = (problems: readonly Diagnostic[]) => problems.filter((problem) => problem.severity === "error").length;

describe.each(names)("%s", (name) => {
  const text = readFileSync(path.join(folder, name), "utf8");
  const files = readFixture(text);

  test("says what it expects", () => {
    const rendered = renderFixture(files);
    if (process.env["UPDATE"]) writeFileSync(path.join(folder, name), rendered);
    else expect(rendered).toBe(text);
  });

  test("each fix does what it promises", () => {
    for (const file of files.keys()) {
      for (const { diagnostic, fix, before, after } of applyEachFix(files, file)) {
        const what = `${diagnostic.code}: ${fix.title}`;
        expect(count(after, diagnostic.code), what).toBeLessThan(count(before, diagnostic.code));
        expect(errorCount(after), what).toBeLessThanOrEqual(errorCount(before));
      }
    }
  });
});
