#!/usr/bin/env node
// How long the editor waits: the server's share of each answer, on designs of 100, 1,000 and 10,000 lines; and how long the figures of a plan take.
//   npm run bench             everything, about a minute
//   npm run bench -- --quick  fewer repetitions
// Every figure is also a line `METRIC name value unit`. A figure over its aim is marked and makes the exit code 1
// with --strict; without it the exit code is 0, since the machine's other load counts too.
import { build } from "esbuild";
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, loadavg, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import jsonLanguage from "vscode-json-languageservice";
import { nodeBundles } from "../../scripts/bundles.mjs";

const { getLanguageService, TextDocument } = jsonLanguage;
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const quick = process.argv.includes("--quick");
const strict = process.argv.includes("--strict");
const repetitions = quick ? 40 : 200;
const sizes = [100, 1000, 10_000];

/** Milliseconds that are aimed at, by metric. */
const aims = {
  "diagnostics_1000_lines_p95": 20,
  "hover_1000_lines_p95": 20,
  "completion_1000_lines_p95": 16,
  "completion_entry_1000_lines_p95": 16,
  "hints_1000_lines_p95": 15,
  "lenses_1000_lines_p95": 15,
  "tokens_1000_lines_p95": 15,
  "format_1000_lines_p95": 30,
  "diagnostics_20_plans_p95": 20,
  "hover_20_plans_p95": 50,
  "diagnostics_10000_lines_p95": 60,
  "rename_100_files_p95": 100,
  "references_100_files_p95": 100,
  "hover_during_sweep_p95": 20,
  "cold_start_p50": 250,
};

/** Microseconds that all figures of a plan may take; and that a plan of a sweep may with its objectives: 20,000 a second. */
const planAim = 100;
const sweepAim = 50;
/** Seconds and megabytes that a sweep of a million designs may take on two cores. */
const millionAims = { seconds: 60, megabytes: 500 };

const folder = mkdtempSync(path.join(tmpdir(), "dsco-bench-"));
const rows = [];
let missed = 0;

try {
  await measure();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
print();
if (strict && missed > 0) process.exitCode = 1;

async function measure() {
  const options = {
    absWorkingDir: root, bundle: true, platform: "node", target: "node20", format: "cjs", mainFields: ["module", "main"], conditions: ["module"],
    loader: { ".dsco": "text" }, minify: true, logLevel: "error",
  };
  await Promise.all([
    build({ ...options, entryPoints: ["test/bench/in-process.ts"], outfile: path.join(folder, "in-process.js") }),
    build({
      ...nodeBundles, absWorkingDir: root, minify: true, logLevel: "error", outdir: folder,
      entryPoints: Object.fromEntries(/** @type {const} */ (["server", "sweep-worker", "entry/worker"]).map((name) => [name, nodeBundles.entryPoints[name]])),
    }),
  ]);
  const bench = createRequire(import.meta.url)(path.join(folder, "in-process.js"));
  for (const lines of sizes) {
    const text = bench.design(lines);
    const dsco = inProcess(bench, text, lines);
    const json = await jsonLanguageService(bench, text, lines);
    record(`ratio_to_json_${lines}_lines_p50`, dsco.p50 / json.p50, "x", "diagnostics of dsco over those of vscode-json-languageservice");
    await overStdio(bench, text, lines);
  }
  sharedParts(bench);
  await coldStart(bench);
  await folderOf(bench, 100);
  await folderOf(bench, 500);
  plans(bench);
  sweeps();
  await million(bench);
  await hoverDuringSweep(bench);
  memory(bench);
}

// ── what is measured ──────────────────────────────────────────────────────────────────────────────────────────────

/** Places where a digit of a value can be replaced, spread over a text. */
function places(text) {
  return text.split("\n").flatMap((line, index) => {
    const at = /[=:] ?"?\d*\d(?=[\s,"}]|$)/.exec(line);
    if (!at) return [];
    const character = at.index + at[0].length - 1;
    return [{ start: { line: index, character }, end: { line: index, character: character + 1 } }];
  });
}

/**
 * The same edits in each run: a digit somewhere is replaced by another one, and then written as it was, as a writer
 * tries a value. Places are spread over the text by a fixed sequence.
 */
function* edits(text, count) {
  const all = places(text);
  const lines = text.split("\n");
  let seed = 1;
  for (let index = 0; index < count; index += 2) {
    seed = (seed * 48_271) % 2_147_483_647;
    const range = all[seed % all.length];
    const written = lines[range.start.line].charAt(range.start.character);
    yield { range, newText: String((Number(written) + 1) % 10) };
    yield { range, newText: written };
  }
}

