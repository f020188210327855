// Language server and command line as one bundle, for the extension, which starts both: four fifths of each are the same. Only
// the one that is asked for is run.
if (process.argv[2] === "lsp") void import("../hosts/node");
else void import("./main");
