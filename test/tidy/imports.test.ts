// The rooms of the house and which may know which. See server/ARCHITECTURE.md.
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { repository, sourceFiles } from "../kit/repository";

/** What each room may import: other rooms, and packages (`node:` stands for all of Node's own). */
const rooms: Record<string, { readonly rooms: readonly string[]; readonly packages: readonly string[] }> = {
  "grammar/src": { rooms: [], packages: ["chevrotain"] },
  "server/src/units": { rooms: [], packages: [] },
  "server/src/std": { rooms: [], packages: [] },
  "server/src/evidence": { rooms: [], packages: [] },
  "server/src/cost": { rooms: ["units"], packages: [] },
  "server/src/core": { rooms: ["grammar", "units"], packages: ["zod"] },
  "server/src/analysis": { rooms: ["grammar", "units", "std", "cost", "core"], packages: ["zod"] },
  "server/src/import": { rooms: ["grammar", "units", "std", "cost", "core", "analysis"], packages: ["zod"] },
  "server/src/rules": { rooms: ["grammar", "units", "std", "cost", "core", "analysis"], packages: [] },
  "server/src/explore": { rooms: ["grammar", "units", "std", "cost", "core", "analysis", "rules"], packages: ["zod"] },
  "server/src/drawing": { rooms: ["units", "cost", "core", "analysis"], packages: [] },
  "server/src/ide": { rooms: ["grammar", "units", "std", "cost", "core", "analysis", "rules", "explore", "drawing"], packages: [] },
  "server/src/design": { rooms: ["grammar", "units", "std", "cost", "core", "analysis", "rules", "explore", "drawing", "ide"], packages: [] },
  "server/src/agents": { rooms: ["grammar", "units", "std", "cost", "core", "analysis", "rules", "explore", "ide", "design"], packages: ["zod"] },
  "server/src/lsp": {
    rooms: ["grammar", "units", "std", "cost", "core", "analysis", "import", "rules", "explore", "drawing", "ide", "design", "agents"],
    packages: ["vscode-languageserver"],
  },
  "server/src/mcp": { rooms: ["core", "rules", "agents"], packages: ["@modelcontextprotocol/sdk"] },
  "server/src/hosts": { rooms: ["grammar", "units", "std", "cost", "core", "analysis", "rules", "explore", "ide", "agents", "mcp", "lsp"], packages: ["node:", "tinypool", "hyparquet-writer"] },
  "server/src/cli": { rooms: ["grammar", "units", "std", "evidence", "cost", "core", "analysis", "import", "rules", "explore", "drawing", "ide", "design", "hosts"], packages: ["node:"] },
  "client/src": { rooms: ["lsp", "webview"], packages: ["vscode", "vscode-languageclient", "node:"] },
  "client/webview": { rooms: ["lsp", "drawing"], packages: [] },
};

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