function inProcess(bench, text, lines) {
  const file = bench.openDesign(text);
  file.diagnose();
  for (const { range, newText } of edits(text, 40)) file.edit(range, newText);
  const phases = { change: [], parse: [], check: [], convert: [] };
  const total = [];
  for (const { range, newText } of edits(text, repetitions)) {
    const taken = file.edit(range, newText);
    for (const [phase, milliseconds] of Object.entries(taken)) phases[phase].push(milliseconds);
    total.push(Object.values(taken).reduce((sum, milliseconds) => sum + milliseconds, 0));
  }
  for (const [phase, samples] of Object.entries(phases)) recordTimes(`${phase}_${lines}_lines`, samples, `phase "${phase}" of an edit`);
  const diagnostics = recordTimes(`diagnostics_${lines}_lines`, total, "from didChange to diagnostics, in the process");

  // Each is the first one after an edit, as when the pointer rests while the writer types.
  const samples = { hover: [], lens: [], completion: [], completion_entry: [], lenses: [], hints: [], tokens: [], format: [] };
  const written = text.split("\n");
  let turn = 0;
  for (const { range, newText } of edits(text, repetitions)) {
    file.edit(range, newText);
    samples.hover.push(timed(() => file.hover({ line: range.start.line, character: written[range.start.line].search(/\S/) + 1 })));
    const [lens] = file.lenses();
    if (lens) samples.lens.push(timed(() => file.resolve(lens.declaration, lens.metric)));
    const place = completionPlace(written, range.start, (turn += 1));
    samples.completion.push(timed(() => file.complete(place)));
    samples.completion_entry.push(timed(() => file.lookAt(place)));
    samples.lenses.push(timed(() => file.lenses()));
    samples.hints.push(timed(() => file.hints(range.start.line)));
    samples.tokens.push(timed(() => file.tokens()));
    samples.format.push(timed(() => file.format()));
  }
  const meanings = {
    hover: "hover of a key after an edit", lens: "resolving a lens after an edit", completion: "completion after an edit: values, keys, names to import and figures in turn",
    completion_entry: "what one entry of it costs", lenses: "the places of all lenses", hints: "the hints of a screen of 60 lines", tokens: "all tokens of the file", format: "formatting the file",
  };
  for (const [name, of] of Object.entries(samples)) recordTimes(`${name}_${lines}_lines`, of, meanings[name]);
  return diagnostics;
}

/** In turn: the value that was edited, its key, the next name of a device and the next figure of a requirement. */
function completionPlace(lines, edited, turn) {
  const [after, column] = [["", 0], ["", 0], ["  gpu ", "  gpu           = ".length], ["  require ", "  require  ".length]][turn % 4];
  if (turn % 4 === 0) return edited;
  if (turn % 4 === 1) return { line: edited.line, character: lines[edited.line].search(/\S/) };
  const line = lines.findIndex((each, index) => index >= edited.line && each.startsWith(after));
  return line < 0 ? edited : { line, character: column };
}

async function jsonLanguageService(bench, text, lines) {
  const service = getLanguageService({});
  service.configure({ validate: true, schemas: [{ uri: "bench://dsco", fileMatch: ["*"], schema: bench.asJsonSchema() }] });
  let document = TextDocument.create("file:///bench/design.json", "json", 1, bench.asJson(text));
  const run = async ({ range, newText }) => {
    document = TextDocument.update(document, [{ range, text: newText }], document.version + 1);
    return service.doValidation(document, service.parseJSONDocument(document));
  };
  for (const edit of edits(document.getText(), 40)) await run(edit);
  const samples = [];
  for (const edit of edits(document.getText(), repetitions)) {
    const start = performance.now();
    await run(edit);
    samples.push(performance.now() - start);
  }
  return recordTimes(`json_${lines}_lines`, samples, `vscode-json-languageservice on the same content (${document.lineCount} lines)`);
}

