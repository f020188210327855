// What is generated is committed as it is generated, and every code has all its parts.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { documents } from "../../scripts/documents";
import { diagnosticEntries, rules } from "../../server/src/rules";
import type { Rule } from "../../server/src/rules/rule";
import { repository, sourceFiles } from "../kit/repository";

const read = (file: string): string => {
  try {
    return readFileSync(path.join(repository, file), "utf8");
  } catch {
    return "(there is no such file)";
  }
};
const codes = diagnosticEntries.map((entry) => entry.code);

const made = documents({
  readme: read("README.md"), manifest: read("package.json"), manifestTexts: read("package.nls.json"), client: sourceFiles("client/src").map(read),
});

test.each([...made])("%s is as `npm run docs` writes it", (file, text) => {
  expect(read(file) === text, "run `npm run docs`").toBe(true);
});

test("no page is left of a code that is gone", () => {
  const pages = readdirSync(path.join(repository, "docs/diagnostics")).filter((name) => name !== "README.md");
  expect(pages.map((name) => name.replace(/\.md$/, "")).sort()).toEqual([...codes]);
});

describe("codes", () => {
  /** Codes that were given up; they may not come back with another meaning. */
  const retired = ["DSCO2006"];

  test("are never used twice or again", () => {
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.filter((code) => retired.includes(code))).toEqual([]);
  });

  test.each(diagnosticEntries.map((entry) => [entry.code, entry] as const))("%s is described in whole sentences", (code, entry) => {
    expect(code).toMatch(/^DSCO[1-7]\d{3}$/);
    expect(entry.title).toMatch(/^[A-Z0-9].*[^.]$/);
    expect(entry.explanation).toMatch(/^[`A-Z].*\.$/s);
  });

  test("each has a fixture", () => {
    const folder = path.join(repository, "test/fixtures/diagnostics");
    const fixtures = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), "utf8")).join("\n");
    // Too long to read in a fixture: the examples of the registry, which a test checks, raise these.
    const made = ["DSCO1006", "DSCO2113"];
    expect(codes.filter((code) => !fixtures.includes(` ${code}: `) && !made.includes(code))).toEqual([]);
  });
});

test("every rule of the room is registered", async () => {
  const folder = path.join(repository, "server/src/rules");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.includes(path.sep) && name.endsWith(".ts"));
  const isRule = (value: unknown): value is Rule => typeof value === "object" && value !== null && "check" in value && "entries" in value;
  const modules = await Promise.all(files.map((name) => import(path.join(folder, name)) as Promise<Record<string, unknown>>));
  const found = modules.flatMap((module) => Object.values(module).filter(isRule));
  expect(found.length).toBeGreaterThan(20);
  expect(found.filter((rule) => !rules.includes(rule))).toEqual([]);
});
