import { readFileSync, existsSync } from "node:fs";
import path from "node:path";
import { listFiles, PackageManager } from "@vscode/vsce";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { toolNames } from "../../client/src/features/language-tools/tool-names";
import { allBundles, browserBundles, nodeBundles, webviewBundles } from "../../scripts/bundles.mjs";
import { tools } from "../../server/src/agents";
import type { DscoCommands } from "../../server/src/lsp/protocol";
import { defaultSettings, readSettings } from "../../server/src/lsp/settings";
import { localizedManifest as manifest } from "../kit/manifest";
import { repository, sourceFiles } from "../kit/repository";

const { contributes } = manifest;
const sources = (folder: string) => sourceFiles(folder).map((file) => readFileSync(path.join(repository, file), "utf8")).join("\n");

/** Every file that the manifest names, apart from the bundles in dist/. */
const namedFiles = [
  manifest.icon,
  manifest.bin.dsco,
  ...contributes.languages.flatMap(({ configuration, icon }) => [configuration, icon.light, icon.dark]),
  ...contributes.grammars.map((grammar) => grammar.path),
  ...contributes.snippets.map((snippets) => snippets.path),
  ...contributes.viewsContainers.activitybar.map(({ icon }) => icon),
  ...Object.values(contributes.views).flat().map(({ icon }) => icon),
  ...contributes.walkthroughs.flatMap(({ steps }) => steps.flatMap(({ media }) => Object.values(media).filter((value) => /^client\//.test(value)))),
];

test.each(namedFiles)("%s exists", (file) => {
  expect(existsSync(path.join(repository, file))).toBe(true);
});

const packed = readFileSync(path.join(repository, ".vscodeignore"), "utf8").split("\n");

test.each([
  ["main", manifest.main, nodeBundles.entryPoints.extension], ["browser", manifest.browser, browserBundles.entryPoints["extension.browser"]],
])("the build makes the bundle that `%s` names, and the package holds it", (_, bundle, entry) => {
  expect(path.posix.normalize(bundle)).toBe(`dist/${path.basename(entry, ".ts")}.js`);
  expect(packed).toContain(`!${path.posix.normalize(bundle)}`);
});

test("the bundles that the extension starts are built and packed", () => {
  const started = [...sources("client/src").matchAll(/"(dist\/[\w.]+\.js)"/g)].map(([, file]) => file ?? "");
  expect(started).toContain("dist/server.browser.js");
  const built = allBundles.flatMap(({ entryPoints }) => Object.keys(entryPoints)).map((name) => `dist/${name}.js`);
  expect(started.filter((file) => !built.includes(file) || !packed.includes(`!${file}`))).toEqual([]);
});

test("the pages of webviews are packed, each with its style, and one that is open starts the extension after a reload", () => {
  const kinds = [...sources("client/src").matchAll(/viewType: "([\w.]+)",\s*bundle: "([\w-]+)"/g)].map(([, viewType = "", bundle = ""]) => ({ viewType, bundle }));
  expect(kinds.map(({ bundle }) => `webview/${bundle}`).toSorted()).toEqual(Object.keys(webviewBundles.entryPoints).toSorted());
  expect(packed).toEqual(expect.arrayContaining(["!dist/webview/*.js", "!dist/webview/*.css"]));
  expect(manifest.activationEvents).toEqual(expect.arrayContaining(kinds.map(({ viewType }) => `onWebviewPanel:${viewType}`)));
  for (const source of Object.values(webviewBundles.entryPoints)) expect(readFileSync(path.join(repository, source), "utf8")).toMatch(/^import "\.\/[\w-]+\.css";$/m);
});

test("the extension of the web holds nothing of Node", async () => {
  const { metafile } = await build({
    ...browserBundles, absWorkingDir: repository, entryPoints: [browserBundles.entryPoints["extension.browser"]], write: false, metafile: true, logLevel: "error",
  });
  expect(new Set(Object.values(metafile.outputs).flatMap(({ imports }) => imports.map((found) => found.path)))).toEqual(new Set(["vscode"]));
});

test("the package holds what the manifest names and nothing that is not needed", async () => {
  const listed = (await listFiles({ cwd: repository, packageManager: PackageManager.None })).filter((file) => !file.startsWith("dist/"));
  const expected = [
    "package.json", "package.nls.json", "l10n/bundle.l10n.json", "README.md", "CHANGELOG.md", "LICENSE",
    ...namedFiles.filter((file) => file !== manifest.bin.dsco).map((file) => path.normalize(file)),
  ];
  expect(listed.toSorted()).toEqual([...new Set(expected)].toSorted());
}, 60_000);

test("each command is registered, and each registered command is contributed or named by the server", () => {
  const registered = [...sources("client/src").matchAll(/registerCommand(?:<[^(]*>)?\(\s*"(dsco\.\w+)"/g)].map(([, id]) => id);
  const namedByServer: readonly (keyof DscoCommands)[] = ["dsco.showExplanation"];
  expect(registered.toSorted()).toEqual([...contributes.commands.map(({ command }) => command), ...namedByServer].toSorted());
});

test("each view stands in a container of the extension, and is made by it", () => {
  expect(Object.keys(contributes.views)).toEqual(contributes.viewsContainers.activitybar.map(({ id }) => id));
  const made = [...sources("client/src").matchAll(/createTreeView\("([\w.]+)"/g)].map(([, id]) => id);
  expect(made.toSorted()).toEqual(Object.values(contributes.views).flat().map(({ id }) => id).toSorted());
});

test("each step of the walkthrough names commands that exist and a picture with words, or a page", () => {
  const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);
  const commands = [...contributes.commands.map(({ command }) => command), "dsco.showExplanation", "editor.action.quickFix"];
  const linked = (description: string) => [...description.matchAll(/\(command:([\w.]+)(\?[^)]*)?\)/g)];
  expect(steps.length).toBeGreaterThan(2);
  for (const { description, media, completionEvents } of steps) {
    expect(linked(description).length).toBeGreaterThan(0);
    expect(linked(description).map(([, command]) => command).filter((command) => !commands.includes(command ?? ""))).toEqual([]);
    expect(completionEvents.map((event) => event.replace(/^onCommand:/, "")).filter((command) => !commands.includes(command))).toEqual([]);
    expect("markdown" in media || "altText" in media).toBe(true);
    // What a link hands to its command is JSON.
    for (const [, , query] of linked(description)) if (query !== undefined) expect(() => JSON.parse(decodeURIComponent(query.slice(1))) as unknown).not.toThrow();
  }
});

describe("settings", () => {
  const properties = Object.entries(contributes.configuration.properties);

  test.each(properties)("%s has a default and says what it does", (_name, property) => {
    expect(property.default).toBeDefined();
    expect(property.markdownDescription.length).toBeGreaterThan(40);
    expect(property.markdownDescription).toMatch(/\.$/);
  });

  test("the manifest offers exactly what the server and the client library read, with the same defaults", () => {
    expect(Object.fromEntries(properties.map(([name, property]) => [name, property.default]))).toEqual({
      ...flattened("dsco", defaultSettings),
      // Read by vscode-languageclient under the id of its client.
      "dsco.trace.server": "messages",
    });
    expect(sources("client/src")).toContain('new LanguageClient("dsco",');
  });

  test("the server takes each setting from the editor", () => {
    const other = {
      codeLens: { enabled: false, models: false, hardware: false, layouts: false, plans: false, actions: false },
      inlayHints: { enabled: false, defaults: false, derivedValues: false, measuredRatios: false },
      diagnostics: { severity: { DSCO7001: "off" } },
      sequenceLength: 1, contextLength: 2,
    };
    expect(Object.keys(flattened("dsco", other)).sort()).toEqual(Object.keys(flattened("dsco", defaultSettings)).sort());
    expect(readSettings(other)).toEqual(other);
  });
});

/** `{ codeLens: { enabled: true } }` as `{ "dsco.codeLens.enabled": true }`. The severities are one setting, a table by codes. */
function flattened(prefix: string, settings: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]: [string, unknown]) =>
      typeof value === "object" && value !== null && name !== "severity" ? Object.entries(flattened(`${prefix}.${name}`, value)) : [[`${prefix}.${name}`, value]],
    ),
  );
}

