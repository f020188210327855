// What a committed file may not hold.
import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import manifest from "../../package.json";
import { repository, repositoryFiles } from "../kit/repository";

const files = repositoryFiles();
const isBinary = (file: string) => /\.(png|ico|woff2?)$/.test(file);
const textFiles = files.filter((file) => !isBinary(file)).map((file) => ({ file, text: readFileSync(path.join(repository, file), "utf8") }));
const sources = textFiles.filter(({ file }) => /\.(ts|mts|mjs)$/.test(file));

/** `file:line` of every match. */
function places(among: readonly { readonly file: string; readonly text: string }[], pattern: RegExp): readonly string[] {
  return among.flatMap(({ file, text }) =>
    text.split("\n").flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}`] : [])),
  );
}

/** Where this checkout lies; one folder below the root is too short to tell it from other text. */
const thisFolder = `${repository.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}${repository.split(path.sep).length > 2 ? "/" : "/$never"}`;

// Put together from pieces, so that this file does not hold what it forbids.
const forbidden = {
  "a path of one machine": new RegExp([thisFolder, "/ho" + "me/\\w", "/ro" + "ot/", "/Us" + "ers/\\w"].join("|")),
  "the address of a package registry": new RegExp(["regis" + "try\\.npmjs", "regis" + "try\\.yarnpkg", "npm" + "mirror\\."].join("|")),
};

test.each(Object.entries(forbidden))("no file holds %s", (_what, pattern) => {
  expect(places(textFiles, pattern)).toEqual([]);
});

test("the lock file leaves the address of each package to npm", () => {
  const lock = readFileSync(path.join(repository, "package-lock.json"), "utf8");
  expect(lock).not.toContain('"resolved"');
  expect(lock).toContain('"integrity"');
});

test("no file is larger than 1 MB", () => {
  expect(files.filter((file) => statSync(path.join(repository, file)).size > 1_000_000)).toEqual([]);
});

describe("the sources", () => {
  test.each([
    ["skip or single out tests", new RegExp(String.raw`\b(?:test|it|describe)\.(?:sk` + String.raw`ip|on` + String.raw`ly|to` + String.raw`do|fa` + String.raw`ils)\b`)],
    ["silence the compiler or the linter", new RegExp("@ts-ig" + "nore|@ts-no" + "check|@ts-ex" + "pect-error|eslint-dis" + "able")],
  ])("do not %s", (_what, pattern) => {
    expect(places(sources, pattern)).toEqual([]);
  });
});

test("file names are in kebab case", () => {
  const names = sources.map(({ file }) => path.basename(file));
  expect(names.filter((name) => !/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z]+)*\.(?:ts|mts|mjs)$/.test(name))).toEqual([]);
});

test.each(["bin/dsco.mjs", ".ci/run", "test/vscode/code.mjs"])("%s is executable", (file) => {
  expect(statSync(path.join(repository, file)).mode & 0o111).toBe(0o111);
});

const documents = textFiles.filter(({ file }) => file.endsWith(".md"));

test("every link of a document to a file of the project leads to one", () => {
  const links = documents.flatMap(({ file, text }) =>
    [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, target]) => target ?? "").filter((target) => !/^[a-z]+:/.test(target)).map((target) => path.posix.join(path.dirname(file), target)),
  );
  expect(links).toContain("docs/images/hover.png");
  expect(links.filter((target) => !existsSync(path.join(repository, target)))).toEqual([]);
});

test("every picture in docs/images is shown by a document", () => {
  const shown = documents.map(({ text }) => text).join("\n");
  expect(files.filter((file) => file.startsWith("docs/images/") && !shown.includes(file))).toEqual([]);
});

test("the documents name only npm scripts that exist", () => {
  const named = documents.flatMap(({ text }) => [...text.matchAll(/\bnpm run ([a-z][\w:-]*)/g)].map(([, script]) => script));
  expect(named.filter((script) => script === undefined || !(script in manifest.scripts))).toEqual([]);
});
