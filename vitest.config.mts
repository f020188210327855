import path from "node:path";
import { defineConfig } from "vitest/config";

/** `.dsco` files are text, in the tests as in the bundles (scripts/build.mjs). */
const dscoAsText = {
  name: "dsco-as-text",
  transform(source: string, id: string) {
    return id.endsWith(".dsco") ? { code: `export default ${JSON.stringify(source)};`, map: null } : null;
  },
};

export default defineConfig({
  // Outside VS Code there is no such module: what the client's texts need of it stands in the kit.
  resolve: { alias: { vscode: path.resolve(import.meta.dirname, "test/kit/vscode.ts") } },
  plugins: [dscoAsText],
  test: {
    setupFiles: ["test/kit/random.ts"],
    include: ["test/**/*.test.ts"],
    // The real VS Code tests have their own runner: test/vscode/run.mjs.
    exclude: ["test/vscode/**", "node_modules/**"],
    // A test fails by what it finds; this only ends one that hangs, on a machine however busy.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
