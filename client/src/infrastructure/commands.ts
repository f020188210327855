import type { Disposable } from "vscode";
import { commands, window } from "vscode";

/** Registers a command whose failure is one sentence to the user, never an unhandled rejection. */
export function registerCommand<Arguments extends readonly unknown[]>(
  id: string,
  what: string,
  run: (...args: Arguments) => Promise<void>,
): Disposable {
  return commands.registerCommand(id, async (...args: Arguments) => {
    try {
      await run(...args);
    } catch (error) {
      void window.showErrorMessage(`dsco could not ${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
}
