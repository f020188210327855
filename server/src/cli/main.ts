import { nodeCommandHost } from "../hosts/node-command-host";
import { run } from "./run";

// No `process.exit`: what is still on its way to a pipe would be lost.
const host = nodeCommandHost();
run(process.argv.slice(2), host).then(
  (code) => {
    process.exitCode = Math.max(code, Number(process.exitCode ?? 0));
  },
  (fault: unknown) => {
    host.printError(`dsco: an error of dsco itself, please report it: ${fault instanceof Error ? fault.message : String(fault)}\n`);
    process.exitCode = 2;
  },
);
