/**
 * Says on stderr what is being waited for: on a terminal one line that counts the seconds, elsewhere one line when it
 * starts and one when it is done.
 * @template T
 * @param {string} what "Fetching VS Code 1.100.3 (63 MB)"
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withProgress(what, work) {
  const start = Date.now();
  const seconds = () => `${((Date.now() - start) / 1000).toFixed(0)} s`;
  const terminal = process.stderr.isTTY;
  process.stderr.write(terminal ? `${what} …` : `${what} …\n`);
  const timer = terminal ? setInterval(() => process.stderr.write(`\r${what} … ${seconds()}`), 500) : undefined;
  let outcome = "failed";
  try {
    const result = await work();
    outcome = "done";
    return result;
  } finally {
    clearInterval(timer);
    process.stderr.write(`${terminal ? "\r" : ""}${what}: ${outcome} after ${seconds()}${terminal ? "   " : ""}\n`);
  }
}