async function overStdio(bench, text, lines) {
  const server = startServer();
  await server.request("initialize", { processId: process.pid, rootUri: null, workspaceFolders: null, capabilities: { textDocument: { diagnostic: {} } } });
  server.notify("initialized", {});
  const uri = "file:///bench/design.dsco";
  server.notify("textDocument/didOpen", { textDocument: { uri, languageId: "dsco", version: 1, text } });
  const textDocument = { uri };
  const samples = [];
  const hovers = [];
  let version = 1;
  for (const { range, newText } of edits(text, 40 + repetitions)) {
    const start = performance.now();
    server.notify("textDocument/didChange", { textDocument: { uri, version: (version += 1) }, contentChanges: [{ range, text: newText }] });
    await server.request("textDocument/diagnostic", { textDocument });
    const middle = performance.now();
    await server.request("textDocument/hover", { textDocument, position: { line: range.start.line, character: 3 } });
    if (version <= 41) continue;
    samples.push(middle - start);
    hovers.push(performance.now() - middle);
  }
  recordTimes(`stdio_diagnostics_${lines}_lines`, samples, "from didChange to diagnostics, over standard streams");
  recordTimes(`stdio_hover_${lines}_lines`, hovers, "hover, over standard streams");
  server.stop();
}

async function coldStart(bench) {
  const text = bench.design(100);
  const samples = [];
  for (let run = 0; run < (quick ? 3 : 9); run += 1) {
    const start = performance.now();
    const server = startServer();
    const initialized = server.request("initialize", { processId: process.pid, rootUri: null, workspaceFolders: null, capabilities: { textDocument: { diagnostic: {} } } });
    server.notify("initialized", {});
    server.notify("textDocument/didOpen", { textDocument: { uri: "file:///bench/design.dsco", languageId: "dsco", version: 1, text } });
    await initialized;
    await server.request("textDocument/diagnostic", { textDocument: { uri: "file:///bench/design.dsco" } });
    samples.push(performance.now() - start);
    server.stop();
  }
  recordTimes("cold_start", samples, "from starting the process to the first diagnostics");
}

/** Questions about all files of a folder, each after an edit of the file that all others import. */
async function folderOf(bench, count) {
  const workspace = mkdtempSync(path.join(folder, "workspace-"));
  const files = Object.entries(bench.sharedFolder(count));
  for (const [name, text] of files) writeFileSync(path.join(workspace, name), text);
  const uri = pathToFileURL(path.join(workspace, "shared.dsco")).href;
  const text = bench.sharedFolder(1)["shared.dsco"];
  const textDocument = { uri };
  const server = startServer();
  await server.request("initialize", {
    processId: process.pid, rootUri: pathToFileURL(workspace).href,
    capabilities: { textDocument: { diagnostic: {} }, workspace: { didChangeWatchedFiles: { dynamicRegistration: true }, workspaceEdit: { documentChanges: true } } },
  });
  server.notify("initialized", {});
  server.notify("textDocument/didOpen", { textDocument: { uri, languageId: "dsco", version: 1, text } });
  const opened = performance.now();
  await server.request("textDocument/diagnostic", { textDocument });
  record(`first_diagnostics_in_${count}_files`, performance.now() - opened, "ms", `diagnostics of the first file that is opened, in a folder of ${count}`);
  const lines = text.split("\n");
  const line = lines.findIndex((one) => one.startsWith("model Shared"));
  const place = { textDocument, position: { line, character: "model S".length } };
  const questions = {
    rename: () => server.request("textDocument/rename", { ...place, newName: "Renamed" }),
    references: () => server.request("textDocument/references", { ...place, context: { includeDeclaration: true } }),
    symbols: () => server.request("workspace/symbol", { query: "variant" }),
  };
  const samples = { rename: [], references: [], symbols: [] };
  let version = 1;
  for (const { range, newText } of edits(text, repetitions / 4)) {
    for (const [name, ask] of Object.entries(questions)) {
      server.notify("textDocument/didChange", { textDocument: { uri, version: (version += 1) }, contentChanges: [{ range, text: newText }] });
      const start = performance.now();
      await ask();
      samples[name].push(performance.now() - start);
    }
  }
  for (const [name, [first, ...others]] of Object.entries(samples)) {
    record(`${name}_${count}_files_first`, first, "ms", `${name} over ${count} files, for the first time`);
    recordTimes(`${name}_${count}_files`, others, `${name} over ${count} files after an edit, over standard streams`);
  }
  server.stop();
}

