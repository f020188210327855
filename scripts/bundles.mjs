// What is bundled, and for which platform. The tests bundle in the same way.

/** @typedef {import("esbuild").BuildOptions & { readonly entryPoints: Record<string, string> }} Bundles */

const shared = {
  bundle: true,
  external: ["vscode"],
  loader: { ".dsco": /** @type {const} */ ("text") },
  legalComments: /** @type {const} */ ("none"),
};

/** @satisfies {Bundles} */
export const nodeBundles = {
  ...shared,
  entryPoints: {
    extension: "client/src/extension.ts",
    "extension-program": "server/src/cli/extension-program.ts",
    server: "server/src/hosts/node.ts",
    cli: "server/src/cli/main.ts",
    mcp: "server/src/hosts/mcp.ts",
    sweep: "server/src/hosts/sweep.ts",
    "sweep-worker": "server/src/hosts/sweep-worker.ts",
    // tinypool starts its threads with a file of its own, beside the bundle that it is part of
    "entry/worker": "./node_modules/tinypool/dist/entry/worker.js",
  },
  platform: /** @type {const} */ ("node"),
  target: "node20",
  format: /** @type {const} */ ("cjs"),
  // Both matter for the size and for the start of the server: the ES modules of the dependencies can be tree-shaken.
  mainFields: ["module", "main"],
  conditions: ["module"],
  define: { "import.meta.url": "importMetaUrl" },
  inject: ["scripts/import-meta-url.mjs"],
};

/** Nothing of Node may be imported: for this platform esbuild finds no `node:*`, and the build fails. */
const web = {
  ...shared,
  platform: /** @type {const} */ ("browser"),
  target: "es2022",
};

/** @satisfies {Bundles} */
export const browserBundles = {
  ...web,
  entryPoints: {
    "extension.browser": "client/src/extension.browser.ts",
    "server.browser": "server/src/hosts/browser.ts",
  },
  // VS Code runs the extension as a CommonJS module; the worker's script exports nothing.
  format: /** @type {const} */ ("cjs"),
  mainFields: ["browser", "module", "main"],
  conditions: ["browser", "module"],
};

/**
 * The pages that stand beside the editor, each a script and a style sheet of its own. They run in a webview: no Node, no VS Code.
 * @satisfies {Bundles}
 */
export const webviewBundles = {
  ...web,
  entryPoints: {
    "webview/report": "client/webview/report/main.ts",
    "webview/sweep": "client/webview/sweep/main.ts",
  },
  format: /** @type {const} */ ("iife"),
};

/** Everything that a build makes. */
export const allBundles = [nodeBundles, browserBundles, webviewBundles];