describe("tools of language models", () => {
  const { languageModelTools } = contributes;

  test("the extension registers those of the manifest, and the server answers them", () => {
    expect(languageModelTools.map(({ name }) => name)).toEqual(toolNames.map((name) => `dsco_${name}`));
    expect(toolNames).toEqual(tools.map(({ name }) => name));
  });

  test.each(languageModelTools.map((tool) => [tool.name, tool] as const))("%s has names that VS Code takes, and the schema that checks its input", (name, tool) => {
    expect(name).toMatch(/^(?!copilot_|vscode_)[\w-]+$/);
    expect(tool.toolReferenceName).toMatch(/^[\w-]+$/);
    expect(tool.inputSchema).toEqual(tools.find((candidate) => `dsco_${candidate.name}` === name)?.inputSchema());
    // Elsewhere in the chat `report` may be a tool of somebody else.
    for (const other of toolNames) expect(tool.modelDescription).not.toContain(`\`${other}\``);
  });
});

test("the extension asks for no newer VS Code than the one whose API it is compiled against", () => {
  expect(manifest.engines.vscode).toBe(`^${manifest.devDependencies["@types/vscode"]}`);
});

test("the language server starts for the language that the manifest declares", () => {
  expect(contributes.languages.map(({ id }) => id)).toEqual(["dsco"]);
  expect(manifest.activationEvents).toContain("onLanguage:dsco");
  expect(contributes.languages[0]?.extensions).toEqual([".dsco"]);
  expect(contributes.grammars[0]).toMatchObject({ language: "dsco", scopeName: "source.dsco" });
});

test("every address of the project is of one repository", () => {
  const repositoryUrl = manifest.repository.url.replace(/\.git$/, "");
  expect(manifest.bugs.url).toBe(`${repositoryUrl}/issues`);
  expect(manifest.homepage).toBe(`${repositoryUrl}#readme`);
});

test("every dependency has one exact version and is bundled", () => {
  expect(manifest).not.toHaveProperty("dependencies");
  for (const version of Object.values(manifest.devDependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
});

test("the icon is a square PNG of at least 128 pixels", () => {
  const icon = readFileSync(path.join(repository, manifest.icon));
  expect(icon.subarray(1, 4).toString("latin1")).toBe("PNG");
  const [width, height] = [icon.readUInt32BE(16), icon.readUInt32BE(20)];
  expect(width).toBe(height);
  expect(width).toBeGreaterThanOrEqual(128);
});
