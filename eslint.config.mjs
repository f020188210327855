import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist/", "node_modules/", ".vscode-test/", ".cache/", "**/out/"] },
  ...tseslint.configs.recommended,
  {
    files: ["**/*.{ts,mts,mjs}"],
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", caughtErrorsIgnorePattern: "^_" }],
      "eqeqeq": "error",
      "no-console": "off",
      "prefer-const": "error",
    },
  },
);
