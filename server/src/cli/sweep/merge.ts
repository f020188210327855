/** `dsco sweep merge`: shards of one sweep as the file that one run writes. */

import { designsOf, frontDesigns, gaps, readRun, type RunHeader } from "../../explore";
import type { CommandHost } from "../../hosts/command-host";
import { formatGrouped } from "../../units";
import { WrongUse, type ExitCode } from "../command";
import type { ResultFormat } from "./formats";
import { recordPath } from "./record-file";
import { writeTable } from "./write";

/** Throws `WrongUse` where the files are not the shards of one sweep, each complete and all there. */
export async function merge(files: readonly string[], out: string | undefined, format: ResultFormat | undefined, host: CommandHost): Promise<ExitCode> {
  if (files.length === 0 || out === undefined) throw new WrongUse(`name the shards and where to put them together: \`${host.program} sweep merge FILES… --out FILE\``);
  const runs = files.map((file) => {
    const path = file.endsWith(".run") ? file : recordPath(file);
    const read = host.readRecord(path);
    if (read.kind !== "text") throw new WrongUse(`${path}: ${read.reason}; a shard's record stands beside its file`);
    const run = readRun(read.text);
    if (run.kind === "broken") throw new WrongUse(`${path}: ${run.reason}`);
    const [gap] = gaps(run.header.from, run.header.to, run.stretches);
    if (gap) throw new WrongUse(`${path} is not complete: designs ${formatGrouped(gap[0])} to ${formatGrouped(gap[1] - 1)} are missing; \`--resume\` finishes it`);
    return { path, ...run };
  });
  const [first, ...others] = runs;
  if (!first) return 2;
  const stranger = others.find(({ header }) => header.fingerprint !== first.header.fingerprint);
  if (stranger) throw new WrongUse(`${stranger.path} is of another sweep than ${first.path}`);
  const ordered = [...runs].sort((left, right) => left.header.from - right.header.from);
  const twice = ordered.find((run, index) => index > 0 && run.header.from < (ordered[index - 1]?.header.to ?? 0));
  if (twice) throw new WrongUse(`${twice.path} has designs that another file has too: designs ${formatGrouped(twice.header.from)} and on`);
  const [missing] = gaps(0, first.header.size, ordered.map(({ header }) => header));
  if (missing) throw new WrongUse(`designs ${formatGrouped(missing[0])} to ${formatGrouped(missing[1] - 1)} are in none of the files`);
  const whole: RunHeader = { ...first.header, from: 0, to: first.header.size };
  const stretches = ordered.flatMap((run) => run.stretches);
  await writeTable(out, format ?? "csv", whole, stretches, host);
  const feasible = stretches.reduce((count, { indices }) => count + indices.length, 0);
  host.print(`${formatGrouped(whole.size)} designs of ${files.length} ${files.length === 1 ? "file" : "files"}, ${formatGrouped(feasible)} meet everything, ${formatGrouped(frontDesigns(whole, designsOf(whole, stretches)).length)} on the front: ${out}\n`);
  return 0;
}
