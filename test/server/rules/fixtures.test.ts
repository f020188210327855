// Adding a test is adding a file to test/fixtures/diagnostics and running this with UPDATE=1: read what it wrote.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { applyEachFix, readFixture, renderFixture } from "../../kit/diagnostics";
import { brokenPromises } from "../../kit/promise";
import { repository } from "../../kit/repository";

const folder = path.join(repository, "test/fixtures/diagnostics");
const names = readdirSync(folder).filter((name) => name.endsWith(".dsco"));

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
        expect(brokenPromises(diagnostic, fix.title, before, after), `${diagnostic.code}: ${fix.title}`).toEqual([]);
        if (!/^DSCO[12]/.test(diagnostic.code)) expect(fix.title, "the title says what the fix buys").toMatch(/: \S/);
      }
    }
  });
});
