// Language server and command line as one bundle, for the extension, which starts both: four fifths of each are the same. Only
// the one that is asked for is run; in a thread of a sweep neither: it takes requests (`hosts/sweep-threads`).
import { isThread } from "../hosts/sweep-worker";

export { default } from "../hosts/sweep-worker";

if (!isThread) void (process.argv[2] === "lsp" ? import("../hosts/node") : import("./main"));
