import { starterFile } from "../../design";
import { WrongUse, type Command } from "../command";

const path = "design.dsco";

export const init: Command = {
  name: "init",
  usage: "init",
  summary: "write a small design to start from",
  details: `Writes ${path} into the current folder. A file of that name is never touched.`,
  options: {},
  run: (given, host) => {
    if (given.positionals.length > 0) throw new WrongUse(`it takes no file: it writes ${path}`);
    const written = host.create(path, starterFile(host.program, path));
    if (written.kind === "failed") throw new WrongUse(`${path}: ${written.reason}`);
    host.print(`Wrote ${path}. Next: ${host.program} report ${path}\n`);
    return 0;
  },
};
