import type { Disposable } from "vscode";
import { commands, window } from "vscode";

/**
 * Registers a command whose failure is one sentence to the user, never an unhandled rejection. `failure` makes that
 * sentence of the reason: a whole one, so that it can be translated.
 */
export function registerCommand<Arguments extends readonly unknown[]>(
  id: string,
  failure: (reason: string) => string,
  run: (...args: Arguments) => Promise<void>,
): Disposable {
  return commands.registerCommand(id, async (...args: Arguments) => {
    try {
      await run(...args);
    } catch (error) {
      void window.showErrorMessage(failure(error instanceof Error ? error.message : String(error)));
    }
  });
}