/** Imports, re-exports and `import("…")`, with their line ends folded. */
function importsOf(text: string): readonly Import[] {
  const statements = text.matchAll(/^(?:import|export)\s+(type\s)?(?:[^;"']*?\sfrom\s+)?"([^"]+)"/gm);
  const dynamic = text.matchAll(/\b(?:import|require)\(\s*"([^"]+)"/g);
  return [
    ...[...statements].map(([, type, specifier]) => ({ specifier: specifier ?? "", typeOnly: type !== undefined })),
    ...[...dynamic].map(([, specifier]) => ({ specifier: specifier ?? "", typeOnly: false })),
  ];
}

const roomOf = (file: string) => Object.keys(rooms).find((room) => file.startsWith(`${room}/`));
const shortName = (room: string) => (room === "grammar/src" ? "grammar" : path.basename(room));

/** What is wrong with one import; undefined when the house allows it. */
function troubleOf(file: string, { specifier, typeOnly }: Import): string | undefined {
  const room = roomOf(file);
  if (room === undefined) return `${file} stands in no room`;
  const allowed = rooms[room];
  if (specifier.startsWith(".")) {
    if (/\.(ts|js)$/.test(specifier)) return `${file} names a file extension in ${specifier}`;
    const target = path.join(path.dirname(file), specifier);
    if (target === "package.json" && room.startsWith("server/")) return undefined; // For the version.
    // A room's own door is the folder itself: `../../../grammar/src`.
    const targetRoom = roomOf(`${target}/`);
    if (targetRoom === room) return undefined;
    if (targetRoom === undefined) return `${file} reaches out of the rooms: ${specifier}`;
    if (!allowed?.rooms.includes(shortName(targetRoom))) return `${shortName(room)} may not import ${shortName(targetRoom)}: ${file}`;
    const isShared = target === "server/src/lsp/protocol" || /^client\/webview\/\w+\/messages$/.test(target);
    if (room === "client/webview" && target === "server/src/drawing/colours") return undefined; // Constants: the names of what a page must colour.
    if (room.startsWith("client/") && !(isShared && typeOnly)) return `${file} imports more than the types of messages: ${specifier}`;
    return undefined;
  }
  const name = specifier.startsWith("node:") ? "node:" : specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
  return allowed?.packages.includes(name) ? undefined : `${shortName(room)} may not import ${specifier}: ${file}`;
}

const files = ["grammar/src", "server/src", "client/src", "client/webview"].flatMap(sourceFiles);

test("the sources are found", () => {
  expect(files).toContain("server/src/lsp/protocol/index.ts");
  expect(files).toContain("grammar/src/ast.ts");
});

test.each(files)("%s imports what its room may", (file) => {
  const text = readFileSync(path.join(repository, file), "utf8");
  const troubles = importsOf(text).flatMap((found) => troubleOf(file, found) ?? []);
  expect(troubles).toEqual([]);
});

test.each(files.filter((file) => file.startsWith("server/src/lsp/protocol/")))("%s, which client and server share, imports nothing but types of its folder", (file) => {
  const imports = importsOf(readFileSync(path.join(repository, file), "utf8"));
  expect(imports.filter(({ specifier, typeOnly }) => !typeOnly || !/^\.\/\w+$/.test(specifier))).toEqual([]);
});

describe("the rules of this test", () => {
  test.each([
    ['import type { A } from "./a";', [{ specifier: "./a", typeOnly: true }]],
    ['import {\n  a,\n  b,\n} from "zod";\nimport "./c";', [{ specifier: "zod", typeOnly: false }, { specifier: "./c", typeOnly: false }]],
    ['export * from "../d";\nexport type { E } from "./e";', [{ specifier: "../d", typeOnly: false }, { specifier: "./e", typeOnly: true }]],
    ['const f = await import("node:fs");', [{ specifier: "node:fs", typeOnly: false }]],
    ['export const text = "no import";', []],
  ] satisfies [string, Import[]][])("%j is read", (text, expected) => {
    expect(importsOf(text)).toEqual(expected);
  });

  test.each([
    ["server/src/core/bind.ts", "../ide/hover", false, "core may not import ide"],
    ["server/src/cost/term.ts", "../core", true, "cost may not import core"],
    ["server/src/core/source.ts", "node:fs", false, "core may not import node:fs"],
    ["server/src/ide/hover.ts", "vscode-languageserver/node", true, "ide may not import vscode-languageserver/node"],
    ["client/src/extension.ts", "../../server/src/lsp/protocol", false, "imports more than the types of messages"],
    ["client/src/extension.ts", "../../server/src/lsp/server", true, "imports more than the types of messages"],
    ["client/src/extension.ts", "../webview/report/messages", false, "imports more than the types of messages"],
    ["client/src/extension.ts", "../webview/page", true, "imports more than the types of messages"],
    ["client/webview/report/main.ts", "../../src/extension", true, "webview may not import src"],
    ["client/webview/report/main.ts", "vscode", true, "webview may not import vscode"],
    ["grammar/src/parser.ts", "../../server/src/units", true, "grammar may not import units"],
    ["server/src/core/bind.ts", "../../../test/kit/repository", false, "reaches out of the rooms"],
    ["server/src/core/bind.ts", "./source.ts", false, "names a file extension"],
  ])("%s may not import %s", (file, specifier, typeOnly, trouble) => {
    expect(troubleOf(file, { specifier, typeOnly })).toContain(trouble);
  });
});
