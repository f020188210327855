// The standard library and the examples have nothing to be said of them, but that some figures come later, and what a published
// layout brings with it: how its layers come out on the stages, what of the cache stands on several GPUs, what an estimate misses.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { loadStandard, openWorkspace } from "../../../server/src/analysis";
import { checkFile } from "../../../server/src/rules";
import { standardLibrary } from "../../../server/src/std";
import { checkIn } from "../../kit/diagnostics";
import { repository } from "../../kit/repository";

const later = "DSCO2090";
const broughtAlong = ["DSCO5131", "DSCO5141", "DSCO6005"];

test.each([...standardLibrary.keys()])("%s", (uri) => {
  const found = checkFile(openWorkspace(loadStandard), uri);
  expect(found.filter((problem) => problem.code !== later).map((problem) => problem.message)).toEqual([]);
});

const folder = path.join(repository, "examples");

test.each(readdirSync(folder).filter((file) => file.endsWith(".dsco")))("examples/%s", (name) => {
  const found = checkIn(new Map([[name, readFileSync(path.join(folder, name), "utf8")]]), name);
  expect(found.filter((problem) => problem.code !== later && !broughtAlong.includes(problem.code)).map((problem) => problem.message)).toEqual([]);
});
