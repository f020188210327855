// What a user can meet is documented, tested and offered: settings, commands, codes, metrics. Codes have more tests beside this one.
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import manifest from "../../package.json";
import { computedKinds } from "../../server/src/analysis";
import { diagnosticEntries } from "../../server/src/rules";
import { repository, repositoryFiles } from "../kit/repository";

const read = (file: string) => readFileSync(path.join(repository, file), "utf8");
const { commands, configuration } = manifest.contributes;
const settings = Object.keys(configuration.properties);

/** This test aside, what tests say. Snapshots are no tests: nobody wrote their names. */
const tests = repositoryFiles("test").filter((file) => /\.(?:ts|mjs|dsco)$/.test(file) && !file.endsWith("tidy/surface.test.ts")).map(read).join("\n");
const names = (text: string, name: string): boolean => new RegExp(String.raw`(?<![\w.])${name.replace(/\./g, String.raw`\.`)}(?!\w)`).test(text);

describe("settings", () => {
  const page = read("docs/settings.md");
  const readme = read("README.md");

  test.each(settings)("%s is on the page of settings and in a test", (name) => {
    expect(page).toContain(`| \`${name}\` |`);
    // a test may hold the section as an object: then its last part is a key
    expect(names(tests, name) || names(tests, name.split(".").at(-1) ?? ""), "no test names it").toBe(true);
  });

  test("the README names each group of them", () => {
    const groups = new Set(settings.map((name) => name.split(".").slice(0, 2).join(".")));
    expect([...groups].filter((group) => !readme.includes(`\`${group}`))).toEqual([]);
  });
});

describe("commands", () => {
  const page = read("docs/settings.md");

  test.each(commands.map(({ command }) => command))("%s is on the page of settings and in a test", (command) => {
    expect(page).toContain(`| \`${command}\` |`);
    expect(names(tests, command), "no test names it").toBe(true);
  });
});

test("the settings offer every code by name", () => {
  expect(configuration.properties["dsco.diagnostics.severity"].propertyNames.enum).toEqual(diagnosticEntries.map(({ code }) => code));
});

describe("metrics", () => {
  const reference = read("docs/language.md");
  const ids = [...new Set(Object.values(computedKinds).flatMap(({ metrics }) => metrics.map(({ id }) => id)))];

  test("are found", () => {
    expect(ids.length).toBeGreaterThan(80);
  });

  test.each(ids)("%s is in the reference and in a test", (id) => {
    expect(reference).toContain(`\n#### ${id}\n`);
    expect(names(tests, id), "no test names it").toBe(true);
  });
});
