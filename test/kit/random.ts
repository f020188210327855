// Property tests try other values at every run, but for the build that decides: there the same commit gives the same answer.
import fc from "fast-check";

if (process.env["CI"] === "true") fc.configureGlobal({ seed: 20_261_122 });
