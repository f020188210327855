// The assertions that the suite uses, where Node's own do not exist: the suite also runs in a browser.

function fail(message: string | undefined, otherwise: string): never {
  throw new Error(message === undefined ? otherwise : `${message}: ${otherwise}`);
}

const shown = (value: unknown): string => (value instanceof RegExp ? String(value) : (JSON.stringify(value) ?? String(value)));

export function ok(value: unknown, message?: string): asserts value {
  if (!value) fail(message, `${shown(value)} is not true`);
}

export function equal(actual: unknown, expected: unknown, message?: string): void {
  if (!Object.is(actual, expected)) fail(message, `${shown(actual)} is not ${shown(expected)}`);
}

export function notEqual(actual: unknown, expected: unknown, message?: string): void {
  if (Object.is(actual, expected)) fail(message, `it is ${shown(expected)}`);
}

/** Of what JSON can say. */
export function deepEqual(actual: unknown, expected: unknown, message?: string): void {
  if (shown(actual) !== shown(expected)) fail(message, `${shown(actual)} is not ${shown(expected)}`);
}

export function match(text: string, pattern: RegExp, message?: string): void {
  if (!pattern.test(text)) fail(message, `${shown(text)} does not match ${pattern}`);
}

export async function rejects(promise: Promise<unknown>, pattern: RegExp): Promise<void> {
  const fault: unknown = await promise.then(() => undefined, (reason: unknown) => reason);
  if (fault === undefined) fail(undefined, `it did not fail with ${pattern}`);
  match(fault instanceof Error ? fault.message : String(fault), pattern);
}
