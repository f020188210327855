/** What a user can act on: one sentence, printed without a stack. */
export class Failure extends Error {}

/** Runs a script's main function: a `Failure` is one sentence and exit code 1, anything else is a fault of ours. */
export async function runScript(/** @type {() => Promise<number | void>} */ main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** The sentence for a failed read or write below `folder`, or undefined when the error is something else. */
export function diskFailure(/** @type {unknown} */ error, /** @type {string} */ what, /** @type {string} */ folder) {
  const code = /** @type {NodeJS.ErrnoException} */ (error)?.code;
  const reasons = new Map([
    ["ENOSPC", `no space is left on the disk of ${folder}`],
    ["EDQUOT", `the disk quota of ${folder} is used up`],
    ["EACCES", `${folder} cannot be written`],
    ["EPERM", `${folder} cannot be written`],
    ["EROFS", `${folder} is on a read-only disk`],
  ]);
  const reason = reasons.get(String(code));
  return reason === undefined ? undefined : new Failure(`${what}: ${reason}.`);
}
