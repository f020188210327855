interface Test {
  readonly name: string;
  readonly run: () => Promise<void>;
}

const tests: Test[] = [];

/** Registers a test; they run one after another, in the order in which they were registered. */
export function test(name: string, run: () => Promise<void>): void {
  tests.push({ name, run });
}

/** What the runner is told, each as one line of JSON. */
export type Result = { readonly name: string; readonly passed: boolean; readonly milliseconds: number } | { readonly finished: true };

/** Runs every registered test, one after the other; each result is a line on the console, and reported. */
export async function runAll(report: (result: Result) => void | Promise<void>): Promise<number> {
  let failed = 0;
  for (const { name, run } of tests) {
    const start = Date.now();
    const error = await run().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const milliseconds = Date.now() - start;
    if (error !== undefined) failed += 1;
    console.log(`${error === undefined ? "  ✓" : "  ✗"} ${name} (${milliseconds} ms)${error === undefined ? "" : `\n    ${textOf(error)}`}`);
    await report({ name, passed: error === undefined, milliseconds });
  }
  await report({ finished: true });
  return failed;
}

function textOf(error: unknown): string {
  return (error instanceof Error ? (error.stack ?? error.message) : String(error)).replaceAll("\n", "\n    ");
}

/** For what a page beside the editor has said: VS Code takes up to half a minute to load the first one, where the worker that serves its files starts late. */
export const pageMilliseconds = 45_000;

/**
 * Waits until `look` gives something other than undefined and false, and gives that. The last error of `look` is the
 * failure's, so an assertion inside it explains what was seen.
 */
export async function until<Value>(
  what: string,
  look: () => Value | undefined | false | Promise<Value | undefined | false>,
  milliseconds = 10_000,
): Promise<Value> {
  const end = Date.now() + milliseconds;
  let lastError: unknown;
  do {
    try {
      const value = await look();
      if (value !== undefined && value !== false) return value;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  } while (Date.now() < end);
  throw new Error(`waited ${milliseconds} ms for ${what}${lastError === undefined ? "" : `: ${textOf(lastError)}`}`);
}