/** Twenty plans on one model and one layout: an edit in the model, then a hover of a key of the layout and all lenses. */
function sharedParts(bench) {
  const text = bench.manyPlans(20);
  const file = bench.openDesign(text);
  const lines = text.split("\n");
  const lineOf = (start) => lines.findIndex((line) => line.startsWith(start));
  const [width, degree] = [lineOf("    kv_lora_rank"), lineOf("  ep ")];
  const place = { line: width, character: lines[width].length };
  const samples = { diagnostics: [], hover: [], lenses: [] };
  for (let edit = 0; edit < 20 + repetitions; edit += 1) {
    const newText = String(edit % 10);
    const taken = file.edit({ start: { ...place, character: place.character - 1 }, end: place }, newText);
    const hover = timed(() => file.hover({ line: degree, character: 3 }));
    const lenses = timed(() => file.lenses().forEach(({ declaration, metric }) => file.resolve(declaration, metric)));
    if (edit < 20) continue;
    samples.diagnostics.push(Object.values(taken).reduce((sum, milliseconds) => sum + milliseconds, 0));
    samples.hover.push(hover);
    samples.lenses.push(lenses);
  }
  recordTimes("diagnostics_20_plans", samples.diagnostics, "from an edit of the model of 20 plans to diagnostics");
  recordTimes("hover_20_plans", samples.hover, "the hover of a key of their layout after it");
  recordTimes("lenses_20_plans", samples.lenses, "all lenses after it");
}

/** What the bundle says in a process of its own, as threads of a sweep and the command line have one: nothing else has run there before. */
function alone(question) {
  const program = `process.stdout.write(JSON.stringify(require(${JSON.stringify(path.join(folder, "in-process.js"))}).${question}))`;
  return JSON.parse(execFileSync(process.execPath, ["-e", program], { encoding: "utf8" }));
}

/** In microseconds. */
function plans(bench) {
  for (const { name, figures, least, p50, another, bounds } of alone(`planTimes(${10 * repetitions})`)) {
    record(`plan_${name}_least`, least, "us", `all ${figures} figures of a plan, warm, its schedule known, in a process of its own`, planAim);
    record(`plan_${name}_p50`, p50, "us", "the same, the median");
    record(`plan_${name}_another_least`, another, "us", "the same where every operator takes another time: the schedule runs anew");
    record(`plan_${name}_bounds_least`, bounds, "us", "the same as the first, and the physical bound of each time");
  }
  for (const { name, least } of bench.planTimes(10 * repetitions)) record(`plan_${name}_beside_editor_least`, least, "us", "the same as the first in the process that has just served an editor, where code is compiled for explanations too");
}

/** In microseconds of the processor, in one thread of a process of its own; the space is that of bench/sweeps.ts. */
function sweeps() {
  const { designs, plans: full, perDesign, perPlan } = alone(`sweepRate(${quick ? 20_000 : 200_000})`);
  record("sweep_design", perDesign, "us", `a design of a sweep, mean of ${designs} of which ${full} can run and fit`);
  record("sweep_plan", perPlan, "us", `a training plan of a sweep with every objective, mean of ${full} plans that can run and fit`, sweepAim);
  record("sweep_plans_per_second", 1e6 / perPlan, "/s", "the same as a rate, one core");
}

/** `dsco sweep` on 1,296,000 designs, as a user runs it, in two threads. */
async function million(bench) {
  const file = path.join(folder, "million.dsco");
  writeFileSync(file, bench.millionDesigns);
  const start = performance.now();
  const child = spawn(process.execPath, [path.join(root, "dist/cli.js"), "sweep", file, "Million", "--jobs", "2", "--out", path.join(folder, "million.csv")], { stdio: ["ignore", "ignore", "inherit"] });
  let peak = 0;
  const look = setInterval(() => { peak = Math.max(peak, peakMemory(child.pid)); }, 50);
  const code = await new Promise((resolve) => child.on("exit", resolve));
  clearInterval(look);
  if (code !== 0) throw new Error(`the sweep of a million designs ended with ${code}: was the project built?`);
  record("sweep_million", (performance.now() - start) / 1000, "s", "dsco sweep on 1,296,000 designs in two threads, its file written", millionAims.seconds);
  if (peak > 0) record("sweep_million_memory", peak, "MB", "the most memory it had", millionAims.megabytes);
}

