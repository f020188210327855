/** What the client's texts use of VS Code's API, in its default language. Tests that need an editor run in one (test/vscode). */
export const l10n = {
  t: (message: string, ...args: readonly (string | number | boolean)[]): string =>
    message.replace(/\{(\d+)\}/g, (place, index: string) => String(args[Number(index)] ?? place)),
};
