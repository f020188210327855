import { bindDeclaration, didYouMean, fileScope, nearest } from "../../core";
import { adviceFor, headerOf, isSearched, spaceOf, tallyOf, type Side, type Space } from "../../explore";
import type { CommandHost } from "../../hosts/command-host";
import { formatGrouped } from "../../units";
import { WrongUse, type Command, type ExitCode } from "../command";
import { openDesign } from "../design";
import { formatOption, hasFlag, setHelp, setOption, whatIfs } from "../options";
import { triedStretches } from "../sweep/exhaust";
import { resultFormats, type ResultFormat } from "../sweep/formats";
import { inverseText } from "../sweep/inverse";
import { merge } from "../sweep/merge";
import { recordPath } from "../sweep/record-file";
import { searched } from "../sweep/search";
import { summaryText } from "../sweep/summary";
import { textTable, writeTable } from "../sweep/write";
import { version } from "../version";

export const sweep: Command = {
  name: "sweep",
  usage: "sweep FILE NAME [--format csv|jsonl|parquet] [--out FILE] [--resume] [--jobs N] [--shard I/N] [--set NAME.path=VALUE]…\n       dsco sweep FILE NAME --least PATH | --most PATH [--set NAME.path=VALUE]…\n       dsco sweep merge FILES… --out FILE [--format csv|jsonl|parquet]",
  summary: "search a design space",
  details: `Tries every design of the sweep NAME in FILE, in N threads, and shows those that no other one
beats, and why the others are left out: layouts that do not run, memory, the sweep's \`where\`
and the plan's \`require\`. Its \`budget\` is the most that is tried: a larger space is searched by
NSGA-II (Deb et al. 2002), the same way for the same \`seed\`, and what it finds is not proved.

  --out FILE              writes every design that meets everything, one a row: its number, the
                          choices, the objectives in base units, and whether it is on the front
  --format csv|jsonl|parquet
                          of FILE (default: by its ending), or without --out of the output
  --jobs N                threads (default: one for each core)
  --resume                goes on where a run with the same --out was ended
  --shard I/N             tries the I-th of N equal parts, from 1 to N: one a job of an array.
                          Beside FILE stands FILE.run, which \`dsco sweep merge\` needs
  --least PATH            the least value of PATH, a key that the sweep varies, with which a design
  --most PATH             meets everything, or the greatest: --least hardware.nodes. By bisection
                          where that is proved to find it, else one by one; the answer says which
  merge FILES… --out FILE puts the shards of one sweep together: the same rows as one run's
${setHelp}`,
  options: {
    format: { type: "string" }, out: { type: "string" }, resume: { type: "boolean" }, jobs: { type: "string" }, shard: { type: "string" },
    least: { type: "string" }, most: { type: "string" }, ...setOption,
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
    const question = questionOf(given);
    if (question) {
      host.print(inverseText(space, question.path, question.side));
      return 0;
    }
    const isSearch = isSearched(space);
    if (isSearch && given.options.has("shard")) {
      throw new WrongUse(`${name} has ${formatGrouped(space.size)} designs, more than its \`budget\` of ${formatGrouped(space.budget)}, so it is searched, and each step of a search rests on all before it: it has no shards; for shards write a larger \`budget\` or fewer values`);
    }
    const [from, to] = shardOf(given.options.get("shard")?.[0], space.size);
    const isShard = given.options.has("shard");
    if (hasFlag(given, "resume") && out === undefined) throw new WrongUse("--resume needs --out: it goes on with the file of an earlier run");
    if (isShard && out === undefined) throw new WrongUse("--shard needs --out: `dsco sweep merge` puts the files together");
    if (format === "parquet" && out === undefined) throw new WrongUse("--format parquet needs --out");
    const header = headerOf(space, version, from, to);
    const run = { space, header, out, resume: hasFlag(given, "resume"), jobs: jobsOf(given.options.get("jobs")?.[0], host), host };
    const stretches = isSearch ? [await searched(run)] : await triedStretches(run);
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
      advice: tally.feasible() === 0 && !isShard && !isSearch ? adviceFor(space, reasons) : [],
    }));
    return 0;
  },
};

/** An inverse question, which has an answer and no file. */
function questionOf(given: Parameters<Command["run"]>[0]): { readonly side: Side; readonly path: string } | undefined {
  const [least, most] = [given.options.get("least")?.[0], given.options.get("most")?.[0]];
  if (least === undefined && most === undefined) return undefined;
  const other = ["format", "out", "resume", "shard", "jobs"].find((name) => given.options.has(name)) ?? (least !== undefined && most !== undefined ? "most" : undefined);
  const side: Side = least !== undefined ? "least" : "most";
  if (other !== undefined) throw new WrongUse(`--${side} asks one question and prints the answer: leave --${other} out`);
  return { side, path: least ?? most ?? "" };
}

function formatOf(given: Parameters<Command["run"]>[0], out: string | undefined): ResultFormat | undefined {
  if (given.options.has("format")) return formatOption(given, resultFormats);
  if (out === undefined) return undefined;
  const ending = /\.(csv|jsonl|parquet)$/.exec(out)?.[1];
  const format = resultFormats.find((candidate) => candidate === ending);
  if (!format) throw new WrongUse(`${out} does not end in .csv, .jsonl or .parquet: say --format`);
  return format;
}

/** The space, or why there is none as a clause; a name that the file has not is wrong use. */
function spaceNamed(workspace: Space["workspace"], uri: string, name: string): Space | string {
  const scope = fileScope(workspace, uri);
  const sweeps = (scope?.declarations ?? []).flatMap((node) => (node.kind === "declaration" && node.keyword === "sweep" ? [node] : []));
  const node = sweeps.find((candidate) => candidate.name?.text === name);
  const declaration = scope && node && bindDeclaration(workspace, node, scope);
  if (!declaration) {
    const names = sweeps.flatMap((candidate) => candidate.name?.text ?? []);
    throw new WrongUse(`the file has no sweep ${name}${names.length === 0 ? "" : didYouMean(nearest(name, names)).replace(/`/g, "") || `: it has ${names.join(", ")}`}`);
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
