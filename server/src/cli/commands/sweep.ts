import { bindDeclaration, didYouMean, fileScope, nearest } from "../../core";
import {
  adviceFor, designsOf, frontDesigns, gaps, headerLine, headerOf, readRun, spaceOf, stretchLine, tableOf, tallyOf, taskOf,
  type RunHeader, type Space, type Stretch,
} from "../../explore";
import type { CommandHost } from "../../hosts/command-host";
import { formatGrouped } from "../../units";
import { WrongUse, type Command, type ExitCode } from "../command";
import { openDesign } from "../design";
import { formatOption, hasFlag, setHelp, setOption, whatIfs } from "../options";
import { csvOf, jsonLinesOf, resultFormats, type ResultFormat } from "../sweep/formats";
import { summaryText } from "../sweep/summary";
import { version } from "../version";

export const sweep: Command = {
  name: "sweep",
  usage: "sweep FILE NAME [--format csv|jsonl|parquet] [--out FILE] [--resume] [--jobs N] [--shard I/N] [--set NAME.path=VALUE]…\n       dsco sweep merge FILES… --out FILE [--format csv|jsonl|parquet]",
  summary: "search a design space",
  details: `Tries every design of the sweep NAME in FILE, in N threads, and shows those that no other one
beats, and why the others are left out: layouts that do not run, memory, the sweep's \`where\`
and the plan's \`require\`. Its \`budget\` is the most that is tried: a larger space is refused.

  --out FILE              writes every design that meets everything, one a row: its number, the
                          choices, the objectives in base units, and whether it is on the front
  --format csv|jsonl|parquet
                          of FILE (default: by its ending), or without --out of the output
  --jobs N                threads (default: one for each core)
  --resume                goes on where a run with the same --out was ended
  --shard I/N             tries the I-th of N equal parts, from 1 to N: one a job of an array.
                          Beside FILE stands FILE.run, which \`dsco sweep merge\` needs
  merge FILES… --out FILE puts the shards of one sweep together: the same rows as one run's
${setHelp}`,
  options: {
    format: { type: "string" }, out: { type: "string" }, resume: { type: "boolean" }, jobs: { type: "string" }, shard: { type: "string" }, ...setOption,
  },
  run: async (given, host): Promise<ExitCode> => {
    const [first, ...others] = given.positionals;
    const out = given.options.get("out")?.[0];
    const format = formatOf(given, out);
    if (first === "merge") return merge(others, out, format, host);
    const [name, ...more] = others;
    if (first === undefined || name === undefined || more.length > 0) throw new WrongUse(`name a file and a sweep: \`${host.program} sweep FILE NAME\``);
    const design = await openDesign([first], whatIfs(given), host);
    const space = spaceNamed(design.workspace, host.uriOf(first), name);
    if (typeof space === "string") {
      host.printError(`dsco sweep: ${space}${space.endsWith("?") ? "" : "."}\n`);
      return 1;
    }
    if (space.size > space.budget) {
      throw new WrongUse(`${name} has ${formatGrouped(space.size)} designs, more than its \`budget\` of ${formatGrouped(space.budget)}: write a larger \`budget\` or fewer values`);
    }
    const [from, to] = shardOf(given.options.get("shard")?.[0], space.size);
    const isShard = given.options.has("shard");
    if (hasFlag(given, "resume") && out === undefined) throw new WrongUse("--resume needs --out: it goes on with the file of an earlier run");
    if (isShard && out === undefined) throw new WrongUse("--shard needs --out: `dsco sweep merge` puts the files together");
    if (format === "parquet" && out === undefined) throw new WrongUse("--format parquet needs --out");
    const header = headerOf(space, version, from, to);
    const stretches = await triedStretches({ space, header, out, resume: hasFlag(given, "resume"), jobs: jobsOf(given.options.get("jobs")?.[0], host), host });
    const tally = tallyOf(space);
    for (const stretch of stretches) tally.add(stretch);
    if (out !== undefined) {
      await writeTable(out, format ?? "csv", header, stretches, host);
      if (!isShard) host.remove(recordPath(out));
    } else if (format !== undefined) {
      for (const line of textTable(format, header, stretches)) host.print(line);
      return 0;
    }
    const reasons = tally.reasons();
    host.print(summaryText({
      space, header, tried: tally.tried(), feasible: tally.feasible(), front: tally.front.designs(), reasons,
      advice: tally.feasible() === 0 && !isShard ? adviceFor(space, reasons) : [],
    }));
    return 0;
  },
};

const recordPath = (out: string): string => `${out}.run`;

function formatOf(given: Parameters<Command["run"]>[0], out: string | undefined): ResultFormat | undefined {
  if (given.options.has("format")) return formatOption(given, resultFormats);
  if (out === undefined) return undefined;
  const ending = /\.(csv|jsonl|parquet)$/.exec(out)?.[1];
  const format = resultFormats.find((candidate) => candidate === ending);
  if (!format) throw new WrongUse(`${out} does not end in .csv, .jsonl or .parquet: say --format`);
  return format;
}