/** A hover of a key of the layout, while the server tries 1,296,000 designs in the threads that an editor's server has. */
async function hoverDuringSweep(bench) {
  const text = bench.millionDesigns;
  const server = startServer();
  await server.request("initialize", { processId: process.pid, rootUri: null, workspaceFolders: null, capabilities: {} });
  server.notify("initialized", {});
  const uri = "file:///bench/million.dsco";
  server.notify("textDocument/didOpen", { textDocument: { uri, languageId: "dsco", version: 1, text } });
  const lines = text.split("\n");
  const line = lines.findIndex((one) => one.startsWith("parallelism "));
  const ask = () => server.request("textDocument/hover", { textDocument: { uri }, position: { line, character: lines[line].indexOf("=") - 2 } });
  for (let warmUp = 0; warmUp < 20; warmUp += 1) await ask();
  const started = await server.request("dsco/sweep/start", { uri, sweep: "Million" });
  if (started.kind !== "started") throw new Error(`the sweep was refused: ${started.reason}`);
  const samples = [];
  for (let question = 0; question < repetitions; question += 1) {
    const start = performance.now();
    await ask();
    samples.push(performance.now() - start);
    // as a reader moves the pointer, not as fast as the server answers
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  const from = performance.now();
  const wasRunning = await server.request("dsco/sweep/cancel", { run: started.run });
  record("sweep_cancel", performance.now() - from, "ms", "the end of that sweep, from asking for it", 50);
  if (!wasRunning) throw new Error("the sweep ended before the hovers did");
  recordTimes("hover_during_sweep", samples, "hover while a sweep runs beside the server, over standard streams");
  server.stop();
}

/** In megabytes; 0 where the system does not say. */
function peakMemory(pid) {
  try {
    return Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

function memory(bench) {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc");
  const text = bench.design(1000);
  const file = bench.openDesign(text);
  const used = () => {
    collect();
    return process.memoryUsage().heapUsed / 1e6;
  };
  const work = (count) => {
    for (const { range, newText } of edits(text, count)) {
      file.edit(range, newText);
      file.hover(range.start);
      file.complete(range.start);
    }
  };
  // The engine's own compiled code and tables come first; what grows then would grow for ever.
  work(1000);
  const before = used();
  work(1000);
  const after = used();
  record("memory_after_1000_edits", after, "MB", "heap in use, 1,000 lines");
  record("memory_growth_1000_edits", after - before, "MB", "growth of the heap over 1,000 edits");
}

// ── helpers ───────────────────────────────────────────────────────────────────────────────────────────────────────

function timed(run) {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function startServer() {
  const child = spawn(process.execPath, [path.join(folder, "server.js"), "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
  const waiting = new Map();
  let buffer = Buffer.alloc(0);
  let lastId = 0;
  child.stdout.on("data", (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (let end = buffer.indexOf("\r\n\r\n"); end >= 0; end = buffer.indexOf("\r\n\r\n")) {
      const length = Number(/Content-Length: (\d+)/.exec(buffer.subarray(0, end).toString())?.[1]);
      if (buffer.length < end + 4 + length) return;
      const message = JSON.parse(buffer.subarray(end + 4, end + 4 + length).toString());
      buffer = buffer.subarray(end + 4 + length);
      if (message.error) throw new Error(`the server answered ${JSON.stringify(message.error)}`);
      waiting.get(message.id)?.(message.result);
      waiting.delete(message.id);
    }
  });
  const write = (message) => {
    const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
    child.stdin.write(Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]));
  };
  return {
    notify: (method, params) => write({ method, params }),
    request: (method, params) =>
      new Promise((resolve) => {
        const id = (lastId += 1);
        waiting.set(id, resolve);
        write({ id, method, params });
      }),
    stop: () => child.kill(),
  };
}

function quantile(samples, share) {
  const sorted = [...samples].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

function recordTimes(name, samples, meaning) {
  const p50 = quantile(samples, 0.5);
  const p95 = quantile(samples, 0.95);
  record(`${name}_p50`, p50, "ms", meaning);
  record(`${name}_p95`, p95, "ms", meaning);
  return { p50, p95 };
}

function record(name, value, unit, meaning, aim = aims[name]) {
  if (aim !== undefined && value > aim) missed += 1;
  rows.push({ name, value, unit, meaning, aim });
}

function print() {
  const width = Math.max(...rows.map(({ name }) => name.length));
  // Other work on the machine shows in every p95.
  console.log(`Node ${process.versions.node}, ${cpus().length} x ${cpus()[0]?.model.trim() ?? "an unknown processor"}, load ${loadavg()[0]?.toFixed(1)}\n`);
  for (const { name, value, unit, meaning, aim } of rows) {
    const verdict = aim === undefined ? "" : value <= aim ? `  (aim ${aim})` : `  (aim ${aim}: MISSED)`;
    console.log(`${name.padEnd(width)}  ${value.toFixed(2).padStart(9)} ${unit.padEnd(2)}  ${meaning}${verdict}`);
  }
  console.log();
  for (const { name, value, unit } of rows) console.log(`METRIC ${name} ${Number(value.toPrecision(4))} ${unit}`);
}