/** The space, or why there is none as a clause. */
function spaceNamed(workspace: Space["workspace"], uri: string, name: string): Space | string {
  const scope = fileScope(workspace, uri);
  const sweeps = (scope?.declarations ?? []).flatMap((node) => (node.kind === "declaration" && node.keyword === "sweep" ? [node] : []));
  const node = sweeps.find((candidate) => candidate.name?.text === name);
  const declaration = scope && node && bindDeclaration(workspace, node, scope);
  if (!declaration) {
    const names = sweeps.flatMap((candidate) => candidate.name?.text ?? []);
    return `the file has no sweep ${name}${names.length === 0 ? "" : didYouMean(nearest(name, names)).replace(/`/g, "") || `: it has ${names.join(", ")}`}`;
  }
  const found = spaceOf(workspace, declaration);
  return found.kind === "space" ? found.space : `${name}: ${found.reason}`;
}

/** The designs of a shard; all of them where none is named. Parts differ by one design at most. */
function shardOf(text: string | undefined, size: number): readonly [from: number, to: number] {
  if (text === undefined) return [0, size];
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const [part, parts] = [Number(match?.[1]), Number(match?.[2])];
  if (!match || parts < 1 || part < 1 || part > parts) throw new WrongUse(`--shard takes I/N with I from 1 to N, such as 1/8: found ${text}`);
  return [Math.floor((size * (part - 1)) / parts), Math.floor((size * part) / parts)];
}

function jobsOf(text: string | undefined, host: CommandHost): number {
  if (text === undefined) return host.cores;
  const jobs = Number(text);
  if (!Number.isInteger(jobs) || jobs < 1) throw new WrongUse(`--jobs takes a number of threads: found ${text}`);
  return jobs;
}

interface Run {
  readonly space: Space;
  readonly header: RunHeader;
  readonly out: string | undefined;
  readonly resume: boolean;
  readonly jobs: number;
  readonly host: CommandHost;
}

/** Designs that a thread tries before it answers: short enough to lose little, long enough to cost nothing. */
const stretchLength = 2000;

/** Tries what is left to try, and writes down every stretch as soon as it is there. */
async function triedStretches({ space, header, out, resume, jobs, host }: Run): Promise<readonly Stretch[]> {
  const known = out === undefined ? [] : recorded(out, header, resume, host);
  const note = (text: string): void => {
    if (out === undefined) return;
    const written = host.append(recordPath(out), text);
    if (written.kind === "failed") throw new WrongUse(`${recordPath(out)}: ${written.reason}`);
  };
  if (known.length === 0 && out !== undefined) host.remove(recordPath(out));
  if (known.length === 0) note(headerLine(header));
  const stretches = [...known];
  const left = gaps(header.from, header.to, known).flatMap(([from, to]) =>
    Array.from({ length: Math.ceil((to - from) / stretchLength) }, (_, index) => [from + index * stretchLength, Math.min(to, from + (index + 1) * stretchLength)] as const));
  if (left.length === 0) return stretches;
  const pool = (await host.sweepTools()).sweepPool(taskOf(space), Math.min(jobs, left.length));
  try {
    await Promise.all(left.map(async ([from, to]) => {
      const stretch = await pool.run(from, to);
      stretches.push(stretch);
      note(stretchLine(stretch));
    }));
  } finally {
    await pool.close();
  }
  return stretches;
}

/** What an ended run has written, where `--resume` asks for it. */
function recorded(out: string, header: RunHeader, resume: boolean, host: CommandHost): readonly Stretch[] {
  const path = recordPath(out);
  const read = host.read(path);
  if (read.kind !== "text" || !resume) return [];
  const run = readRun(read.text);
  if (run.kind === "broken") throw new WrongUse(`${path}: ${run.reason}; remove it to begin anew`);
  if (run.header.fingerprint !== header.fingerprint || run.header.from !== header.from || run.header.to !== header.to) {
    throw new WrongUse(`${path} is of another sweep or another shard: the design has changed since; remove it to begin anew`);
  }
  // a line that was torn off is written again
  const whole = host.save(path, read.text.slice(0, run.length));
  if (whole.kind === "failed") throw new WrongUse(`${path}: ${whole.reason}`);
  return run.stretches;
}

function textTable(format: ResultFormat, header: RunHeader, stretches: readonly Stretch[]): Iterable<string> {
  const table = tableOf(header, stretches);
  return format === "jsonl" ? jsonLinesOf(table) : csvOf(table);
}

async function writeTable(out: string, format: ResultFormat, header: RunHeader, stretches: readonly Stretch[], host: CommandHost): Promise<void> {
  const bytes = format === "parquet" ? (await host.sweepTools()).parquetOf(tableOf(header, stretches)) : textTable(format, header, stretches);
  const written = host.save(out, bytes);
  if (written.kind === "failed") throw new WrongUse(`${out}: ${written.reason}`);
}

async function merge(files: readonly string[], out: string | undefined, format: ResultFormat | undefined, host: CommandHost): Promise<ExitCode> {
  if (files.length === 0 || out === undefined) throw new WrongUse(`name the shards and where to put them together: \`${host.program} sweep merge FILES… --out FILE\``);
  const runs = files.map((file) => {
    const path = file.endsWith(".run") ? file : recordPath(file);
    const read = host.read(path);
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
